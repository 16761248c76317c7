package provision

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
)

// ActivateInstance ends a registration on a licence: exactly one of Signature
// and Response is set.
type ActivateInstance struct {
	RegistrationID string
	Signature      string // 8 digits
	Response       string // a one-time password of the instance, where the policy takes it
}

// instanceWindow is how many time steps an instance's one-time password may
// be away from now (profile section 8).
const instanceWindow = 2

// ActivateInstance performs PROVISIONCMD_MDL_ACTIVATE: it checks the device's
// signature of Activation Message 2 and makes its instance Active.
func (s *Service) ActivateInstance(ctx context.Context, caller Caller, in ActivateInstance) (DSAPPSRPActivateResult, error) {
	return perform(ctx, s, callEvent("PROVISIONCMD_MDL_ACTIVATE", caller), func(f *frame) (DSAPPSRPActivateResult, error) {
		l, err := f.step(caller, in.RegistrationID)
		if err != nil {
			return DSAPPSRPActivateResult{}, err
		}
		return f.activateInstance(l, in)
	})
}

func (f *frame) activateInstance(l living, in ActivateInstance) (DSAPPSRPActivateResult, error) {
	var none DSAPPSRPActivateResult
	if err := f.alive(l); err != nil {
		return none, err
	}
	if !l.registration.MDL {
		return none, refuse(OutOfOrder, "The registration is of a single-device authenticator: it has no instance to activate.")
	}
	if err := f.instanceCredential(in); err != nil {
		return none, err
	}
	row, err := f.inOrder(l, StepActivate)
	if err != nil {
		return none, err
	}
	instance, pending := l.authenticator.Licence.pending(l.registration.ID)
	if !pending {
		return none, refuse(NotFound, "The registration no longer has an instance that waits: send a device code.")
	}
	f.checked("instance", dsapp.InstanceName(l.registration.SerialNumber, instance.SequenceNumber))
	instance, err = f.verifyInstance(l, instance, in)
	if errors.Is(err, errWrongCredential) {
		return none, f.wrongProof(l, row, "The signature or response is wrong.")
	}
	if err != nil {
		return none, err
	}
	f.instanceActivated(l, row, instance)
	return DSAPPSRPActivateResult{User: l.user.output(), SerialNumber: dsapp.InstanceName(l.registration.SerialNumber, instance.SequenceNumber)}, nil
}

func (f *frame) instanceCredential(in ActivateInstance) error {
	f.checked("credential of an instance", "")
	digits := in.Signature + in.Response
	switch {
	case (in.Signature == "") == (in.Response == ""):
		return refuse(InvalidParameter, "An instance is activated by exactly one of a signature and a response.")
	case strings.Trim(digits, "0123456789") != "" || len(digits) > maxCredential:
		return refuse(InvalidParameter, "The signature or response must be decimal digits.")
	case in.Response != "" && !f.settings.OTPInsteadOfSignature:
		return refuse(NotAllowed, "The policy does not take a one-time password instead of a signature (OTPInsteadOfSignature).")
	}
	return nil
}

// verifyInstance checks the proof. A one-time password is spent by it.
func (f *frame) verifyInstance(l living, i Instance, in ActivateInstance) (Instance, error) {
	r := l.registration
	secret, err := f.service.Sealer.Open(instancePlace(r.SerialNumber, i.SequenceNumber, "secret"), i.Secret)
	if err != nil {
		return i, err
	}
	if in.Response != "" {
		f.checked("one-time password instead of a signature", "")
		now := oath.TimeStep(f.now)
		matched, ok := oath.Match(secret, in.Response, dsapp.InstanceParameters(), max(i.NextMovingFactor, now-min(now, instanceWindow)), now+instanceWindow)
		if !ok {
			return i, errWrongCredential
		}
		i.NextMovingFactor = matched + 1
		return i, nil
	}
	f.checked("signature", "")
	text, err := f.service.Sealer.Open(registrationPlace(r.ID, "message 2"), r.Message2)
	if err != nil {
		return i, err
	}
	message2, err := dsapp.ParseActivationMessage2(string(text))
	if err != nil {
		return i, fmt.Errorf("activation message 2: %w", err)
	}
	want, err := message2.Signature(secret)
	if err != nil {
		return i, fmt.Errorf("signature: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(in.Signature)) != 1 {
		return i, errWrongCredential
	}
	return i, nil
}

func (f *frame) instanceActivated(l living, row Transition, i Instance) {
	i.State, i.ActivatedAt = InstanceActive, f.now
	a := l.authenticator
	a.Licence = a.Licence.with(i)
	a.State = Active
	a.Activations++
	a.LastActivatedAt = f.now
	if f.now.Before(a.GraceEndsAt) {
		a.GraceEndsAt = f.now
	}
	f.rightProof(l.user)
	l.registration.end(row.Right, f.now)
	put(f, Authenticators, a)
	put(f, Registrations, l.registration)
	f.happened(AuthenticatorActivated)
}
