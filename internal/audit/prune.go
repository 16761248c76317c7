package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/store"
)

// The limits of one Update of a removal.
const (
	pruneEvents = 1000
	pruneSeals  = 200
)

// Limit says how far a removal goes: to what was sealed before a time. A seal
// that does not hold stops it, to keep the evidence; with Broken it does not.
type Limit struct {
	Before time.Time `json:"before"`
	Broken bool      `json:"broken,omitempty"`

	// Untaken has events removed, too, that a follower has not taken yet.
	Untaken bool `json:"untaken,omitempty"`
}

// Pruned is what was removed.
type Pruned struct {
	Seals  int `json:"seals"`
	Events int `json:"events"`

	// Stopped is the broken seal at which the removal stopped.
	Stopped *BrokenSeal `json:"stopped,omitempty"`

	// HeldFor is a follower for whom events were kept that are old enough;
	// empty: nobody.
	HeldFor string `json:"heldFor,omitempty"`
}

// Prune removes whole seals with their events, the oldest of each run first. It
// keeps the last seal that it removes as the run's anchor: the next seal still
// has what it comes after.
func (l *Log) Prune(ctx context.Context, limit Limit) (Pruned, error) {
	pruned := Pruned{}
	held, err := l.heldBy(ctx, limit)
	if err != nil {
		return pruned, err
	}
	for run, more := "", true; more && pruned.Stopped == nil; {
		err := l.Store.View(ctx, func(v *store.View) (err error) {
			run, more, err = nextRun(v, run)
			return err
		})
		if err == nil && more {
			err = l.pruneRun(ctx, limit, held, run, &pruned)
		}
		if err != nil {
			return pruned, fmt.Errorf("prune the audit: %w", err)
		}
	}
	return pruned, nil
}

// heldBy returns what a removal keeps for followers.
func (l *Log) heldBy(ctx context.Context, limit Limit) (map[string]hold, error) {
	if limit.Untaken {
		return nil, nil
	}
	held, err := l.held(ctx)
	if err != nil {
		return nil, fmt.Errorf("prune the audit: %w", err)
	}
	return held, nil
}

// Removable reports whether Prune would remove anything, and returns why it would
// not: a broken seal, or a follower.
func (l *Log) Removable(ctx context.Context, limit Limit) (some bool, not Pruned, err error) {
	held, err := l.heldBy(ctx, limit)
	if err != nil {
		return false, not, err
	}
	for run, more := "", true; more; {
		var r removal
		err := l.Store.View(ctx, func(v *store.View) (err error) {
			if run, more, err = nextRun(v, run); err == nil && more {
				r, err = l.removable(v, limit, held, run, 1)
			}
			return err
		})
		not.Stopped, not.HeldFor = r.stopped, cmp.Or(not.HeldFor, r.heldFor)
		if err != nil || len(r.seals) > 0 || r.stopped != nil {
			return len(r.seals) > 0, not, err
		}
	}
	return false, not, nil
}

func (l *Log) pruneRun(ctx context.Context, limit Limit, held map[string]hold, run string, pruned *Pruned) error {
	for {
		var r removal
		err := l.Store.View(ctx, func(v *store.View) (err error) {
			r, err = l.removable(v, limit, held, run, pruneSeals)
			return err
		})
		if err != nil {
			return err
		}
		if len(r.seals) > 0 {
			err := l.remove(ctx, run, r)
			if errors.Is(err, store.ErrMoved) {
				continue
			}
			if err != nil {
				return err
			}
			pruned.Seals += len(r.seals)
			pruned.Events += len(r.events)
		}
		pruned.HeldFor = cmp.Or(pruned.HeldFor, r.heldFor)
		if pruned.Stopped = r.stopped; r.stopped != nil || len(r.seals) == 0 {
			return nil
		}
	}
}

// removal is a range of seals at the beginning of a run, with all that goes
// with them.
type removal struct {
	before   Anchor // zero: none
	seals    []Seal
	events   []Event
	released []SealKey // anchors of other runs, whose successors go
	last     SealDigest
	stopped  *BrokenSeal
	heldFor  string // a follower; empty: nobody
}

// removable returns the next range of a run that may go, of at most that many
// seals.
func (l *Log) removable(v *store.View, limit Limit, held map[string]hold, run string, most int) (removal, error) {
	var r removal
	var err error
	if r.before, err = store.Get(v, Anchors, run); err != nil && !errors.Is(err, store.ErrNotFound) {
		return r, err
	}
	c := &runCheck{Verification: &Verification{}, log: l, run: run, next: 1}
	if err := c.skipRemoved(v); err != nil {
		return r, err
	}
	for seal, err := range store.Scan(v, Seals, SealKey{Run: run}, SealKey{Run: run, Number: c.next - 1}) {
		if err != nil || len(r.seals) == most || len(r.events) >= pruneEvents || !seal.Time.Before(limit.Before) {
			return r, err
		}
		if h, is := held[run]; is && seal.Number >= h.from {
			r.heldFor = h.follower
			return r, nil
		}
		if err := c.seal(v, seal); err != nil {
			return r, err
		}
		if len(c.Broken) > 0 && !limit.Broken {
			r.stopped = &c.Broken[0]
			return r, nil
		}
		if err := r.add(v, seal); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (r *removal) add(v *store.View, seal Seal) error {
	for _, named := range seal.Events {
		event, err := store.Get(v, Events, named.key(seal.Run))
		if event.EventKey = named.key(seal.Run); err == nil {
			r.events = append(r.events, event)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	digest, err := digestOf(seal)
	if err != nil {
		return err
	}
	r.seals, r.last = append(r.seals, seal), SealDigest{SealKey: seal.SealKey, Digest: digest}
	if seal.Number == 1 {
		return r.release(v, seal)
	}
	return nil
}

// release finds the anchors that a run's first seal comes after: of runs that
// are removed whole, nothing has to stay once that seal goes.
func (r *removal) release(v *store.View, seal Seal) error {
	for _, before := range seal.After {
		anchor, err := store.Get(v, Anchors, before.Run)
		var end Seal
		if err == nil && anchor.Number == before.Number {
			end, err = store.Get(v, Seals, before.SealKey)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if end.Final {
			r.released = append(r.released, before.SealKey)
		}
	}
	return nil
}

// remove takes a range away and moves the run's anchor to its last seal.
func (l *Log) remove(ctx context.Context, run string, r removal) error {
	anchor, _, err := sign(l.Signer, Anchor{SealDigest: r.last, RemovedAt: l.Now().UTC().Round(0)})
	if err != nil {
		return err
	}
	return l.Store.Update(ctx, func(tx *store.Tx) error {
		before, err := store.Get(tx, Anchors, run)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if before.Revision != r.before.Revision {
			return store.ErrMoved
		}
		return errors.Join(r.deleteEvents(tx), r.deleteSeals(tx), store.Put(tx, Anchors, anchor))
	})
}

func (r removal) deleteEvents(tx *store.Tx) error {
	for _, event := range r.events {
		err := store.Delete(tx, Events, event.EventKey)
		if event.RequestID != "" {
			err = errors.Join(err, store.Delete(tx, Requests, RequestKey{RequestID: event.RequestID, EventKey: event.EventKey}))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// deleteSeals leaves the last one, which becomes the anchor.
func (r removal) deleteSeals(tx *store.Tx) error {
	var errs []error
	if r.before.Number > 0 {
		errs = append(errs, store.Delete(tx, Seals, r.before.SealKey))
	}
	for _, seal := range r.seals[:len(r.seals)-1] {
		errs = append(errs, store.Delete(tx, Seals, seal.SealKey))
	}
	for _, released := range r.released {
		errs = append(errs, store.Delete(tx, Anchors, released.Run), store.Delete(tx, Seals, released))
	}
	return errors.Join(errs...)
}
