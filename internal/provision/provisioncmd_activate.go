package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
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

// ActivateOutsideSRP performs PROVISIONCMD_ACTIVATE: it ends the open
// registration of a user and serial number. Without one, the derivation code
// that ended the last one gets the same answer within its lifetime (profile
// section 7).
func (s *Service) ActivateOutsideSRP(ctx context.Context, caller Caller, in ActivateOutsideSRP) (DSAPPSRPActivateResult, error) {
	return perform(ctx, s, callEvent("PROVISIONCMD_ACTIVATE", caller), func(f *frame) (DSAPPSRPActivateResult, error) {
		var none DSAPPSRPActivateResult
		credential, err := f.activateCredential(DSAPPSRPActivate{Response: in.Response, DerivationCode: in.DerivationCode})
		if err != nil {
			return none, err
		}
		var l living
		err = f.read(func(v *store.View) error {
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
		f.turn.registration(l.registration.ID)
		return f.activateDevice(l, credential)
	})
}

// openRegistration finds the open registration by user and serial number.
func (f *frame) openRegistration(v *store.View, caller Caller, in ActivateOutsideSRP) (string, error) {
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
	a, err := get(f, v, Authenticators, serialNumber)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("authenticator %s: %w", serialNumber, err)
	}
	f.event.SerialNumber = serialNumber
	if a.OpenRegistration != "" {
		return a.OpenRegistration, nil
	}
	return f.lastRegistration(v, a, in)
}

// lastRegistration returns the registration that a derivation code may have
// ended.
func (f *frame) lastRegistration(v *store.View, a Authenticator, in ActivateOutsideSRP) (string, error) {
	none := refuse(NotFound, "There is no open registration of this user and authenticator: register first.")
	if a.ActivatedBy == "" || in.DerivationCode == "" {
		return "", none
	}
	_, err := get(f, v, Registrations, a.ActivatedBy)
	if errors.Is(err, store.ErrNotFound) {
		return "", none
	}
	return a.ActivatedBy, err
}
