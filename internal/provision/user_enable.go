package provision

import (
	"context"

	"github.com/dsappd/dsappd/internal/audit"
)

// EnableUser lets a disabled user register again.
func (s *Service) EnableUser(ctx context.Context, operator Operator, in NameUser) (User, error) {
	return s.changeUser(ctx, operatorEvent("user enable", operator), in, func(u *User) { u.Disabled = false })
}

// DisableUser refuses the user every step, also of open registrations.
func (s *Service) DisableUser(ctx context.Context, operator Operator, in NameUser) (User, error) {
	return s.changeUser(ctx, operatorEvent("user disable", operator), in, func(u *User) { u.Disabled = true })
}

// UnlockUser opens a lock and forgets the wrong passwords and the spent
// registrations that led to it.
func (s *Service) UnlockUser(ctx context.Context, operator Operator, in NameUser) (User, error) {
	return s.changeUser(ctx, operatorEvent("user unlock", operator), in, (*User).unlock)
}

func (s *Service) changeUser(ctx context.Context, event audit.Event, in NameUser, change func(*User)) (User, error) {
	return perform(ctx, s, event, func(f *frame) (User, error) {
		user, err := f.readUser(in)
		if err != nil {
			return User{}, err
		}
		change(&user)
		put(f, Users, user)
		return user, nil
	})
}
