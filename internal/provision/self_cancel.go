package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/store"
)

// SelfCancel closes a registration of the user who is signed in. Reason reads
// on after "closed:".
type SelfCancel struct {
	RegistrationID string
	Reason         string
}

// SelfCancel closes a registration that has not ended, by its own user.
func (s *Service) SelfCancel(ctx context.Context, caller Caller, who SignedIn, in SelfCancel) error {
	_, err := perform(ctx, s, callEvent("self-management cancel", caller), func(f *frame) (Registration, error) {
		if err := checkName("reason", in.Reason); err != nil {
			return Registration{}, err
		}
		if _, err := f.self(caller, who); err != nil {
			return Registration{}, err
		}
		var r Registration
		var a Authenticator
		err := f.read(func(v *store.View) error {
			var err error
			if r, err = f.own(v, who, in.RegistrationID); err != nil {
				return err
			}
			a, err = f.stillOpen(v, r)
			return err
		})
		if err != nil {
			return Registration{}, err
		}
		return f.closeRegistration(r, a, strings.TrimSuffix(in.Reason, ".")), nil
	})
	return err
}

// own reads a registration of the user who is signed in. Another's and none
// at all look alike.
func (f *frame) own(v *store.View, who SignedIn, id string) (Registration, error) {
	f.event.RegistrationID = id
	r, err := get(f, v, Registrations, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return r, fmt.Errorf("registration: %w", err)
	}
	if err != nil || (UserKey{r.Domain, r.UserID}) != who.user {
		return Registration{}, refuse(NotFound, "The user has no such registration.")
	}
	f.event.SerialNumber = r.SerialNumber
	return r, nil
}
