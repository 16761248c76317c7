package provision

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// sweepBatch is how many registrations one transaction deletes.
const sweepBatch = 64

// SweepRegistrations deletes the registrations whose lifetimes were over a
// retention ago, by the index of lifetimes, and says how many it deleted. A
// registration that has ended early stays until then: it still answers that it
// is closed, or to its derivation code once more, and its ID is not drawn
// again. What has moved between reading and writing is left to the next sweep.
func (s *Service) SweepRegistrations(ctx context.Context, operator Operator, retention time.Duration) (int, error) {
	over := s.Now().Add(-retention)
	deleted := 0
	for after := (ExpiryKey{}); ; {
		due, err := s.due(ctx, after, over)
		if err != nil || len(due) == 0 {
			return deleted, err
		}
		n, err := s.sweep(ctx, operator, due)
		if err != nil && !errors.Is(err, ErrContended) {
			return deleted, err
		}
		deleted += n
		after = due[len(due)-1]
	}
}

// due lists the next lifetimes that ended no later than over.
func (s *Service) due(ctx context.Context, after ExpiryKey, over time.Time) (due []ExpiryKey, err error) {
	err = s.Store.View(ctx, func(v View) error {
		for expiry, err := range v.ScanExpiries(ExpiryKey{}, after) {
			if err != nil {
				return fmt.Errorf("lifetimes: %w", err)
			}
			if expiry.ExpiresAt.After(over) || len(due) == sweepBatch {
				return nil
			}
			due = append(due, expiry.Key())
		}
		return nil
	})
	return due, err
}

func (s *Service) sweep(ctx context.Context, operator Operator, due []ExpiryKey) (int, error) {
	return perform(ctx, s, operatorEvent("registration sweep", operator), func(f *frame) (int, error) {
		deleted := 0
		err := f.read(func(v View) error {
			for _, key := range due {
				swept, err := f.sweep(v, key)
				if err != nil {
					return fmt.Errorf("registration %s: %w", key.RegistrationID, err)
				}
				if swept {
					deleted++
				}
			}
			return nil
		})
		return deleted, err
	})
}

// sweep takes a registration and its entry away, and reports whether there
// was one of this lifetime.
func (f *frame) sweep(v View, key ExpiryKey) (bool, error) {
	put(f, Tx.DeleteExpiry, key)
	r, err := get(f, v.GetRegistration, Tx.GetRegistration, key.RegistrationID)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil || !r.ExpiresAt.Equal(key.ExpiresAt) {
		return false, err
	}
	f.checked("registration", r.ID)
	put(f, Tx.DeleteRegistration, r.ID)
	a, err := get(f, v.GetAuthenticator, Tx.GetAuthenticator, r.SerialNumber)
	if err == nil && a.OpenRegistration == r.ID {
		a.OpenRegistration = ""
		put(f, Tx.PutAuthenticator, a)
	}
	f.dropPending(a, r.ID)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return true, err
}
