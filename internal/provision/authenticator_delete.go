package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// DeleteAuthenticator deletes an authenticator that nobody has, with its
// secrets. One that is added under the same serial number later knows nothing
// of the one-time passwords that this one accepted.
func (s *Service) DeleteAuthenticator(ctx context.Context, operator Operator, serialNumber string) (Authenticator, error) {
	return perform(ctx, s, operatorEvent("authenticator delete", operator), func(f *frame) (Authenticator, error) {
		var a Authenticator
		err := f.read(func(v *store.View) error {
			var err error
			a, err = f.authenticator(v, serialNumber)
			return err
		})
		if err != nil {
			return Authenticator{}, err
		}
		if a.UserID != "" {
			return Authenticator{}, refuse(InUse, fmt.Sprintf(
				"The authenticator %s is assigned to user %q: unassign it first.", a.SerialNumber, a.UserID))
		}
		remove(f, Authenticators, a.SerialNumber)
		remove(f, FreeAuthenticators, a.free().Key())
		return a, nil
	})
}
