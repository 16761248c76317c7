package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// UnassignAuthenticator takes an authenticator from its user, clears its
// binding and closes its open registration.
func (s *Service) UnassignAuthenticator(ctx context.Context, operator Operator, serialNumber string) (Authenticator, error) {
	return perform(ctx, s, operatorEvent("authenticator unassign", operator), func(f *frame) (Authenticator, error) {
		var h held
		var user User
		err := f.read(func(v View) error {
			var err error
			h, user, err = f.holding(v, serialNumber)
			return err
		})
		if err != nil {
			return Authenticator{}, err
		}
		user.SerialNumbers = slices.DeleteFunc(slices.Clone(user.SerialNumbers), func(one string) bool { return one == serialNumber })
		put(f, Tx.PutUser, user)
		return f.unassign(h, "the authenticator was unassigned")
	})
}

// holding reads an authenticator that is assigned, and its user.
func (f *frame) holding(v View, serialNumber string) (held, User, error) {
	h, err := f.held(v, serialNumber)
	if err != nil {
		return held{}, User{}, err
	}
	if h.authenticator.UserID == "" {
		return held{}, User{}, refuse(NotFound, fmt.Sprintf("The authenticator %s is not assigned to anybody.", serialNumber))
	}
	key := UserKey{h.authenticator.Domain, h.authenticator.UserID}
	user, err := get(f, v.GetUser, Tx.GetUser, key)
	if errors.Is(err, ErrNotFound) {
		return held{}, User{}, fmt.Errorf("user of authenticator %s: %w", serialNumber, errHalfAssigned)
	}
	return h, user, err
}

// errHalfAssigned means that a user and an authenticator contradict each
// other, which no operation leaves behind.
const errHalfAssigned = storeError("the store's assignments contradict each other")

// unassign takes the authenticator out of all that its user did with it. The
// user's own list is the caller's to mend.
func (f *frame) unassign(h held, because string) (Authenticator, error) {
	f.close(h, because)
	a := h.authenticator
	if err := f.unbind(&a); err != nil {
		return Authenticator{}, err
	}
	a.State, a.UserID = Unassigned, ""
	a.AssignedMovingFactor = 0
	a.AssignedAt, a.GraceEndsAt, a.LastActivatedAt = time.Time{}, time.Time{}, time.Time{}
	a.Activations = 0
	put(f, Tx.PutAuthenticator, a)
	return a, nil
}
