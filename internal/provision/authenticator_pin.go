package provision

import (
	"context"

	"github.com/dsappd/dsappd/store"
)

// SetPIN is a new server PIN for an authenticator: digits, as many as Policy
// says; an empty one takes the PIN away. Policy is that of the check; empty:
// the default settings.
type SetPIN struct {
	SerialNumber string `json:"serialNumber"`
	PIN          string `json:"pin,omitempty"`
	Confirmation string `json:"confirmation,omitempty"`
	Policy       string `json:"policy,omitempty"`
}

// SetPIN gives an authenticator a server PIN, or takes it away. A licence's is
// that of all its instances.
func (s *Service) SetPIN(ctx context.Context, operator Operator, in SetPIN) (Authenticator, error) {
	return order(ctx, s, operator, "authenticator set-pin", MaySetDigipassPIN, func(f *frame) (Authenticator, error) {
		var a Authenticator
		err := f.read(func(v *store.View) error {
			var err error
			if a, err = f.authenticator(v, in.SerialNumber); err != nil {
				return err
			}
			if err = f.knownPolicy(v, in.Policy); err != nil {
				return err
			}
			return f.govern(v, f.policyOr(in.Policy))
		})
		if err != nil {
			return Authenticator{}, err
		}
		return f.setPIN(a, in)
	})
}

func (f *frame) setPIN(a Authenticator, in SetPIN) (Authenticator, error) {
	if in.PIN == "" && in.Confirmation == "" {
		f.checked("new PIN", "none")
		a.PIN = nil
		put(f, Authenticators, a)
		return a, nil
	}
	if err := f.checkPIN(in.PIN, in.Confirmation); err != nil {
		return Authenticator{}, err
	}
	if err := f.sealPIN(&a, in.PIN); err != nil {
		return Authenticator{}, err
	}
	put(f, Authenticators, a)
	return a, nil
}
