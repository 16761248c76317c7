package provision

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
)

// DSAPPSRPActivate ends a registration: exactly one of Response and
// DerivationCode is set.
type DSAPPSRPActivate struct {
	RegistrationID string
	Response       string
	DerivationCode string
}

// DSAPPSRPActivateResult says who was activated on what.
type DSAPPSRPActivateResult struct {
	User         UserOutput
	SerialNumber string
}

// DSAPPSRPActivate validates a one-time password or a derivation code, binds
// the device in the latter case, makes the authenticator Active and ends its
// grace period.
func (s *Service) DSAPPSRPActivate(ctx context.Context, caller Caller, in DSAPPSRPActivate) (DSAPPSRPActivateResult, error) {
	return perform(ctx, s, callEvent("dsappSRPActivate", caller), func(f *frame) (DSAPPSRPActivateResult, error) {
		l, err := f.step(caller, in.RegistrationID)
		if err != nil {
			return DSAPPSRPActivateResult{}, err
		}
		in, err := f.activateCredential(in)
		if err != nil {
			return DSAPPSRPActivateResult{}, err
		}
		if l.registration.MDL {
			if in.DerivationCode != "" {
				return DSAPPSRPActivateResult{}, refuse(InvalidParameter, "An instance of a licence has no derivation code: activate it by a response, or by PROVISIONCMD_MDL_ACTIVATE.")
			}
			return f.activateInstance(l, ActivateInstance{Response: in.Response})
		}
		return f.activateDevice(l, in)
	})
}

// maxCredential is the published limit of a derivation code in characters.
const maxCredential = 27

// activateCredential checks the credential's form and writes a derivation
// code in upper case.
func (f *frame) activateCredential(in DSAPPSRPActivate) (DSAPPSRPActivate, error) {
	f.checked("credential", "")
	in.DerivationCode = strings.ToUpper(in.DerivationCode)
	switch {
	case (in.Response == "") == (in.DerivationCode == ""):
		return in, refuse(InvalidParameter, "credential must hold either response or derivationCode.")
	case len(in.Response) > maxCredential || strings.Trim(in.Response, "0123456789") != "":
		return in, refuse(InvalidParameter, "response must be decimal digits.")
	case len(in.DerivationCode) > maxCredential || strings.Trim(in.DerivationCode, "0123456789ABCDEF") != "":
		return in, refuse(InvalidParameter, "derivationCode must be 1 to 27 decimal or hexadecimal characters.")
	}
	return in, nil
}

// repeats recognises the derivation code that activated this registration:
// within the lifetime it gets the same success again, because a lost reply
// must not lose the phone (profile section 7). A phone whose authenticator
// was reset or activated anew since is not told that it is bound.
func (f *frame) repeats(l living, derivationCode string) (bool, error) {
	r := l.registration
	if r.State != Activated || len(r.DerivationCode) == 0 || derivationCode == "" || r.Expired(f.now) || l.authenticator.ActivatedBy != r.ID {
		return false, nil
	}
	activated, err := f.service.Sealer.Open(registrationPlace(r.ID, "derivation code"), r.DerivationCode)
	if err != nil {
		return false, err
	}
	if subtle.ConstantTimeCompare(activated, []byte(derivationCode)) != 1 {
		return false, nil
	}
	f.checked("derivation code", "repeated")
	return true, f.entitled(l)
}

// activateDevice ends a registration of a single device, or says again that
// it has.
func (f *frame) activateDevice(l living, in DSAPPSRPActivate) (DSAPPSRPActivateResult, error) {
	repeated, err := f.repeats(l, in.DerivationCode)
	if err != nil {
		return DSAPPSRPActivateResult{}, err
	}
	if !repeated {
		err = f.activate(l, in)
	}
	return DSAPPSRPActivateResult{User: l.user.output(), SerialNumber: l.registration.SerialNumber}, err
}

func (f *frame) activate(l living, in DSAPPSRPActivate) error {
	if err := f.alive(l); err != nil {
		return err
	}
	row, err := f.inOrder(l, StepActivate)
	if err != nil {
		return err
	}
	f.checked("kind of credential", in.kind())
	if in.Response != "" && f.settings.DerivationCodeRequired {
		return refuse(NotAllowed, "The policy requires a derivation code: a response does not activate.")
	}
	if err := f.withinLimits(l.authenticator); err != nil {
		return err
	}
	bound, err := f.verifyCredential(&l, in)
	if errors.Is(err, errWrongCredential) {
		return f.wrongProof(l, row, "The response or derivation code is wrong.")
	}
	if err != nil {
		return err
	}
	return f.activated(l, row, bound, in.DerivationCode)
}

func (in DSAPPSRPActivate) kind() string {
	if in.Response != "" {
		return "response"
	}
	return "derivation code"
}

// errWrongCredential is for what is well-formed but does not verify, and
// errUsedCredential, which wraps it, for what has verified before.
var (
	errWrongCredential = errors.New("the credential does not verify")
	errUsedCredential  = fmt.Errorf("%w: it was used", errWrongCredential)
)

// verifyCredential returns the authenticator as it is once the credential
// has verified: its moving factor spent and, by a derivation code, its
// secret replaced.
func (f *frame) verifyCredential(l *living, in DSAPPSRPActivate) (Authenticator, error) {
	a := l.authenticator
	secret, err := f.service.Sealer.Open(authenticatorPlace(a.SerialNumber, "secret"), a.Secret)
	if err != nil {
		return a, err
	}
	if in.Response != "" {
		f.checked("one-time password", "")
		return f.spend(l, a, secret, in.Response, nil)
	}
	f.checked("derivation code", "")
	code, err := dsapp.ParseDerivationCode(in.DerivationCode, a.Digits)
	if err != nil {
		l.registration.Drifted = nil // what comes next does not follow it any more
		return a, errWrongCredential
	}
	derived, err := dsapp.DeriveSecret(secret, code.Diversifier, a.SerialNumber)
	if err != nil {
		return a, fmt.Errorf("derive the device's secret: %w", err)
	}
	a, err = f.spend(l, a.renewed(), derived, code.OTP, code.Diversifier[:])
	if err != nil {
		return a, err
	}
	a.Diversifier = code.Diversifier[:]
	a.Secret, err = f.service.Sealer.Seal(authenticatorPlace(a.SerialNumber, "secret"), derived)
	return a, err
}

// activated writes the success: the state, the end of the grace period, and
// the code whose repetition will be recognised.
func (f *frame) activated(l living, row Transition, a Authenticator, derivationCode string) error {
	a.State = Active
	a.Activations++
	a.LastActivatedAt = f.now
	if f.now.Before(a.GraceEndsAt) {
		a.GraceEndsAt = f.now
	}
	if a.OpenRegistration == l.registration.ID {
		a.OpenRegistration = ""
	}
	a.ActivatedBy = l.registration.ID
	r := l.registration
	r.end(row.Right, f.now)
	if derivationCode != "" {
		var err error
		r.DerivationCode, err = f.service.Sealer.Seal(registrationPlace(r.ID, "derivation code"), []byte(derivationCode))
		if err != nil {
			return err
		}
	}
	f.rightProof(l.user)
	put(f, Authenticators, a)
	put(f, Registrations, r)
	f.happened(AuthenticatorActivated)
	return nil
}
