package provision

import (
	"context"
	"errors"

	"github.com/dsappd/dsappd/store"
)

// OpenRegistrations counts the registrations that can still activate, by their
// states. It reads the living ones alone.
func (s *Service) OpenRegistrations(ctx context.Context) (map[RegistrationState]int, error) {
	now := s.Now()
	open := map[RegistrationState]int{Registered: 0, KeyExchanged: 0, DataIssued: 0, DeviceAdded: 0}
	err := s.Store.View(ctx, func(v *store.View) error {
		for expiry, err := range store.Scan(v, Expiries, ExpiryKey{}, ExpiryKey{ExpiresAt: now}) {
			if err != nil {
				return err
			}
			r, err := store.Get(v, Registrations, expiry.RegistrationID)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if _, is := open[r.State]; is {
				open[r.State]++
			}
		}
		return nil
	})
	return open, err
}
