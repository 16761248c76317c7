package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dsappd/dsappd/store"
)

// UnassignAuthenticator takes an authenticator from its user, clears its
// binding and closes its open registration.
func (s *Service) UnassignAuthenticator(ctx context.Context, operator Operator, serialNumber string) (Authenticator, error) {
	return order(ctx, s, operator, "authenticator unassign", MayUnassignDigipass, func(f *frame) (Authenticator, error) {
		var h held
		err := f.read(func(v *store.View) error {
			var err error
			if h, err = f.assigned(v, serialNumber); err != nil {
				return err
			}
			return f.unlist(v, h.authenticator)
		})
		if err != nil {
			return Authenticator{}, err
		}
		return f.unassign(h, "the authenticator was unassigned")
	})
}

// assigned reads an authenticator that somebody has.
func (f *frame) assigned(v *store.View, serialNumber string) (held, error) {
	h, err := f.held(v, serialNumber)
	if err != nil {
		return held{}, err
	}
	if h.authenticator.UserID == "" {
		if f.admin != nil { // whose clients look for the status and the words
			return held{}, refuse(NotAssigned, fmt.Sprintf("DIGIPASS with serial number %s is not assigned", serialNumber))
		}
		return held{}, refuse(NotFound, fmt.Sprintf("The authenticator %s is not assigned to anybody.", serialNumber))
	}
	return h, nil
}

// unlist takes an authenticator from its user's list. A user who is gone, as
// only a damaged store can have it, is no reason to keep it.
func (f *frame) unlist(v *store.View, a Authenticator) error {
	user, err := get(f, v, Users, UserKey{a.Domain, a.UserID})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("user of authenticator %s: %w", a.SerialNumber, err)
	}
	user.SerialNumbers = slices.DeleteFunc(slices.Clone(user.SerialNumbers), func(one string) bool { return one == a.SerialNumber })
	put(f, Users, user)
	return nil
}

// unassign takes the authenticator out of all that its user did with it. The
// user's own list is the caller's to mend.
func (f *frame) unassign(h held, because string) (Authenticator, error) {
	f.close(h, because)
	a := h.authenticator
	if err := f.unbind(&a); err != nil {
		return Authenticator{}, err
	}
	a.UserID = ""
	a.AssignedMovingFactor, a.Drift, a.Drifted, a.PIN = 0, 0, nil, nil
	a.AssignedAt, a.GraceEndsAt, a.LastActivatedAt = time.Time{}, time.Time{}, time.Time{}
	a.Activations = 0
	if a.State != Disabled { // which it stays
		a.State = Unassigned
		put(f, FreeAuthenticators, a.free())
	}
	put(f, Authenticators, a)
	return a, nil
}
