package provision

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/dsappd/dsappd/store"
)

// SealEndedRuns seals what other runs left when they ended without doing so
// themselves, in their own chains and as final, and returns their names. It is
// for a server that has the store to itself: a run that still goes on could
// not seal any more.
func (s *Service) SealEndedRuns(ctx context.Context) (sealed []string, err error) {
	ended, err := s.unfinishedRuns(ctx)
	if err != nil {
		return nil, fmt.Errorf("seal ended runs: %w", err)
	}
	for _, run := range ended {
		err := s.sealEndedRun(ctx, run)
		if err != nil && !errors.Is(err, errSealedElsewhere) {
			return sealed, fmt.Errorf("seal ended run %s: %w", run.Run, err)
		}
		sealed = append(sealed, run.Run)
	}
	return sealed, nil
}

// unfinishedRuns are the other runs without a final seal; number 0: without
// any.
func (s *Service) unfinishedRuns(ctx context.Context) ([]AuditRun, error) {
	var unfinished []AuditRun
	for run, more := "", true; more; {
		err := s.Store.View(ctx, func(v *store.View) error {
			var err error
			if run, more, err = nextRun(v, run); err != nil || !more || run == s.Run {
				return err
			}
			end, err := store.Get(v, AuditRuns, run)
			if errors.Is(err, store.ErrNotFound) {
				end, err = unsealedRun(v, run)
			}
			if err == nil && !end.Final && end.Run != "" {
				unfinished = append(unfinished, end)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return unfinished, nil
}

// unsealedRun is a run that the index does not hold: the zero value where
// another run's seal names its end already.
func unsealedRun(v *store.View, run string) (AuditRun, error) {
	for _, err := range store.Scan(v, AuditSeals, AuditSealKey{Run: run}, AuditSealKey{}) {
		return AuditRun{}, err
	}
	return AuditRun{Run: run}, nil
}

// nextRun is the first run after the given one that has an event or a seal,
// be it one that cannot be read.
func nextRun(v *store.View, run string) (next string, more bool, err error) {
	event, err := firstRun(store.Scan(v, AuditEvents, AuditKey{}, AuditKey{Run: run, Time: afterAll(), Random: afterAllRandom}))
	if err != nil {
		return "", false, err
	}
	seal, err := firstRun(store.Scan(v, AuditSeals, AuditSealKey{}, AuditSealKey{Run: run, Number: math.MaxUint64}))
	if err != nil {
		return "", false, err
	}
	switch {
	case event == "":
		next = seal
	case seal == "":
		next = event
	default:
		next = min(event, seal)
	}
	return next, next != "", nil
}

// ofRun is an event or a seal.
type ofRun interface{ run() string }

func (k AuditKey) run() string     { return k.Run }
func (k AuditSealKey) run() string { return k.Run }

// firstRun is the run of the first record; "" where there is none.
func firstRun[R ofRun](records iter.Seq2[R, error]) (string, error) {
	for record, err := range records {
		unreadable, ok := errors.AsType[*store.UnreadableError](err)
		switch {
		case err == nil:
			return record.run(), nil
		case ok && len(unreadable.Key) > 0 && unreadable.Key[0] != "":
			return unreadable.Key[0], nil
		}
		return "", fmt.Errorf("runs of the audit: %w", err)
	}
	return "", nil
}

// afterAll and afterAllRandom come after every event of a run.
func afterAll() time.Time { return time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) }

const afterAllRandom = "~"

func (s *Service) sealEndedRun(ctx context.Context, run AuditRun) error {
	from, err := s.restOf(ctx, run.last().AuditSealKey)
	if err != nil {
		return err
	}
	return s.sealRest(ctx, run, from, AuditSeal{AuditSealKey: AuditSealKey{Run: run.Run}, By: s.Run})
}

// sealRest seals the events of an ended run after from that no seal names, in
// seals like the given one.
func (s *Service) sealRest(ctx context.Context, run AuditRun, from AuditKey, like AuditSeal) error {
	last := run.last()
	for more := true; more; {
		events, left, err := s.unnamed(ctx, last, from, nil, maxUnsealed)
		if err != nil {
			return err
		}
		if last, err = s.writeSeals(ctx, last, like, events, !left); err != nil {
			return err
		}
		if more = left; more {
			from = events[len(events)-1].key(run.Run)
		}
	}
	return nil
}

// restOf is the place from which on a run may have events that no seal up to
// the last one names: the beginning, where that seal does not say.
func (s *Service) restOf(ctx context.Context, last AuditSealKey) (AuditKey, error) {
	from := AuditKey{Run: last.Run}
	if last.Number == 0 {
		return from, nil
	}
	err := s.Store.View(ctx, func(v *store.View) error {
		seal, err := store.Get(v, AuditSeals, last)
		from.Time = seal.CompleteTo
		return err
	})
	return from, err
}

// writeSeals seals events of an ended run, in the order of their keys and in as
// many seals like the given one as it takes.
func (s *Service) writeSeals(ctx context.Context, last SealDigest, seal AuditSeal, events []EventDigest, final bool) (SealDigest, error) {
	for {
		n := min(len(events), maxSealed)
		seal.Events, seal.Final = events[:n], final && n == len(events)
		switch {
		case n < len(events):
			seal.CompleteTo = events[n].Time
		case n > 0:
			seal.CompleteTo = events[n-1].Time
		}
		var err error
		if last, err = s.writeSeal(ctx, last, seal); err != nil {
			return last, err
		}
		if events = events[n:]; len(events) == 0 {
			return last, nil
		}
	}
}
