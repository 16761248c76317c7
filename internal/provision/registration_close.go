package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dsappd/dsappd/store"
)

// CloseRegistration ends a registration. Reason reads on after "closed:";
// without it, an operator closed it.
type CloseRegistration struct {
	RegistrationID string `json:"registrationID"`
	Reason         string `json:"reason,omitempty"`
}

// CloseRegistration closes a registration that has not ended.
func (s *Service) CloseRegistration(ctx context.Context, operator Operator, in CloseRegistration) (Registration, error) {
	return perform(ctx, s, operatorEvent("registration close", operator), func(f *frame) (Registration, error) {
		because, err := in.because()
		if err != nil {
			return Registration{}, err
		}
		var r Registration
		var a Authenticator
		err = f.read(func(v *store.View) error {
			var err error
			r, a, err = f.closable(v, in.RegistrationID)
			return err
		})
		if err != nil {
			return Registration{}, err
		}
		return f.closeRegistration(r, a, because), nil
	})
}

// closeRegistration closes one that has not ended.
func (f *frame) closeRegistration(r Registration, a Authenticator, because string) Registration {
	f.checked("reason", because)
	r.closeBecause(because, f.now)
	put(f, Registrations, r)
	if a.OpenRegistration == r.ID {
		a.OpenRegistration = ""
		put(f, Authenticators, a)
	}
	f.dropPending(a, r.ID)
	return r
}

// because returns the reason without its full stop, which whoever quotes it
// sets.
func (in CloseRegistration) because() (string, error) {
	if in.Reason == "" {
		return "an operator closed it", nil
	}
	return strings.TrimSuffix(in.Reason, "."), checkName("reason", in.Reason)
}

// closable reads a registration that may be closed, and its authenticator,
// which may be gone.
func (f *frame) closable(v *store.View, id string) (Registration, Authenticator, error) {
	r, err := f.registration(v, id)
	if err != nil {
		return Registration{}, Authenticator{}, err
	}
	a, err := f.stillOpen(v, r)
	return r, a, err
}

// stillOpen reads the authenticator, which may be gone, of a registration
// that has not ended.
func (f *frame) stillOpen(v *store.View, r Registration) (Authenticator, error) {
	f.checked("state", string(r.State))
	if r.ended() {
		return Authenticator{}, refuse(OutOfOrder, fmt.Sprintf(
			"The registration %s has ended: it is %s since %s, and there is nothing to close.", r.ID, r.State, r.EndedAt.UTC().Format(time.RFC3339)))
	}
	a, err := get(f, v, Authenticators, r.SerialNumber)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Authenticator{}, fmt.Errorf("authenticator %s: %w", r.SerialNumber, err)
	}
	return a, nil
}
