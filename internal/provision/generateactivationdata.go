package provision

import (
	"context"

	"github.com/dsappd/dsappd/store"
)

// GenerateActivationDataResult holds the activation data in the clear.
type GenerateActivationDataResult struct {
	RegisterOutsideSRPResult
	RegistrationID string
}

// GenerateActivationData opens a registration for the user who has the
// authenticator and hands its activation data out in the clear (profile sections
// 3 and 4), for a caller who vouches for the user. The policy has to allow it
// (ActivationCodeOutsideSRP), and the connection to keep it.
func (s *Service) GenerateActivationData(ctx context.Context, caller Caller, serialNumber string, activationType *ActivationType) (GenerateActivationDataResult, error) {
	return perform(ctx, s, callEvent("generate-activation-data", caller), func(f *frame) (GenerateActivationDataResult, error) {
		var none GenerateActivationDataResult
		assigned, err := f.entrusted(caller, serialNumber)
		if err != nil {
			return none, err
		}
		if err := f.mayPassOutsideSRP(caller); err != nil {
			return none, err
		}
		if assigned.UserID == "" {
			return none, refuse(NotFound, "The authenticator is not assigned to anybody: assign it first.")
		}
		a, err := f.applies(caller, func(*store.View) (UserKey, error) { return UserKey{assigned.Domain, assigned.UserID}, nil })
		if err != nil {
			return none, err
		}
		if err := f.admitted(&a); err != nil {
			return none, err
		}
		if err := f.ownOf(&a, serialNumber, false); err != nil {
			return none, err
		}
		result, err := f.registerOutsideSRP(a, (*int)(activationType))
		return GenerateActivationDataResult{result, f.event.RegistrationID}, err
	})
}
