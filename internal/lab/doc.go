// Package lab steers a server for tests: its clock, faults on purpose and what
// its doors were asked. A server has it only where a lab was asked for by name.
package lab

import "errors"

// ErrRefused is what a control answers that was asked for something it does not
// do. The words around it say what would do, by an example.
var ErrRefused = errors.New("refused")
