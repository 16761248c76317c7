package provision

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/store"
)

// SetUser changes what is said of a user, and the static password if there is
// one; 1 to 255 characters.
type SetUser struct {
	NameUser
	UserFields
	StaticPassword string `json:"-"`
}

// SetUser changes the fields of a user that are given, all or none.
func (s *Service) SetUser(ctx context.Context, operator Operator, in SetUser) (User, error) {
	return s.setUser(ctx, operator, "user set", MayUpdateUser, in)
}

// SetUserExpiration says from when on a user is refused; the zero time: never.
func (s *Service) SetUserExpiration(ctx context.Context, operator Operator, in SetUser) (User, error) {
	in.UserFields, in.StaticPassword = UserFields{ExpiresAt: in.ExpiresAt}, ""
	return s.setUser(ctx, operator, "user set-expiration", MaySetUserExpiration, in)
}

func (s *Service) setUser(ctx context.Context, operator Operator, operation string, needs Privilege, in SetUser) (User, error) {
	password := newPassword{text: in.StaticPassword}
	return order(ctx, s, operator, operation, needs, func(f *frame) (User, error) {
		user, err := f.readUser(in.NameUser)
		if err != nil {
			return User{}, err
		}
		if err := in.apply(f, &user); err != nil {
			return User{}, err
		}
		if err := in.applyPassword(f, &user, &password); err != nil {
			return User{}, err
		}
		user.ModifiedAt = f.now
		put(f, Users, user)
		return user, nil
	})
}

func (in SetUser) applyPassword(f *frame, u *User, password *newPassword) error {
	if in.StaticPassword == "" {
		return nil
	}
	if err := checkPassword(in.StaticPassword); err != nil {
		return err
	}
	if err := f.may(MaySetUserPassword, u); err != nil {
		return err
	}
	var err error
	u.PasswordHash, err = password.hash(f)
	u.PasswordSetAt = f.now
	return err
}

// ResetUserPassword takes the static password from a user, whom no password is
// right for from then on.
func (s *Service) ResetUserPassword(ctx context.Context, operator Operator, in NameUser) (User, error) {
	return s.changeUser(ctx, operator, "user reset-password", MayResetUserPassword, in, func(f *frame, u *User) {
		u.PasswordHash, u.PasswordSetAt = "", f.now
	})
}

// ResetLastAuthentication forgets when the user last authenticated.
func (s *Service) ResetLastAuthentication(ctx context.Context, operator Operator, in NameUser) (User, error) {
	return s.changeUser(ctx, operator, "user reset-last-authentication", MayResetLastAuth, in, func(_ *frame, u *User) {
		u.LastAuthAt, u.LastAuthRequestAt = time.Time{}, time.Time{}
	})
}

// ViewUser reads one user for an administrator.
func (s *Service) ViewUser(ctx context.Context, operator Operator, in NameUser) (User, error) {
	return inspect(ctx, s, operator, "user show", MayViewUser, func(f *frame, v *store.View) (User, error) { return f.user(v, in) })
}
