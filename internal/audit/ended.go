package audit

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
// themselves, in their own chains and as final, and returns their names. It asks
// hasEnded of each: a run that still goes on could not seal any more. Nil is for a
// server that has the store to itself, where all others have ended.
func (l *Log) SealEndedRuns(ctx context.Context, hasEnded func(run string) (bool, error)) (sealed []string, err error) {
	unfinished, err := l.unfinishedRuns(ctx)
	if err != nil {
		return nil, fmt.Errorf("seal ended runs: %w", err)
	}
	for _, run := range unfinished {
		if hasEnded != nil {
			if ended, err := hasEnded(run.Run); err != nil {
				return sealed, fmt.Errorf("seal ended run %s: %w", run.Run, err)
			} else if !ended {
				continue
			}
		}
		err := l.sealEndedRun(ctx, run)
		if err != nil && !errors.Is(err, errSealedElsewhere) {
			return sealed, fmt.Errorf("seal ended run %s: %w", run.Run, err)
		}
		sealed = append(sealed, run.Run)
	}
	return sealed, nil
}

// unfinishedRuns returns the other runs without a final seal; number 0: without
// any.
func (l *Log) unfinishedRuns(ctx context.Context) ([]Run, error) {
	var unfinished []Run
	for run, more := "", true; more; {
		err := l.Store.View(ctx, func(v *store.View) error {
			var err error
			if run, more, err = nextRun(v, run); err != nil || !more || run == l.Run {
				return err
			}
			end, err := store.Get(v, Runs, run)
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

// unsealedRun returns a run that the index does not hold: the zero value where
// another run's seal names its end already.
func unsealedRun(v *store.View, run string) (Run, error) {
	for _, err := range store.Scan(v, Seals, SealKey{Run: run}, SealKey{}) {
		return Run{}, err
	}
	return Run{Run: run}, nil
}

// nextRun returns the first run after the given one that has an event or a seal,
// be it one that cannot be read.
func nextRun(v *store.View, run string) (next string, more bool, err error) {
	event, err := firstRun(store.Scan(v, Events, EventKey{}, EventKey{Run: run, Time: afterAll(), Random: afterAllRandom}))
	if err != nil {
		return "", false, err
	}
	seal, err := firstRun(store.Scan(v, Seals, SealKey{}, SealKey{Run: run, Number: math.MaxUint64}))
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

func (k EventKey) run() string { return k.Run }
func (k SealKey) run() string  { return k.Run }

// firstRun returns the run of the first record; "" where there is none.
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

func (l *Log) sealEndedRun(ctx context.Context, run Run) error {
	from, err := l.restOf(ctx, run.last().SealKey)
	if err != nil {
		return err
	}
	return l.sealRest(ctx, run, from, Seal{SealKey: SealKey{Run: run.Run}, By: l.Run})
}

// sealRest seals the events of an ended run after from that no seal names, in
// seals like the given one.
func (l *Log) sealRest(ctx context.Context, run Run, from EventKey, like Seal) error {
	last := run.last()
	for more := true; more; {
		events, left, err := l.unnamed(ctx, last, from, nil, maxUnsealed)
		if err != nil {
			return err
		}
		if last, err = l.writeSeals(ctx, last, like, events, !left); err != nil {
			return err
		}
		if more = left; more {
			from = events[len(events)-1].key(run.Run)
		}
	}
	return nil
}

// restOf returns the place from which on a run may have events that no seal up to
// the last one names: the beginning, where that seal does not say.
func (l *Log) restOf(ctx context.Context, last SealKey) (EventKey, error) {
	from := EventKey{Run: last.Run}
	if last.Number == 0 {
		return from, nil
	}
	err := l.Store.View(ctx, func(v *store.View) error {
		seal, err := store.Get(v, Seals, last)
		from.Time = seal.CompleteTo
		return err
	})
	return from, err
}

// writeSeals seals events of an ended run, in the order of their keys and in as
// many seals like the given one as it takes.
func (l *Log) writeSeals(ctx context.Context, last SealDigest, seal Seal, events []EventDigest, final bool) (SealDigest, error) {
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
		if last, err = l.writeSeal(ctx, last, seal); err != nil {
			return last, err
		}
		if events = events[n:]; len(events) == 0 {
			return last, nil
		}
	}
}
