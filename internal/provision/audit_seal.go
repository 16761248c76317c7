package provision

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

// errSealedElsewhere means that a server which took this run for ended has
// sealed it as final.
var errSealedElsewhere = errors.New("another server has sealed this run as ended")

// SealAudit seals the events of this run that no seal names yet. It is to be
// called once a second, and does nothing when there is nothing new.
func (s *Service) SealAudit(ctx context.Context) error {
	s.chain.sealing.Lock()
	defer s.chain.sealing.Unlock()
	return s.seal(ctx, false)
}

// FinishAudit seals what is left of this run, as final, and returns its last
// seal, which vouches for everything before it; no operation can decide
// afterwards. A run that has decided nothing leaves no seal, number 0.
func (s *Service) FinishAudit(ctx context.Context) (SealDigest, error) {
	s.chain.end()
	s.chain.sealing.Lock()
	defer s.chain.sealing.Unlock()
	err := s.seal(ctx, true)
	return s.chain.last, err
}

func (s *Service) seal(ctx context.Context, final bool) error {
	for {
		if err := s.recollect(ctx); err != nil {
			return fmt.Errorf("seal the audit: %w", err)
		}
		events, more, completeTo := s.chain.next(s.Now())
		ends := final && !more && !s.chain.sealed
		if len(events) == 0 && !(ends && s.chain.last.Number > 0) {
			return nil
		}
		last, err := s.writeSeal(ctx, s.chain.last, AuditSeal{
			AuditSealKey: AuditSealKey{Run: s.Run}, Events: events, Final: ends, CompleteTo: completeTo})
		s.chain.astray = err != nil
		if err != nil {
			return fmt.Errorf("seal the audit: %w", err)
		}
		s.chain.last, s.chain.sealed = last, ends
		s.chain.forget(events)
		if !more {
			return nil
		}
	}
}

// recollect finds out what the store holds of this run beyond what the chain
// is sure of.
func (s *Service) recollect(ctx context.Context) error {
	if s.chain.astray {
		if err := s.adoptSeal(ctx); err != nil {
			return err
		}
	}
	s.chain.mu.Lock()
	doubt := s.chain.doubt
	s.chain.mu.Unlock()
	if doubt.IsZero() {
		return nil
	}
	s.chain.open.Lock() // so that an event is either in the store or not begun
	defer s.chain.open.Unlock()
	found, more, err := s.unnamed(ctx, s.chain.last, AuditKey{Run: s.Run, Time: s.chain.doubt}, s.chain.unsealed, maxUnsealed)
	if err != nil {
		return err
	}
	s.chain.unsealed = append(s.chain.unsealed, found...)
	s.chain.doubt = time.Time{}
	if more {
		s.chain.doubt = found[len(found)-1].Time
	}
	return nil
}

// adoptSeal takes the seal whose writing failed for this run's last one if it
// was written nevertheless.
func (s *Service) adoptSeal(ctx context.Context) error {
	next := AuditSealKey{Run: s.Run, Number: s.chain.last.Number + 1}
	var seal AuditSeal
	err := s.Store.View(ctx, func(v *store.View) (err error) {
		seal, err = store.Get(v, AuditSeals, next)
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
	digest, _, err := authentic(s.Sealer, seal)
	if err != nil {
		return err
	}
	s.chain.last, s.chain.sealed = SealDigest{AuditSealKey: next, Digest: digest}, seal.Final
	s.chain.forget(seal.Events)
	return nil
}

// writeSeal completes a seal of its run, which comes after last, and writes it
// in an Update of its own.
func (s *Service) writeSeal(ctx context.Context, last SealDigest, seal AuditSeal) (SealDigest, error) {
	for range rounds {
		written, err := s.tryWriteSeal(ctx, last, seal)
		if !errors.Is(err, store.ErrMoved) {
			return written, err
		}
	}
	return last, fmt.Errorf("write seal: %w", ErrContended)
}

func (s *Service) tryWriteSeal(ctx context.Context, last SealDigest, seal AuditSeal) (SealDigest, error) {
	seal.Number, seal.Time = last.Number+1, s.Now().UTC().Round(0)
	ends := []AuditRun(nil)
	seal.After = []SealDigest{last}
	if last.Number == 0 {
		var err error
		if ends, err = s.openEnds(ctx, seal.Run); err != nil {
			return last, err
		}
		seal.After = nil
		for _, end := range ends {
			seal.After = append(seal.After, end.last())
		}
	}
	seal, digest, err := sign(s.Sealer, seal)
	if err != nil {
		return last, err
	}
	written := SealDigest{AuditSealKey: seal.AuditSealKey, Digest: digest}
	secrets := s.Sealer.sealed.Load() - s.Sealer.noted.Load()
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		switch _, err := store.Get(tx, AuditSeals, seal.AuditSealKey); {
		case err == nil:
			return errSealedElsewhere
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		if err := tieUp(tx, ends); err != nil {
			return err
		}
		run := AuditRun{Run: seal.Run, Number: seal.Number, Digest: digest, Final: seal.Final}
		return errors.Join(store.Put(tx, AuditSeals, seal), store.Put(tx, AuditRuns, run), noteSealed(tx, secrets))
	})
	if err == nil {
		s.Sealer.noted.Add(secrets)
	}
	return written, err
}

// openEnds are the last seals of other runs that no seal names yet.
func (s *Service) openEnds(ctx context.Context, run string) ([]AuditRun, error) {
	var ends []AuditRun
	err := s.Store.View(ctx, func(v *store.View) error {
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
func readableRuns(v *store.View) iter.Seq2[AuditRun, error] {
	return func(yield func(AuditRun, error) bool) {
		for after, more := "", true; more; {
			more = false
			for run, err := range store.Scan(v, AuditRuns, "", after) {
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
func tieUp(tx *store.Tx, ends []AuditRun) error {
	for _, end := range ends {
		now, err := store.Get(tx, AuditRuns, end.Run)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if now.Revision != end.Revision {
			return store.ErrMoved
		}
		if end.Final {
			if err := store.Delete(tx, AuditRuns, end.Run); err != nil {
				return err
			}
		}
	}
	return nil
}

// unnamed are up to limit events of a run that come after from and that
// neither a seal up to last nor known names, and whether there may be more.
// What cannot be read, or has a wrong MAC, is none: verification finds it.
func (s *Service) unnamed(ctx context.Context, last SealDigest, from AuditKey, known []EventDigest, limit int) (found []EventDigest, more bool, err error) {
	err = s.Store.View(ctx, func(v *store.View) error {
		found, more = nil, false
		for at, further := from, true; further && !more; {
			var some map[AuditKey]EventDigest
			var err error
			if some, at, further, err = s.eventsAfter(v, at); err != nil {
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

// eventsAfter are the next events of a run, the key of the last one that was
// looked at, and whether there are more.
func (s *Service) eventsAfter(v *store.View, from AuditKey) (some map[AuditKey]EventDigest, last AuditKey, more bool, err error) {
	some, last = make(map[AuditKey]EventDigest), from
	for event, err := range readableEvents(v, AuditKey{Run: from.Run}, from, func(*store.UnreadableError) {}) {
		if err != nil {
			return nil, last, false, fmt.Errorf("events of the audit: %w", err)
		}
		if len(some) == unnamedPage {
			return some, last, true, nil
		}
		digest, right, err := authentic(s.Sealer, event)
		if err != nil {
			return nil, last, false, err
		}
		last = event.AuditKey
		if right {
			some[last.utc()] = EventDigest{Time: event.Time, Random: event.Random, Digest: digest}
		}
	}
	return some, last, false, nil
}

// removeNamed removes the events that the seals up to last name, which are
// followed back as far as they can name one of them.
func removeNamed(v *store.View, last SealDigest, some map[AuditKey]EventDigest) error {
	if len(some) == 0 {
		return nil
	}
	since := afterAll()
	for key := range some {
		if key.Time.Before(since) {
			since = key.Time
		}
	}
	for key := last.AuditSealKey; key.Number > 0 && len(some) > 0; key.Number-- {
		seal, err := store.Get(v, AuditSeals, key)
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
