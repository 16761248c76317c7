package replay

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// BrokenError says that a transcript cannot be played, and where it is wrong.
type BrokenError struct {
	File  string
	Line  int // from 1; 0 if it is the whole file
	Cause error
}

func (e *BrokenError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Cause)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Cause)
}

func (e *BrokenError) Unwrap() error { return e.Cause }

// faults collects what is wrong with a transcript.
type faults struct {
	file string
	all  []*BrokenError
}

func (f *faults) add(line int, format string, values ...any) {
	f.all = append(f.all, &BrokenError{File: f.file, Line: line, Cause: fmt.Errorf(format, values...)})
}

// err tells them in the order of their lines.
func (f *faults) err() error {
	slices.SortStableFunc(f.all, func(a, b *BrokenError) int { return cmp.Compare(a.Line, b.Line) })
	var all []error
	for _, fault := range f.all {
		all = append(all, fault)
	}
	return errors.Join(all...)
}
