package soap

import "errors"

// Sparingly is an error of Config.Admit. The request is read while that costs
// little: up to 64 KiB, if there is room for its body and a turn where it needs
// one. As soon as it costs more, Refuse says by a *Fault how it is answered.
// Nil means as any other request of the kind.
type Sparingly struct{ Refuse func() error }

// Error implements error.
func (*Sparingly) Error() string { return "the request is read sparingly" }

// sparingSize is the most of a body in bytes that is read sparingly.
const sparingSize = 64 << 10

// maxSize returns the most of the request's body in bytes that is read.
func (e *exchange) maxSize() int {
	if e.sparingly == nil {
		return e.handler.MaxSize
	}
	return min(e.handler.MaxSize, sparingSize)
}

// sparing returns what answers a request that costs too much to read: the fault
// itself, unless the request is read sparingly.
func (e *exchange) sparing(fault *Fault) *Fault {
	if e.sparingly == nil || fault.Reason != TooLarge && fault.Reason != TooBusy {
		return fault
	}
	var refusal *Fault
	if errors.As(e.sparingly.Refuse(), &refusal) {
		return refusal
	}
	return fault
}
