package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dsappd/dsappd/store"
)

// The limits of a verification: events named by the seals of one View, events
// of a run that no seal so far names, and faults after which it counts no
// further.
const (
	verifyPage = 2000
	maxUnnamed = 1 << 17
	maxBreaks  = 1000
)

// Verification is what a verification of the audit found.
type Verification struct {
	Runs     int `json:"runs"`
	Seals    int `json:"seals"`
	Events   int `json:"events"`   // that seals name
	Unsealed int `json:"unsealed"` // that no seal names yet

	// Broken are the faults, in the order of runs and numbers, up to
	// maxBreaks.
	Broken []BrokenSeal `json:"broken,omitempty"`

	// Ends are the last seals, which no seal comes after: noted elsewhere,
	// they vouch for everything before.
	Ends []SealDigest `json:"ends,omitempty"`
}

// BrokenSeal is a seal that does not hold, or that is missing.
type BrokenSeal struct {
	SealKey
	Fault string `json:"fault"`
}

// Verify follows every run's chain and compares each event with its seal. It
// reads page by page, and may run while events are written, sealed and removed.
//
// Known are seals that were noted elsewhere, out of reach of whoever can write
// the store. They must still be there, or have been removed by retention.
func (l *Log) Verify(ctx context.Context, known []SealDigest) (Verification, error) {
	report := &Verification{}
	for run, more := "", true; more; {
		err := l.Store.View(ctx, func(v *store.View) (err error) {
			run, more, err = nextRun(v, run)
			return err
		})
		if err == nil && more {
			err = l.verifyRun(ctx, report, run)
		}
		if err != nil {
			return *report, fmt.Errorf("verify the audit: %w", err)
		}
	}
	err := l.Store.View(ctx, func(v *store.View) error {
		for _, known := range known {
			if err := report.vouched(v, known, "it was noted elsewhere"); err != nil {
				return err
			}
		}
		return report.ends(v)
	})
	slices.SortStableFunc(report.Broken, func(a, b BrokenSeal) int { return a.compare(b.SealKey) })
	return *report, err
}

func (r *Verification) broken(at SealKey, fault string) {
	if len(r.Broken) < maxBreaks {
		r.Broken = append(r.Broken, BrokenSeal{at, fault})
	}
}

// vouched looks for a seal that something else names.
func (r *Verification) vouched(v *store.View, named SealDigest, by string) error {
	seal, err := store.Get(v, Seals, named.SealKey)
	if errors.Is(err, store.ErrNotFound) {
		anchor, err := store.Get(v, Anchors, named.Run)
		if errors.Is(err, store.ErrNotFound) || err == nil && anchor.Number < named.Number {
			r.broken(named.SealKey, "the seal is missing: "+by)
			return nil
		}
		return err
	}
	if _, unreadable := errors.AsType[*store.UnreadableError](err); unreadable {
		return nil // its own run's verification says so
	}
	if err != nil {
		return err
	}
	digest, err := digestOf(seal)
	if err == nil && digest != named.Digest {
		r.broken(named.SealKey, "the seal is not the one that there was: "+by+" with another digest")
	}
	return err
}

// ends lists the ends of the chains.
func (r *Verification) ends(v *store.View) error {
	for run, err := range readableRuns(v) {
		if err != nil {
			return fmt.Errorf("ends of the audit's runs: %w", err)
		}
		r.Ends = append(r.Ends, run.last())
	}
	return nil
}
