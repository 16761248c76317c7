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
	return order(ctx, s, operator, "user delete", MayDeleteUser, func(f *frame) (User, error) {
		var user User
		var all []held
		err := f.read(func(v *store.View) error {
			var err error
			if user, err = f.user(v, in); err != nil {
				return err
			}
			if all, err = f.possessed(v, user); err != nil {
				return err
			}
			return f.forget(v, user)
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

// forget deletes what is kept beside a user: privileges and attributes.
func (f *frame) forget(v *store.View, user User) error {
	if _, err := get(f, v, Administrators, user.Key()); err == nil {
		remove(f, Administrators, user.Key())
	} else if !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("privileges of the user: %w", err)
	}
	within := UserAttributeKey{Domain: user.Domain, UserID: user.UserID}
	for attribute, err := range store.Scan(v, UserAttributes, within, UserAttributeKey{}) {
		if err != nil {
			return fmt.Errorf("attributes of the user: %w", err)
		}
		remove(f, UserAttributes, attribute.Key())
	}
	return nil
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
