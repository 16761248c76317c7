package provision

import (
	"context"

	"github.com/dsappd/dsappd/dsapp"
)

// GetSecureChallenge asks a user's device to log the user in. What the device
// answers is a response that authUser takes with the key of the request, once.
//
// It tells whether there is such a user with an authenticator: the reply names
// it. Unknown, locked and disabled users and those without one are alike where
// the policy is generic.
func (s *Service) GetSecureChallenge(ctx context.Context, caller Caller, in AskDevice) (AskDeviceResult, error) {
	return perform(ctx, s, callEvent("getSecureChallenge", caller), func(f *frame) (AskDeviceResult, error) {
		return f.askDevice(caller, dsapp.LoginRequest, in)
	})
}
