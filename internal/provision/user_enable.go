package provision

import (
	"context"
)

// EnableUser lets a disabled user register again.
func (s *Service) EnableUser(ctx context.Context, operator Operator, in NameUser) (User, error) {
	return s.changeUser(ctx, operator, "user enable", MayEnableUser, in, func(_ *frame, u *User) { u.Disabled = false })
}

// DisableUser refuses the user every step, also of open registrations.
func (s *Service) DisableUser(ctx context.Context, operator Operator, in NameUser) (User, error) {
	return s.changeUser(ctx, operator, "user disable", MayEnableUser, in, func(_ *frame, u *User) { u.Disabled = true })
}

// UnlockUser opens a lock and forgets the wrong passwords and the spent
// registrations that led to it.
func (s *Service) UnlockUser(ctx context.Context, operator Operator, in NameUser) (User, error) {
	return s.changeUser(ctx, operator, "user unlock", MayUnlockUser, in, func(_ *frame, u *User) { u.unlock() })
}

func (s *Service) changeUser(ctx context.Context, operator Operator, operation string, needs Privilege, in NameUser, change func(*frame, *User)) (User, error) {
	return order(ctx, s, operator, operation, needs, func(f *frame) (User, error) {
		user, err := f.readUser(in)
		if err != nil {
			return User{}, err
		}
		change(f, &user)
		user.ModifiedAt = f.now
		put(f, Users, user)
		return user, nil
	})
}
