package provision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/store"
)

// sweepBatch is how many registrations one transaction blanks or deletes.
const sweepBatch = 64

// Swept counts what a sweep did.
type Swept struct{ Blanked, Deleted int }

// SweepRegistrations takes from the registrations whose lifetimes are over
// what they kept secret, and deletes those that were over a retention ago, by
// the indexes of lifetimes. A registration that has ended early stays until
// then: it still answers that it is closed, or to its derivation code once
// more, and its ID is not drawn again. What has moved between reading and
// writing is left to the next sweep.
func (s *Service) SweepRegistrations(ctx context.Context, operator Operator, retention time.Duration) (Swept, error) {
	now := s.Now()
	over := now.Add(-retention)
	var swept Swept
	if err := s.sweepIndex(ctx, operator, PastExpiries, over, over, &swept); err != nil {
		return swept, err
	}
	return swept, s.sweepIndex(ctx, operator, Expiries, now, over, &swept)
}

// sweepIndex goes through what an index lists up to a time.
func (s *Service) sweepIndex(ctx context.Context, operator Operator, index store.Kind[ExpiryKey, Expiry], upTo, over time.Time, swept *Swept) error {
	for after := (ExpiryKey{}); ; {
		due, err := s.due(ctx, index, after, upTo)
		if err != nil || len(due) == 0 {
			return err
		}
		batch, err := s.sweep(ctx, operator, index, due, over)
		if err != nil && !errors.Is(err, ErrContended) {
			return err
		}
		swept.Blanked += batch.Blanked
		swept.Deleted += batch.Deleted
		after = due[len(due)-1]
	}
}

// due lists the next lifetimes that ended no later than upTo.
func (s *Service) due(ctx context.Context, index store.Kind[ExpiryKey, Expiry], after ExpiryKey, upTo time.Time) (due []ExpiryKey, err error) {
	err = s.Store.View(ctx, func(v *store.View) error {
		for expiry, err := range store.Scan(v, index, ExpiryKey{}, after) {
			if err != nil {
				return fmt.Errorf("lifetimes: %w", err)
			}
			if expiry.ExpiresAt.After(upTo) || len(due) == sweepBatch {
				return nil
			}
			due = append(due, expiry.Key())
		}
		return nil
	})
	return due, err
}

func (s *Service) sweep(ctx context.Context, operator Operator, index store.Kind[ExpiryKey, Expiry], due []ExpiryKey, over time.Time) (Swept, error) {
	return perform(ctx, s, operatorEvent("registration sweep", operator), func(f *frame) (Swept, error) {
		var swept Swept
		err := f.read(func(v *store.View) error {
			for _, key := range due {
				remove(f, index, key)
				if err := f.sweep(v, key, over, &swept); err != nil {
					return fmt.Errorf("registration %s: %w", key.RegistrationID, err)
				}
			}
			return nil
		})
		return swept, err
	})
}

// sweep deletes the registration of an entry, or takes its secrets; an entry
// that is of none is merely gone.
func (f *frame) sweep(v *store.View, key ExpiryKey, over time.Time, swept *Swept) error {
	r, err := get(f, v, Registrations, key.RegistrationID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || !r.ExpiresAt.Equal(key.ExpiresAt) {
		return err
	}
	a, err := get(f, v, Authenticators, r.SerialNumber)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("authenticator %s: %w", r.SerialNumber, err)
	}
	if key.ExpiresAt.After(over) {
		swept.Blanked++
		f.blank(r, a)
		return nil
	}
	swept.Deleted++
	f.deleteRegistration(r, a)
	return nil
}

// blank takes from an expired registration all that it kept secret.
func (f *frame) blank(r Registration, a Authenticator) {
	f.checked("expired registration", r.ID)
	put(f, PastExpiries, r.expiry())
	if r.secretive() {
		r.forgetSecrets()
		r.DerivationCode = nil
		put(f, Registrations, r)
	}
	f.dropPending(a, r.ID)
}

func (f *frame) deleteRegistration(r Registration, a Authenticator) {
	f.checked("registration", r.ID)
	remove(f, Registrations, r.ID)
	if a.OpenRegistration == r.ID {
		a.OpenRegistration = ""
		put(f, Authenticators, a)
	}
	f.dropPending(a, r.ID)
}
