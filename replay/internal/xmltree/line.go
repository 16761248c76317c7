package xmltree

import "strings"

// LineError is an error with its line in a text.
type LineError struct {
	Line  int // from 1
	Cause error
}

func (e *LineError) Error() string { return e.Cause.Error() }

func (e *LineError) Unwrap() error { return e.Cause }

// LineAt returns the line, from 1, of a byte of text.
func LineAt(text string, offset int) int {
	return 1 + strings.Count(text[:min(offset, len(text))], "\n")
}
