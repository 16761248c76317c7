// Package recovered turns panics into errors that a log may hold.
package recovered

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
)

// Error tells of a panic that was caught.
type Error struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

// Error tells a mistake of the runtime's and nothing else: any other value may
// hold what a log must not.
func (e *Error) Error() string {
	if mistake, ok := e.Value.(runtime.Error); ok {
		return "panic: " + mistake.Error()
	}
	return fmt.Sprintf("panic with a %T", e.Value)
}

// Do returns what f returns, or an *Error if f panics.
func Do(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &Error{value, debug.Stack()}
		}
	}()
	return f()
}

// Attrs returns what a log says of an error: its text, and the stack of a panic.
func Attrs(err error) []slog.Attr {
	attrs := []slog.Attr{slog.String("error", err.Error())}
	if panicked, ok := errors.AsType[*Error](err); ok {
		attrs = append(attrs, slog.String("stack", string(panicked.Stack)))
	}
	return attrs
}
