package provision

import (
	"context"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/dsapp"
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

	// HasPIN says that a server PIN stands before its one-time passwords.
	HasPIN bool

	// Instances are the active ones of a licence.
	Instances []OwnInstance
}

// OwnInstance is a device on a licence as its user may see it.
type OwnInstance struct {
	Name        string
	DeviceType  dsapp.DeviceType
	Description string
	ActivatedAt time.Time
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
	own := OwnAuthenticator{SerialNumber: a.SerialNumber, Type: a.kind(), State: a.State, LastActivatedAt: a.LastActivatedAt, HasPIN: a.HasPIN()}
	if a.Licence != nil {
		own.Devices, own.Limit = a.Licence.Places(now), a.Licence.Limit
		for _, i := range a.Licence.Instances {
			if i.State == InstanceActive {
				own.Instances = append(own.Instances, OwnInstance{dsapp.InstanceName(a.SerialNumber, i.SequenceNumber), i.DeviceType, i.Description, i.ActivatedAt})
			}
		}
	}
	return own
}
