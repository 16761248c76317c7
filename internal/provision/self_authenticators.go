package provision

import (
	"context"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/store"
)

// OwnAuthenticator is an authenticator as its user may see it.
type OwnAuthenticator struct {
	SerialNumber    string
	Type            AuthenticatorType
	State           AuthenticatorState
	LastActivatedAt time.Time // zero: never

	// Devices is how many hold a place on a licence, and Limit how many may.
	Devices, Limit int
}

// SelfAuthenticators lists those of the user who is signed in, by serial
// number. Reading leaves no event.
func (s *Service) SelfAuthenticators(ctx context.Context, who SignedIn) ([]OwnAuthenticator, error) {
	return show(ctx, s, func(f *frame, v *store.View) ([]OwnAuthenticator, error) {
		user, err := f.present(v, who)
		if err != nil {
			return nil, err
		}
		var all []OwnAuthenticator
		for _, serialNumber := range user.SerialNumbers {
			a, err := store.Get(v, Authenticators, serialNumber)
			if err != nil {
				return nil, fmt.Errorf("authenticator %s: %w", serialNumber, err)
			}
			all = append(all, a.own(s.Now()))
		}
		return all, nil
	})
}

func (a Authenticator) own(now time.Time) OwnAuthenticator {
	own := OwnAuthenticator{SerialNumber: a.SerialNumber, Type: a.kind(), State: a.State, LastActivatedAt: a.LastActivatedAt}
	if a.Licence != nil {
		own.Devices, own.Limit = a.Licence.Places(now), a.Licence.Limit
	}
	return own
}
