package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/store"
)

// Status tells an operator about a sink.
type Status struct {
	Name  string `json:"name"`
	To    string `json:"to"`
	Types Types  `json:"events,omitempty"` // none: all but decisions

	// OldestWaiting is when the oldest message happened that has not arrived.
	OldestWaiting time.Time `json:"oldestWaiting,omitzero"`

	TakenAt      time.Time `json:"takenAt,omitzero"`      // when the last message arrived
	FailingSince time.Time `json:"failingSince,omitzero"` // since when none does
	Fault        string    `json:"fault,omitempty"`       // why
	StoppedAt    time.Time `json:"stoppedAt,omitzero"`    // when it was given up
}

// ErrNoSink means that no sink has that name.
var ErrNoSink = errors.New("no webhook has that name")

func find(sinks []Sink, name string) (Sink, error) {
	for _, sink := range sinks {
		if sink.Name == name {
			return sink, nil
		}
	}
	return Sink{}, fmt.Errorf("%w: %q", ErrNoSink, name)
}

// List tells of sinks what the store knows.
func List(ctx context.Context, log *audit.Log, sinks []Sink) ([]Status, error) {
	all := make([]Status, 0, len(sinks))
	for _, sink := range sinks {
		status := Status{Name: sink.Name, To: sink.To(), Types: sink.Types}
		follower, err := log.Follow(ctx, sink.Name)
		if err != nil {
			return nil, err
		}
		next, err := log.Next(ctx, follower, audit.Following{Wanted: sink.Types.wants, Events: 1, Seals: 1 << 16})
		if err != nil {
			return nil, err
		}
		if len(next.Events) > 0 {
			status.OldestWaiting = next.Events[0].Time
		}
		status.TakenAt, status.FailingSince, status.Fault, status.StoppedAt = follower.TakenAt, follower.FailingSince, follower.Fault, follower.StoppedAt
		all = append(all, status)
	}
	return all, nil
}

// SendTest sends one message of type test to a sink, past all others.
func SendTest(ctx context.Context, sinks []Sink, name, operator string, now time.Time) error {
	sink, err := find(sinks, name)
	if err != nil {
		return err
	}
	to := sink.open()
	defer to.close()
	_, err = to.deliver(ctx, []Message{testMessage(now, operator)})
	return err
}

// changes is how often a change of a follower is begun anew because somebody else
// has changed him.
const changes = 8

// Resume has a sink go on where it stands.
func Resume(ctx context.Context, log *audit.Log, sinks []Sink, name string) error {
	return change(ctx, log, sinks, name, log.Keep)
}

// Skip has a sink pass over all that has happened so far.
func Skip(ctx context.Context, log *audit.Log, sinks []Sink, name string) error {
	return change(ctx, log, sinks, name, log.FollowFromNow)
}

func change(ctx context.Context, log *audit.Log, sinks []Sink, name string, keep func(context.Context, audit.Follower) (audit.Follower, error)) error {
	if _, err := find(sinks, name); err != nil {
		return err
	}
	var err error
	for range changes {
		var follower audit.Follower
		if follower, err = log.Follow(ctx, name); err != nil {
			return err
		}
		follower.FailingSince, follower.StoppedAt, follower.Fault = time.Time{}, time.Time{}, ""
		if _, err = keep(ctx, follower); !errors.Is(err, store.ErrMoved) {
			return err
		}
	}
	return err
}
