package traffic

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
)

// Reader finds the messages in a file.
type Reader struct {
	Found  func(Message)             // is told of each message, those of a stream in their order
	Unread func(line int, why error) // is told of what begins as a message and is none

	step    int // how many bytes of a stream are collected before they are looked at
	text    *stream
	streams map[string]*stream

	curl, curlSeen bool // the lines are the headers that curl shows; such lines were there
}

// full is the usual step.
const full = 16 << 20

// Read reads a text up to its end. The error is that of reading, or of ctx.
func (r *Reader) Read(ctx context.Context, in io.Reader) error {
	r.text, r.streams = &stream{}, map[string]*stream{}
	r.step = cmp.Or(r.step, full)
	lines := bufio.NewReaderSize(in, 1<<20)
	whole := true // the piece begins a line
	for line := 1; ; {
		piece, err := lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if whole && err != bufio.ErrBufferFull {
			r.line(piece, line)
		} else {
			r.collect(r.text, piece, line)
		}
		if whole = err == nil; whole {
			line++
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if line%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	r.End()
	return context.Cause(ctx)
}

// Add takes bytes of one direction of a connection, in their order. End has to
// follow.
func (r *Reader) Add(connection, direction string, text []byte, line int) {
	r.add(connection+"\x00"+direction, text, line)
}

func (r *Reader) add(name string, text []byte, line int) {
	r.step = cmp.Or(r.step, full)
	if r.streams == nil {
		r.streams = map[string]*stream{}
	}
	if r.streams[name] == nil {
		r.streams[name] = &stream{name: name}
	}
	r.collect(r.streams[name], text, line)
}

// End finds what is left when there is no more text.
func (r *Reader) End() {
	if r.text != nil {
		r.look(r.text, true)
	}
	for _, name := range slices.Sorted(maps.Keys(r.streams)) {
		r.look(r.streams[name], true)
	}
}

// line puts a line where it belongs.
func (r *Reader) line(line []byte, number int) {
	if name, sent, ok := wireLine(line); ok {
		if sent == nil {
			return // what another line has too
		}
		r.add(name, sent, number)
		return
	}
	if r.curlSeen && curlNote.Match(line) {
		return
	}
	line, r.curl = curlLine(line, r.curl)
	r.curlSeen = r.curlSeen || r.curl
	r.collect(r.text, line, number)
}

func (r *Reader) collect(s *stream, text []byte, line int) {
	s.write(text, line)
	if len(s.text) >= max(s.enough, r.step, 1) {
		r.look(s, false)
		s.enough = 2*len(s.text) + r.step
	}
}

// look finds the messages of a stream. Where more of it is to come, a message
// whose end is not there yet is left for the next time.
func (r *Reader) look(s *stream, last bool) {
	f := &finder{text: s.text, at: s.from, last: last}
	for {
		found, ok := f.next()
		if !ok {
			break
		}
		switch {
		case found.why != nil:
			r.Unread(s.line(found.start), found.why)
		default:
			r.Found(Message{
				Line: s.line(found.start), Text: found.message(s.text), HTTP: found.http, Stream: connection(s.name),
				Before: string(s.text[max(s.from, found.start-near):found.start]), After: restOfLine(s.text, found.end),
			})
		}
		s.from = found.end
	}
	s.drop(max(s.from, f.done))
}
