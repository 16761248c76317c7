package lab

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/timeline"
)

// Lab is what steers one server.
type Lab struct {
	Clock  *Clock
	Faults Faults
	State  State

	// Requests are what the server remembers. It is set before the first use.
	Requests *timeline.Keeper

	// Service decides for the server. It is set before the first use.
	Service *provision.Service

	// Apply makes the records what a file says. It is set before the first use.
	// The error wraps ErrRefused where the file or a change was refused.
	Apply func(context.Context, Apply) ([]Change, error)

	// Moved is called when the clock was moved, before the answer: what is due
	// by then is done. nil: nobody is.
	Moved func(context.Context)
}

// New returns the controls of a server whose clock begins as the system's, or at
// a time if that is not zero.
func New(system func() time.Time, at time.Time) *Lab {
	if !at.IsZero() {
		ahead := at.Sub(system())
		inner := system
		system = func() time.Time { return inner().Add(ahead) }
	}
	return &Lab{Clock: NewClock(system)}
}
