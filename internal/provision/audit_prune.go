package provision

import (
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

// PruneAudit asks for the removal of what was sealed before a time. A seal
// that does not hold stops it, so that no evidence is lost; with Broken it
// does not.
type PruneAudit struct {
	Before time.Time
	Broken bool
}

// PrunedAudit is what was removed.
type PrunedAudit struct {
	Seals  int `json:"seals"`
	Events int `json:"events"`

	// Stopped is the broken seal at which the removal stopped.
	Stopped *BrokenSeal `json:"stopped,omitempty"`
}

// PruneAudit removes whole seals with their events, the oldest of each run
// first, and keeps the last one that it removes as the run's anchor: the next
// seal still has what it comes after. The decision to remove is an event
// itself, which is written before anything is removed.
func (s *Service) PruneAudit(ctx context.Context, operator Operator, in PruneAudit) (PrunedAudit, error) {
	_, err := perform(ctx, s, operatorEvent("audit prune", operator), func(f *frame) (struct{}, error) {
		f.checked("sealed before", in.Before.UTC().Format(time.RFC3339))
		if in.Broken {
			f.checked("broken seals", "removed too")
		}
		if !in.Before.Before(f.now) {
			return struct{}{}, refuse(InvalidParameter, "The age is not above zero: what is sealed from now on cannot be removed yet.")
		}
		return struct{}{}, nil
	})
	if err != nil {
		return PrunedAudit{}, err
	}
	pruned := PrunedAudit{}
	for run, more := "", true; more && pruned.Stopped == nil; {
		err := s.Store.View(ctx, func(v *store.View) (err error) {
			run, more, err = nextRun(v, run)
			return err
		})
		if err == nil && more {
			err = s.pruneRun(ctx, in, run, &pruned)
		}
		if err != nil {
			return pruned, fmt.Errorf("prune the audit: %w", err)
		}
	}
	return pruned, nil
}

// RetainAudit removes what was sealed longer ago than keep, if there is any.
func (s *Service) RetainAudit(ctx context.Context, keep time.Duration) (PrunedAudit, error) {
	in := PruneAudit{Before: s.Now().Add(-keep)}
	for run, more := "", true; more; {
		var some removal
		err := s.Store.View(ctx, func(v *store.View) (err error) {
			if run, more, err = nextRun(v, run); err == nil && more {
				some, err = s.removable(v, in, run, 1)
			}
			return err
		})
		if err != nil {
			return PrunedAudit{}, fmt.Errorf("retain the audit: %w", err)
		}
		switch {
		case len(some.seals) > 0:
			return s.PruneAudit(ctx, Operator{Name: "retention"}, in)
		case some.stopped != nil:
			return PrunedAudit{Stopped: some.stopped}, nil
		}
	}
	return PrunedAudit{}, nil
}

func (s *Service) pruneRun(ctx context.Context, in PruneAudit, run string, pruned *PrunedAudit) error {
	for {
		var r removal
		err := s.Store.View(ctx, func(v *store.View) (err error) {
			r, err = s.removable(v, in, run, pruneSeals)
			return err
		})
		if err != nil {
			return err
		}
		if len(r.seals) > 0 {
			err := s.remove(ctx, run, r)
			if errors.Is(err, store.ErrMoved) {
				continue
			}
			if err != nil {
				return err
			}
			pruned.Seals += len(r.seals)
			pruned.Events += len(r.events)
		}
		if pruned.Stopped = r.stopped; r.stopped != nil || len(r.seals) == 0 {
			return nil
		}
	}
}

// removal is a range of seals at the beginning of a run, with all that goes
// with them.
type removal struct {
	before   AuditAnchor // zero: none
	seals    []AuditSeal
	events   []AuditEvent
	released []AuditSealKey // anchors of other runs, whose successors go
	last     SealDigest
	stopped  *BrokenSeal
}

// removable is the next range of a run that may go, of at most limit seals.
func (s *Service) removable(v *store.View, in PruneAudit, run string, limit int) (removal, error) {
	var r removal
	var err error
	if r.before, err = store.Get(v, AuditAnchors, run); err != nil && !errors.Is(err, store.ErrNotFound) {
		return r, err
	}
	c := &runCheck{Verification: &Verification{}, service: s, run: run, next: 1}
	if err := c.skipRemoved(v); err != nil {
		return r, err
	}
	for seal, err := range store.Scan(v, AuditSeals, AuditSealKey{Run: run}, AuditSealKey{Run: run, Number: c.next - 1}) {
		if err != nil || len(r.seals) == limit || len(r.events) >= pruneEvents || !seal.Time.Before(in.Before) {
			return r, err
		}
		if err := c.seal(v, seal); err != nil {
			return r, err
		}
		if len(c.Broken) > 0 && !in.Broken {
			r.stopped = &c.Broken[0]
			return r, nil
		}
		if err := r.add(v, seal); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (r *removal) add(v *store.View, seal AuditSeal) error {
	for _, named := range seal.Events {
		event, err := store.Get(v, AuditEvents, named.key(seal.Run))
		if event.AuditKey = named.key(seal.Run); err == nil {
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
	r.seals, r.last = append(r.seals, seal), SealDigest{AuditSealKey: seal.AuditSealKey, Digest: digest}
	if seal.Number == 1 {
		return r.release(v, seal)
	}
	return nil
}

// release finds the anchors that a run's first seal comes after: of runs that
// are removed whole, nothing has to stay once that seal goes.
func (r *removal) release(v *store.View, seal AuditSeal) error {
	for _, before := range seal.After {
		anchor, err := store.Get(v, AuditAnchors, before.Run)
		var end AuditSeal
		if err == nil && anchor.Number == before.Number {
			end, err = store.Get(v, AuditSeals, before.AuditSealKey)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if end.Final {
			r.released = append(r.released, before.AuditSealKey)
		}
	}
	return nil
}

// remove takes a range away and moves the run's anchor to its last seal.
func (s *Service) remove(ctx context.Context, run string, r removal) error {
	anchor, _, err := sign(s.Sealer, AuditAnchor{SealDigest: r.last, RemovedAt: s.Now().UTC().Round(0)})
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx *store.Tx) error {
		before, err := store.Get(tx, AuditAnchors, run)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if before.Revision != r.before.Revision {
			return store.ErrMoved
		}
		return errors.Join(r.deleteEvents(tx), r.deleteSeals(tx), store.Put(tx, AuditAnchors, anchor))
	})
}

func (r removal) deleteEvents(tx *store.Tx) error {
	for _, event := range r.events {
		err := store.Delete(tx, AuditEvents, event.AuditKey)
		if event.RequestID != "" {
			err = errors.Join(err, store.Delete(tx, AuditRequests, AuditRequestKey{RequestID: event.RequestID, AuditKey: event.AuditKey}))
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
		errs = append(errs, store.Delete(tx, AuditSeals, r.before.AuditSealKey))
	}
	for _, seal := range r.seals[:len(r.seals)-1] {
		errs = append(errs, store.Delete(tx, AuditSeals, seal.AuditSealKey))
	}
	for _, released := range r.released {
		errs = append(errs, store.Delete(tx, AuditAnchors, released.Run), store.Delete(tx, AuditSeals, released))
	}
	return errors.Join(errs...)
}
