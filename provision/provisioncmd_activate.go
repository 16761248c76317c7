package provision

import (
	"context"
	"errors"
	"fmt"
)

// ActivateOutsideSRP names whose open registration is to be activated, and
// the proof: exactly one of Response and DerivationCode is set.
type ActivateOutsideSRP struct {
	UserID         string
	Domain         string
	SerialNumber   string // empty: the user has one authenticator
	Response       string
	DerivationCode string
}

// ActivateOutsideSRP is PROVISIONCMD_ACTIVATE: it ends the open registration
// of a user and serial number.
func (s *Service) ActivateOutsideSRP(ctx context.Context, caller Caller, in ActivateOutsideSRP) (DSAPPSRPActivateResult, error) {
	return perform(ctx, s, callEvent("PROVISIONCMD_ACTIVATE", caller), func(f *frame) (DSAPPSRPActivateResult, error) {
		var none DSAPPSRPActivateResult
		credential, err := f.activateCredential(DSAPPSRPActivate{Response: in.Response, DerivationCode: in.DerivationCode})
		if err != nil {
			return none, err
		}
		var l living
		err = f.read(func(v View) error {
			id, err := f.openRegistration(v, caller, in)
			if err != nil {
				return err
			}
			f.event.RegistrationID = id
			return f.load(v, id, &l)
		})
		if err != nil {
			return none, err
		}
		if err := f.mayPassOutsideSRP(caller); err != nil {
			return none, err
		}
		err = f.activate(l, credential)
		return DSAPPSRPActivateResult{User: l.user.output(), SerialNumber: l.registration.SerialNumber}, err
	})
}

// openRegistration finds the open registration by user and serial number.
func (f *frame) openRegistration(v View, caller Caller, in ActivateOutsideSRP) (string, error) {
	component, err := f.component(v, caller)
	if err != nil {
		return "", err
	}
	if err := f.govern(v, component.Policy); err != nil {
		return "", err
	}
	if err := f.mayPassOutsideSRP(caller); err != nil {
		return "", err
	}
	user, err := f.namedUser(v, Possession{UserID: in.UserID, Domain: in.Domain})
	if err != nil {
		return "", err
	}
	serialNumber, err := chooseSerialNumber(user.SerialNumbers, in.SerialNumber)
	if err != nil {
		return "", err
	}
	a, err := get(f, v.GetAuthenticator, Tx.GetAuthenticator, serialNumber)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("authenticator %s: %w", serialNumber, err)
	}
	f.event.SerialNumber = serialNumber
	if a.OpenRegistration == "" {
		return "", refuse(NotFound, "There is no open registration of this user and authenticator: register first.")
	}
	return a.OpenRegistration, nil
}
