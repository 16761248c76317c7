// Package hint keeps what mends an error apart from what is wrong, for those
// who show the two in different places.
package hint

import (
	"fmt"
	"strings"
)

// hinted is an error and what mends it.
type hinted struct {
	error
	hint string
}

// Add adds to an error what mends it, in words for whoever runs the program.
// The text of the result is that of the error, a colon and the hint.
func Add(err error, format string, args ...any) error {
	return &hinted{err, fmt.Sprintf(format, args...)}
}

func (h *hinted) Error() string { return h.error.Error() + ": " + h.hint }

func (h *hinted) Unwrap() error { return h.error }

// Split returns the text of an error without the hints in it, and the hints, a
// line each. The hint is empty where the error has none.
func Split(err error) (message, hint string) {
	message = err.Error()
	var hints []string
	for _, h := range hintsOf(err) {
		message = strings.Replace(message, ": "+h, "", 1)
		hints = append(hints, h)
	}
	return message, strings.Join(hints, "\n")
}

// hintsOf lists the hints of an error and of all that it wraps, from the
// outside in.
func hintsOf(err error) []string {
	var all []string
	if h, is := err.(*hinted); is {
		all = append(all, h.hint)
	}
	switch wraps := err.(type) {
	case interface{ Unwrap() error }:
		if inner := wraps.Unwrap(); inner != nil {
			all = append(all, hintsOf(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range wraps.Unwrap() {
			all = append(all, hintsOf(inner)...)
		}
	}
	return all
}
