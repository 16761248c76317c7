package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/store"
)

// Mend seals events that programs before schema 2 left out when they
// sealed their run as final: what a run had decided over two minutes before
// one of its seals, such as the backlog of a long import. Such an event has the
// right MAC, so this program wrote it. What was done is returned in words, one
// note for each run. It is for a migration, while nobody else has the store.
func (l *Log) Mend(ctx context.Context) (notes []string, err error) {
	for run, more := "", true; more; {
		err := l.Store.View(ctx, func(v *store.View) (err error) {
			run, more, err = nextRun(v, run)
			return err
		})
		if err == nil && more && run != l.Run {
			var note string
			if note, err = l.mendRun(ctx, run); note != "" {
				notes = append(notes, note)
			}
		}
		if err != nil {
			return notes, fmt.Errorf("mend the audit: %w", err)
		}
	}
	return notes, nil
}

// mendRun mends one run, if it is sealed as final and events are left.
func (l *Log) mendRun(ctx context.Context, run string) (note string, err error) {
	c, err := l.followRun(ctx, &Verification{}, run)
	if err != nil || !c.last.Final || len(c.Broken) > 0 {
		return "", err // another fault is not for mending: verification tells it
	}
	digest, err := digestOf(c.last)
	if err != nil {
		return "", err
	}
	end := Run{Run: run, Number: c.last.Number, Digest: digest}
	rest, _, err := l.unnamed(ctx, end.last(), EventKey{Run: run}, nil, 1)
	if err != nil || len(rest) == 0 {
		return "", err
	}
	like := Seal{SealKey: SealKey{Run: run}, By: l.Run, Mended: true}
	if err := l.sealRest(ctx, end, EventKey{Run: run}, like); err != nil && !errors.Is(err, errSealedElsewhere) {
		return "", err
	}
	note = fmt.Sprintf("sealed the events of run %s that its seals had left out, after %s", run, end.last().SealKey)
	removed, err := l.removedUntil(ctx, run)
	if err == nil && !rest[0].Time.After(removed) {
		note += "; those up to " + removed.UTC().Format(time.RFC3339) + " may have been put back after retention had removed them"
	}
	return note, err
}

// removedUntil returns the time up to which an event of a run may have been
// sealed, and removed by retention with its seal; zero: nothing was removed.
func (l *Log) removedUntil(ctx context.Context, run string) (until time.Time, err error) {
	err = l.Store.View(ctx, func(v *store.View) error {
		anchor, err := store.Get(v, Anchors, run)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		seal, err := store.Get(v, Seals, anchor.SealKey)
		until = seal.Time
		return err
	})
	return until, err
}
