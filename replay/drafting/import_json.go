package drafting

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// jsonFile reads the values of a file of JSON one after the other, with their
// places.
type jsonFile struct {
	*json.Decoder
	importer *Importer
	name     string
	lines    *lineReader
}

// withJSON opens a file of JSON and lets read read it. What is not well-formed
// ends the reading with a notice.
func (i *Importer) withJSON(ctx context.Context, in *input, read func(*jsonFile) error) error {
	text, err := i.openText(ctx, in)
	if err != nil {
		return err
	}
	defer text.Close()
	lines := &lineReader{in: text, starts: []int64{0}, line: 1, until: maxWhole}
	j := &jsonFile{Decoder: json.NewDecoder(lines), importer: i, name: in.name, lines: lines}
	err = read(j)
	_, damaged := errors.AsType[*damagedError](err)
	if damaged {
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errEndsWithin
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, errEndsWithin) {
		i.leaveOut(j.at(j.InputOffset()), "not well-formed JSON: %v; nothing behind it is read", err)
		return context.Cause(ctx)
	}
	return err
}

var errEndsWithin = errors.New("the file ends within a value")

// at returns the place of a byte, whose column is told where many values stand in
// one line.
func (j *jsonFile) at(offset int64) Source {
	line, column := j.lines.place(offset)
	at := Source{File: j.name, Line: line}
	if line == 1 && column > 1 {
		at.Column = column
	}
	return at
}

// value reads a value as it stands there, in UTF-8.
func (j *jsonFile) value() (json.RawMessage, Source, error) {
	j.next()
	var raw json.RawMessage
	if err := j.Decode(&raw); err != nil {
		return nil, Source{}, err
	}
	at := j.at(j.InputOffset() - int64(len(raw)))
	if !utf8.Valid(raw) {
		plain, err := charmap.Windows1252.NewDecoder().Bytes(raw)
		if err != nil {
			return nil, at, err
		}
		j.importer.doubt(at, "its text is not in UTF-8, as JSON has to be: it is read as Windows-1252")
		raw = plain
	}
	return raw, at, nil
}

// next allows another value its size.
func (j *jsonFile) next() { j.lines.until = j.InputOffset() + maxWhole }

// member reads the members of an object whose start was read, up to the value
// of the first that wanted takes; "" if it takes none.
func (j *jsonFile) member(wanted func(name string) bool) (string, error) {
	for j.More() {
		token, err := j.Token()
		if err != nil {
			return "", err
		}
		if name, ok := token.(string); ok && wanted(name) {
			return name, nil
		}
		if err := j.skip(); err != nil {
			return "", err
		}
	}
	_, err := j.Token() // the end
	return "", err
}

// skip reads over a value, or over the rest of one whose start was read.
func (j *jsonFile) skip() error { return j.skipTo(0) }

func (j *jsonFile) skipTo(depth int) error {
	for {
		j.next()
		token, err := j.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth <= 0 {
			return nil
		}
	}
}

// each reads the elements of a list whose start was read.
func (j *jsonFile) each(ctx context.Context, take func(at Source, raw json.RawMessage) error) error {
	for j.More() {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		raw, at, err := j.value()
		if err != nil {
			return err
		}
		if err := take(at, raw); err != nil {
			return err
		}
	}
	_, err := j.Token() // the end
	return err
}

// lineReader notes where lines begin, and forgets those that were asked for.
type lineReader struct {
	in     io.Reader
	read   int64
	starts []int64 // of the lines from line on
	line   int
	until  int64 // how far a value may reach
}

func (l *lineReader) Read(p []byte) (int, error) {
	if l.read > l.until {
		return 0, errTooLargeWhole
	}
	n, err := l.in.Read(p)
	for from := 0; ; {
		next := bytes.IndexByte(p[from:n], '\n')
		if next < 0 {
			break
		}
		from += next + 1
		l.starts = append(l.starts, l.read+int64(from))
	}
	l.read += int64(n)
	return n, err
}

// place returns the line and the column, from 1, of a byte that is not before one
// that was asked for earlier.
func (l *lineReader) place(offset int64) (line, column int) {
	passed := max(0, sort.Search(len(l.starts), func(n int) bool { return l.starts[n] > offset })-1)
	l.starts, l.line = l.starts[passed:], l.line+passed
	return l.line, int(max(0, offset-l.starts[0])) + 1
}

// loose is a text that some programs write as a number, or as something else.
type loose string

// UnmarshalJSON takes every value: of a list or an object, its JSON.
func (l *loose) UnmarshalJSON(raw []byte) error {
	var text string
	switch {
	case bytes.Equal(raw, []byte("null")):
	case json.Unmarshal(raw, &text) == nil:
	default:
		text = string(raw)
	}
	*l = loose(text)
	return nil
}

func (l loose) trimmed() string { return strings.TrimSpace(string(l)) }
