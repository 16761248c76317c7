package provision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/store"
)

// MendAudit seals events that programs before schema 2 left out when they
// sealed their run as final: what a run had decided over two minutes before
// one of its seals, such as the backlog of a long import. Such an event has the
// right MAC, so this program wrote it. What was done is returned in words, one
// note for each run. It is for a migration, while nobody else has the store.
func (s *Service) MendAudit(ctx context.Context) (notes []string, err error) {
	for run, more := "", true; more; {
		err := s.Store.View(ctx, func(v *store.View) (err error) {
			run, more, err = nextRun(v, run)
			return err
		})
		if err == nil && more && run != s.Run {
			var note string
			if note, err = s.mendRun(ctx, run); note != "" {
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
func (s *Service) mendRun(ctx context.Context, run string) (note string, err error) {
	c, err := s.followRun(ctx, &Verification{}, run)
	if err != nil || !c.last.Final || len(c.Broken) > 0 {
		return "", err // another fault is not for mending: verification tells it
	}
	digest, err := digestOf(c.last)
	if err != nil {
		return "", err
	}
	end := AuditRun{Run: run, Number: c.last.Number, Digest: digest}
	rest, _, err := s.unnamed(ctx, end.last(), AuditKey{Run: run}, nil, 1)
	if err != nil || len(rest) == 0 {
		return "", err
	}
	like := AuditSeal{AuditSealKey: AuditSealKey{Run: run}, By: s.Run, Mended: true}
	if err := s.sealRest(ctx, end, AuditKey{Run: run}, like); err != nil && !errors.Is(err, errSealedElsewhere) {
		return "", err
	}
	note = fmt.Sprintf("sealed the events of run %s that its seals had left out, after %s", run, end.last().AuditSealKey)
	removed, err := s.removedUntil(ctx, run)
	if err == nil && !rest[0].Time.After(removed) {
		note += "; those up to " + seconds(removed) + " may have been put back after retention had removed them"
	}
	return note, err
}

// removedUntil is the time up to which an event of a run may have been sealed,
// and removed by retention with its seal; zero: nothing was removed.
func (s *Service) removedUntil(ctx context.Context, run string) (until time.Time, err error) {
	err = s.Store.View(ctx, func(v *store.View) error {
		anchor, err := store.Get(v, AuditAnchors, run)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		seal, err := store.Get(v, AuditSeals, anchor.AuditSealKey)
		until = seal.Time
		return err
	})
	return until, err
}
