package provision

import (
	"context"

	"github.com/dsappd/dsappd/store"
)

// ResetAuthenticator is an authenticator to be as on the day it was assigned.
// Policy says how long the new grace period is; empty: the default settings.
type ResetAuthenticator struct {
	SerialNumber string `json:"serialNumber"`
	Policy       string `json:"policy,omitempty"`
}

// ResetAuthenticator returns an assigned authenticator to its initial secret
// and to the moving factor of its assignment, forgets its activations, closes
// its open registration and starts its grace period anew. One that is disabled
// stays so. One-time passwords
// that were accepted since then would be accepted again: it is for an
// authenticator whose phone is gone or starts over too.
func (s *Service) ResetAuthenticator(ctx context.Context, operator Operator, in ResetAuthenticator) (Authenticator, error) {
	return order(ctx, s, operator, "authenticator reset", MayResetDigipass, func(f *frame) (Authenticator, error) {
		var h held
		err := f.read(func(v *store.View) error {
			var err error
			if h, err = f.assigned(v, in.SerialNumber); err != nil {
				return err
			}
			if err := f.knownPolicy(v, in.Policy); err != nil {
				return err
			}
			return f.govern(v, f.policyOr(in.Policy))
		})
		if err != nil {
			return Authenticator{}, err
		}
		f.close(h, "the authenticator was reset")
		a := h.authenticator
		if err := f.unbind(&a); err != nil {
			return Authenticator{}, err
		}
		f.startOver(&a)
		put(f, Authenticators, a)
		return a, nil
	})
}
