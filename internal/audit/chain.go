package audit

import (
	"errors"
	"sync"
	"time"

	"github.com/dsappd/dsappd/store"
)

// chain is what a Log remembers of the audit of its own run: which events it has
// inserted that no seal names yet. As it is told by every commit, an
// event that comes late is sealed like any other, and none is looked for.
type chain struct {
	open  sync.RWMutex // held for reading while an event is inserted
	ended bool

	mu       sync.Mutex
	unsealed []EventDigest
	// doubt is the time since when the store may hold events that are
	// neither sealed nor in unsealed; zero: none.
	doubt time.Time
	// complete is the latest completeTo of the seals that may be the last one.
	complete time.Time

	// sealing is held by whoever seals; it guards what follows.
	sealing sync.Mutex
	last    SealDigest // of this run; number 0: none yet
	sealed  bool       // by a final seal
	astray  bool       // the last seal may have been written and may not
}

// ErrEnded means that the run has been sealed as final: a decision that
// could no longer be sealed is not taken.
var ErrEnded = errors.New("the audit of this run has ended")

// maxUnsealed bounds what a chain remembers; what goes beyond is looked for
// in the store.
const maxUnsealed = 1 << 16

// insert commits an event and remembers it.
func (c *chain) insert(event Event, digest Digest, commit func() error) error {
	c.open.RLock()
	defer c.open.RUnlock()
	if c.ended {
		return ErrEnded
	}
	err := commit()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case errors.Is(err, store.ErrMoved): // nothing was written
	case err != nil || len(c.unsealed) == maxUnsealed:
		c.doubtful(event.Time)
	default:
		c.unsealed = append(c.unsealed, EventDigest{Time: event.Time, Random: event.Random, Digest: digest})
	}
	return err
}

// beside commits what has no event, while the run goes on.
func (c *chain) beside(commit func() error) error {
	c.open.RLock()
	defer c.open.RUnlock()
	if c.ended {
		return ErrEnded
	}
	return commit()
}

// doubtful notes that events since a time are perhaps in the store.
func (c *chain) doubtful(since time.Time) {
	if c.doubt.IsZero() || since.Before(c.doubt) {
		c.doubt = since
	}
}

// end waits for the events under way and lets no other begin.
func (c *chain) end() {
	c.open.Lock()
	c.ended = true
	c.open.Unlock()
}

// next returns the events for one seal, whether there are more, and the time up
// to which the seal completes the run. What is committed but not in the seal
// bounds that time, however much of it there is: a backlog is not tampering.
func (c *chain) next(now time.Time) (events []EventDigest, more bool, completeTo time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.unsealed), maxSealed)
	completeTo = now.Add(-lateness).UTC().Round(0)
	if !c.doubt.IsZero() && c.doubt.Before(completeTo) {
		completeTo = c.doubt.UTC().Round(0)
	}
	for _, event := range c.unsealed[n:] {
		if event.Time.Before(completeTo) {
			completeTo = event.Time.UTC().Round(0)
		}
	}
	if completeTo.After(c.complete) {
		c.complete = completeTo
	}
	return append(events, c.unsealed[:n]...), n < len(c.unsealed) || !c.doubt.IsZero(), completeTo
}

// completed notes that a seal was written, after which a clock that has jumped back
// is followed again.
func (c *chain) completed(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.complete = to
}

// notBefore returns a time that a new event may have: at, unless the last seal says
// that no event from then is left. A clock that jumps back, and an event that took
// long, would look like tampering until the next seal, and for ever if the server
// crashed before that.
func (c *chain) notBefore(at time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.Before(c.complete) {
		return c.complete.Add(lateness)
	}
	return at
}

// forget drops the events that a seal names.
func (c *chain) forget(sealed []EventDigest) {
	named := make(map[EventDigest]bool, len(sealed))
	for _, event := range sealed {
		named[event.utc()] = true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.unsealed[:0]
	for _, event := range c.unsealed {
		if !named[event.utc()] {
			kept = append(kept, event)
		}
	}
	clear(c.unsealed[len(kept):])
	c.unsealed = kept
}

// utc makes equal entries comparable by ==.
func (d EventDigest) utc() EventDigest {
	d.Time = d.Time.UTC().Round(0)
	return d
}
