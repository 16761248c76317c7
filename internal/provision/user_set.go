package provision

import (
	"context"
	"fmt"
)

// SetUser changes how a user authenticates.
type SetUser struct {
	NameUser

	// LocalAuthentication overrides the policy's mode, in any letter case;
	// Default does not.
	LocalAuthentication string
}

// SetUser gives a user a local authentication of its own, or takes it away.
func (s *Service) SetUser(ctx context.Context, operator Operator, in SetUser) (User, error) {
	return perform(ctx, s, operatorEvent("user set", operator), func(f *frame) (User, error) {
		mode, err := ParseLocalAuthentication(in.LocalAuthentication)
		if err != nil {
			return User{}, refuse(InvalidParameter, fmt.Sprintf("The local authentication is refused: %v.", err))
		}
		user, err := f.readUser(in.NameUser)
		if err != nil {
			return User{}, err
		}
		f.checked("local authentication of the user", mode.String())
		user.LocalAuth = mode
		put(f, Users, user)
		return user, nil
	})
}
