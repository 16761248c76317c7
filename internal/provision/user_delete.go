package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// DeleteUser deletes a user, unassigns the user's authenticators and closes
// their open registrations, all at once.
func (s *Service) DeleteUser(ctx context.Context, operator Operator, in NameUser) (User, error) {
	return perform(ctx, s, operatorEvent("user delete", operator), func(f *frame) (User, error) {
		var user User
		var all []held
		err := f.read(func(v *store.View) error {
			var err error
			if user, err = f.user(v, in); err != nil {
				return err
			}
			all, err = f.possessed(v, user)
			return err
		})
		if err != nil {
			return User{}, err
		}
		for _, h := range all {
			if _, err := f.unassign(h, "the user was deleted"); err != nil {
				return User{}, err
			}
		}
		remove(f, Users, user.Key())
		return user, nil
	})
}

// possessed reads all authenticators of a user; what the user merely lists,
// as only a damaged store can have it, is not the user's to give back.
func (f *frame) possessed(v *store.View, user User) ([]held, error) {
	var all []held
	for _, serialNumber := range user.SerialNumbers {
		a, err := get(f, v, Authenticators, serialNumber)
		if errors.Is(err, store.ErrNotFound) || err == nil && (a.UserID != user.UserID || a.Domain != user.Domain) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("authenticator %s of the user: %w", serialNumber, err)
		}
		f.checked("authenticator", serialNumber)
		h, err := f.hanging(v, a)
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, nil
}
