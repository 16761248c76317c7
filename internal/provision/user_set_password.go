package provision

import (
	"context"

	"github.com/dsappd/dsappd/store"
)

// SetUserPassword is a new static password for a user.
type SetUserPassword struct {
	NameUser
	StaticPassword string `json:"staticPassword"` // 1 to 255 characters
}

// SetUserPassword replaces the static password. A lock stays: it is the
// operator's own decision to open it.
func (s *Service) SetUserPassword(ctx context.Context, operator Operator, in SetUserPassword) (User, error) {
	password := newPassword{text: in.StaticPassword}
	return order(ctx, s, operator, "user set-password", MaySetUserPassword, func(f *frame) (User, error) {
		if err := checkPassword(in.StaticPassword); err != nil {
			return User{}, err
		}
		user, err := f.readUser(in.NameUser)
		if err != nil {
			return User{}, err
		}
		if user.PasswordHash, err = password.hash(f); err != nil {
			return User{}, err
		}
		user.PasswordSetAt, user.ModifiedAt = f.now, f.now
		put(f, Users, user)
		return user, nil
	})
}

func (f *frame) readUser(in NameUser) (User, error) {
	var user User
	err := f.read(func(v *store.View) error {
		var err error
		user, err = f.user(v, in)
		return err
	})
	return user, err
}
