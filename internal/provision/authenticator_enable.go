package provision

import (
	"context"

	"github.com/dsappd/dsappd/store"
)

// EnableAuthenticator lets a disabled authenticator be registered, activated
// and assigned again. It is then what it was before.
func (s *Service) EnableAuthenticator(ctx context.Context, operator Operator, serialNumber string) (Authenticator, error) {
	return s.changeAuthenticator(ctx, operatorEvent("authenticator enable", operator), serialNumber, func(f *frame, a *Authenticator) {
		if a.State != Disabled {
			return
		}
		if a.State = a.enabledState(); a.State == Unassigned {
			put(f, FreeAuthenticators, a.free())
		}
	})
}

// DisableAuthenticator refuses the authenticator every step, also of open
// registrations, until it is enabled again. Its user keeps it; one that nobody
// has is not assigned to anybody.
func (s *Service) DisableAuthenticator(ctx context.Context, operator Operator, serialNumber string) (Authenticator, error) {
	return s.changeAuthenticator(ctx, operatorEvent("authenticator disable", operator), serialNumber, func(f *frame, a *Authenticator) {
		if a.State == Unassigned {
			remove(f, FreeAuthenticators, a.free().Key())
		}
		a.State = Disabled
	})
}

// enabledState returns the state that the authenticator has when it is not
// disabled.
func (a Authenticator) enabledState() AuthenticatorState {
	switch {
	case a.UserID == "":
		return Unassigned
	case a.Activations > 0:
		return Active
	}
	return Assigned
}

func (s *Service) changeAuthenticator(ctx context.Context, event asked, serialNumber string, change func(*frame, *Authenticator)) (Authenticator, error) {
	return perform(ctx, s, event, func(f *frame) (Authenticator, error) {
		var a Authenticator
		err := f.read(func(v *store.View) error {
			var err error
			a, err = f.authenticator(v, serialNumber)
			return err
		})
		if err != nil {
			return Authenticator{}, err
		}
		f.checked("state", string(a.State))
		change(f, &a)
		put(f, Authenticators, a)
		return a, nil
	})
}
