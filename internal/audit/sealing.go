package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/dsappd/dsappd/store"
)

// The limits of one seal: events, and seals of other runs that it names.
const (
	maxSealed = 1000
	maxAfter  = 1000
)

// lateness is how long after its time an event may be committed: a seal says
// nothing about the time since.
const lateness = 2 * time.Minute

// rounds is how often a seal is written anew because a record moved meanwhile.
const rounds = 8

// errContended means that records moved in every round.
var errContended = errors.New("gave up after every round found its records moved")

// errSealedElsewhere means that a server which took this run for ended has
// sealed it as final.
var errSealedElsewhere = errors.New("another server has sealed this run as ended")

// Seal seals the events of this run that no seal names yet. It is to be
// called once a second, and does nothing when there is nothing new.
func (l *Log) Seal(ctx context.Context) error {
	l.chain.sealing.Lock()
	defer l.chain.sealing.Unlock()
	return l.seal(ctx, false)
}

// Finish seals what is left of this run, as final, and returns its last
// seal, which vouches for everything before it; no operation can decide
// afterwards. A run that has decided nothing leaves no seal, number 0.
func (l *Log) Finish(ctx context.Context) (SealDigest, error) {
	l.chain.end()
	l.chain.sealing.Lock()
	defer l.chain.sealing.Unlock()
	err := l.seal(ctx, true)
	return l.chain.last, err
}

func (l *Log) seal(ctx context.Context, final bool) error {
	for {
		if err := l.recollect(ctx); err != nil {
			return fmt.Errorf("seal the audit: %w", err)
		}
		events, more, completeTo := l.chain.next(l.Now())
		ends := final && !more && !l.chain.sealed
		if len(events) == 0 && !(ends && l.chain.last.Number > 0) {
			return nil
		}
		last, err := l.writeSeal(ctx, l.chain.last, Seal{
			SealKey: SealKey{Run: l.Run}, Events: events, Final: ends, CompleteTo: completeTo})
		l.chain.astray = err != nil
		if err != nil {
			return fmt.Errorf("seal the audit: %w", err)
		}
		l.chain.last, l.chain.sealed = last, ends
		l.chain.forget(events)
		l.chain.completed(completeTo)
		if !more {
			return nil
		}
	}
}

// recollect finds out what the store holds of this run beyond what the chain
// is sure of.
func (l *Log) recollect(ctx context.Context) error {
	if l.chain.astray {
		if err := l.adoptSeal(ctx); err != nil {
			return err
		}
	}
	l.chain.mu.Lock()
	doubt := l.chain.doubt
	l.chain.mu.Unlock()
	if doubt.IsZero() {
		return nil
	}
	l.chain.open.Lock() // so that an event is either in the store or not begun
	defer l.chain.open.Unlock()
	found, more, err := l.unnamed(ctx, l.chain.last, EventKey{Run: l.Run, Time: l.chain.doubt}, l.chain.unsealed, maxUnsealed)
	if err != nil {
		return err
	}
	l.chain.unsealed = append(l.chain.unsealed, found...)
	l.chain.doubt = time.Time{}
	if more {
		l.chain.doubt = found[len(found)-1].Time
	}
	return nil
}

// adoptSeal takes the seal whose writing failed for this run's last one if it
// was written nevertheless.
func (l *Log) adoptSeal(ctx context.Context) error {
	next := SealKey{Run: l.Run, Number: l.chain.last.Number + 1}
	var seal Seal
	err := l.Store.View(ctx, func(v *store.View) (err error) {
		seal, err = store.Get(v, Seals, next)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	case seal.By != "":
		return errSealedElsewhere
	}
	digest, _, err := authentic(l.Signer, seal)
	if err != nil {
		return err
	}
	l.chain.last, l.chain.sealed = SealDigest{SealKey: next, Digest: digest}, seal.Final
	l.chain.forget(seal.Events)
	return nil
}

// writeSeal completes a seal of its run, which comes after last, and writes it
// in an Update of its own.
func (l *Log) writeSeal(ctx context.Context, last SealDigest, seal Seal) (SealDigest, error) {
	for range rounds {
		written, err := l.tryWriteSeal(ctx, last, seal)
		if !errors.Is(err, store.ErrMoved) {
			return written, err
		}
	}
	return last, fmt.Errorf("write seal: %w", errContended)
}

func (l *Log) tryWriteSeal(ctx context.Context, last SealDigest, seal Seal) (SealDigest, error) {
	seal.Number, seal.Time = last.Number+1, l.Now().UTC().Round(0)
	ends := []Run(nil)
	seal.After = []SealDigest{last}
	if last.Number == 0 {
		var err error
		if ends, err = l.openEnds(ctx, seal.Run); err != nil {
			return last, err
		}
		seal.After = nil
		for _, end := range ends {
			seal.After = append(seal.After, end.last())
		}
	}
	seal, digest, err := sign(l.Signer, seal)
	if err != nil {
		return last, err
	}
	end := SealDigest{SealKey: seal.SealKey, Digest: digest}
	besides, written := l.withSeal()
	err = l.Store.Update(ctx, func(tx *store.Tx) error {
		switch _, err := store.Get(tx, Seals, seal.SealKey); {
		case err == nil:
			return errSealedElsewhere
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		if err := tieUp(tx, ends); err != nil {
			return err
		}
		run := Run{Run: seal.Run, Number: seal.Number, Digest: digest, Final: seal.Final}
		return errors.Join(store.Put(tx, Seals, seal), store.Put(tx, Runs, run), besides(tx))
	})
	if err == nil {
		written()
	}
	return end, err
}

// withSeal calls the WithSeal hook, if there is one.
func (l *Log) withSeal() (write func(*store.Tx) error, written func()) {
	if l.WithSeal == nil {
		return func(*store.Tx) error { return nil }, func() {}
	}
	return l.WithSeal()
}

// openEnds returns the last seals of other runs that no seal names yet.
func (l *Log) openEnds(ctx context.Context, run string) ([]Run, error) {
	var ends []Run
	err := l.Store.View(ctx, func(v *store.View) error {
		for end, err := range readableRuns(v) {
			if err != nil {
				return fmt.Errorf("ends of the audit's runs: %w", err)
			}
			if end.Run != run && len(ends) < maxAfter {
				ends = append(ends, end)
			}
		}
		return nil
	})
	return ends, err
}

// readableRuns scans the index of runs and passes over what cannot be read.
func readableRuns(v *store.View) iter.Seq2[Run, error] {
	return func(yield func(Run, error) bool) {
		for after, more := "", true; more; {
			more = false
			for run, err := range store.Scan(v, Runs, "", after) {
				if fault, ok := errors.AsType[*store.UnreadableError](err); ok {
					if more = len(fault.Key) > 0 && fault.Key[0] > after; more {
						after = fault.Key[0]
					}
					break
				}
				if !yield(run, err) || err != nil {
					return
				}
				after = run.Run
			}
		}
	}
}

// tieUp takes the ends that a seal names out of the index, but for those of
// runs that go on. Should one have moved, the seal would name what is not the
// end any more.
func tieUp(tx *store.Tx, ends []Run) error {
	for _, end := range ends {
		now, err := store.Get(tx, Runs, end.Run)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if now.Revision != end.Revision {
			return store.ErrMoved
		}
		if end.Final {
			if err := store.Delete(tx, Runs, end.Run); err != nil {
				return err
			}
		}
	}
	return nil
}

// unnamed returns up to limit events of a run that come after from and that
// neither a seal up to last nor known names, and whether there may be more.
// What cannot be read, or has a wrong MAC, is none: verification finds it.
func (l *Log) unnamed(ctx context.Context, last SealDigest, from EventKey, known []EventDigest, limit int) (found []EventDigest, more bool, err error) {
	err = l.Store.View(ctx, func(v *store.View) error {
		found, more = nil, false
		for at, further := from, true; further && !more; {
			var some map[EventKey]EventDigest
			var err error
			if some, at, further, err = l.eventsAfter(v, at); err != nil {
				return err
			}
			for _, event := range known {
				delete(some, event.key(from.Run).utc())
			}
			if err := removeNamed(v, last, some); err != nil {
				return err
			}
			left := slices.SortedFunc(maps.Values(some), func(a, b EventDigest) int { return a.key(from.Run).compare(b.key(from.Run)) })
			more = len(found)+len(left) > limit
			found = append(found, left[:min(len(left), limit-len(found))]...)
		}
		return nil
	})
	return found, more, err
}

// unnamedPage is how many events are held in memory at once while those are
// looked for that no seal names. The seals are read once for each page.
const unnamedPage = 1 << 16

// eventsAfter returns the next events of a run, the key of the last one that was
// looked at, and whether there are more.
func (l *Log) eventsAfter(v *store.View, from EventKey) (some map[EventKey]EventDigest, last EventKey, more bool, err error) {
	some, last = make(map[EventKey]EventDigest), from
	for event, err := range readableEvents(v, EventKey{Run: from.Run}, from, func(*store.UnreadableError) {}) {
		if err != nil {
			return nil, last, false, fmt.Errorf("events of the audit: %w", err)
		}
		if len(some) == unnamedPage {
			return some, last, true, nil
		}
		digest, right, err := authentic(l.Signer, event)
		if err != nil {
			return nil, last, false, err
		}
		last = event.EventKey
		if right {
			some[last.utc()] = EventDigest{Time: event.Time, Random: event.Random, Digest: digest}
		}
	}
	return some, last, false, nil
}

// removeNamed removes the events that the seals up to last name, which are
// followed back as far as they can name one of them.
func removeNamed(v *store.View, last SealDigest, some map[EventKey]EventDigest) error {
	if len(some) == 0 {
		return nil
	}
	since := afterAll()
	for key := range some {
		if key.Time.Before(since) {
			since = key.Time
		}
	}
	for key := last.SealKey; key.Number > 0 && len(some) > 0; key.Number-- {
		seal, err := store.Get(v, Seals, key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("seals of the audit: %w", err)
		}
		if seal.Time.Before(since.Add(-lateness)) {
			return nil
		}
		for _, event := range seal.Events {
			delete(some, event.key(key.Run).utc())
		}
	}
	return nil
}
