package traffic

import (
	"slices"
	"sort"
)

// stream is a text whose lines stand in a file, perhaps with others between
// them.
type stream struct {
	name  string
	text  []byte
	lines []lineStart
	from  int // the end of the message that was found last

	enough int // the size at which it is looked at
}

// lineStart says which line of a file begins at a place of a stream.
type lineStart struct{ at, line int }

// write adds a line, or a part of one.
func (s *stream) write(text []byte, line int) {
	if last := len(s.lines) - 1; last < 0 || s.lines[last].line != line {
		s.lines = append(s.lines, lineStart{len(s.text), line})
	}
	s.text = append(s.text, text...)
}

// line returns the line of the file that a place of the stream is in.
func (s *stream) line(at int) int {
	n := sort.Search(len(s.lines), func(n int) bool { return s.lines[n].at > at })
	if n == 0 {
		return 1
	}
	return s.lines[n-1].line
}

// near is how many bytes before a message may tell what it is about.
const near = 4 << 10

// drop forgets what stands before a place, but for what may tell what the next
// message is about.
func (s *stream) drop(upTo int) {
	cut := max(upTo-near, 0)
	n := sort.Search(len(s.lines), func(n int) bool { return s.lines[n].at > cut })
	s.lines = slices.Clone(s.lines[max(n-1, 0):])
	for n := range s.lines {
		s.lines[n].at = max(s.lines[n].at-cut, 0)
	}
	s.text = append(s.text[:0], s.text[cut:]...)
	s.from = max(s.from-cut, 0)
}
