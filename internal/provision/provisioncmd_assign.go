package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dsappd/dsappd/store"
)

// Assign is a user who takes an authenticator.
type Assign struct {
	UserID         string
	Domain         string
	StaticPassword string
	SerialNumber   string
}

// AssignResult says who has which authenticator now.
type AssignResult struct {
	User         UserOutput
	SerialNumber string
}

// Assign performs PROVISIONCMD_ASSIGN: it authenticates a user by static
// password and assigns an authenticator of the user's domain that nobody has.
func (s *Service) Assign(ctx context.Context, caller Caller, in Assign) (AssignResult, error) {
	password := passwordCheck{passwords: s.Passwords, share: caller.share(), password: in.StaticPassword}
	return perform(ctx, s, callEvent("PROVISIONCMD_ASSIGN", caller), func(f *frame) (AssignResult, error) {
		a, err := f.applicant(caller, DSAPPSRPRegister{UserID: in.UserID, Domain: in.Domain})
		if err != nil {
			return AssignResult{}, err
		}
		if err := f.authenticate(&a, &password); err != nil {
			return AssignResult{}, err
		}
		free, err := f.freeAuthenticator(a.user, in.SerialNumber)
		if err != nil {
			return AssignResult{}, err
		}
		f.assign(&a.user, free)
		return AssignResult{User: a.user.output(), SerialNumber: free.SerialNumber}, nil
	})
}

// freeAuthenticator reads the one that is asked for. Somebody else's, another
// domain's and none at all look alike.
func (f *frame) freeAuthenticator(user User, serialNumber string) (Authenticator, error) {
	f.event.SerialNumber = serialNumber
	f.checked("authenticator", serialNumber)
	if slices.Contains(user.SerialNumbers, serialNumber) {
		return Authenticator{}, refuse(Exists, "The user has this authenticator already.")
	}
	var a Authenticator
	err := f.read(func(v *store.View) error {
		var err error
		a, err = get(f, v, Authenticators, serialNumber)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("authenticator %s: %w", serialNumber, err)
		}
		if a.State != Unassigned || a.Domain != user.Domain {
			return refuse(NotFound, "There is no unassigned authenticator with this serial number in the user's domain.")
		}
		return f.withinAuthenticatorLimit(v, user, a)
	})
	return a, err
}
