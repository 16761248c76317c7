package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// ResetPIN takes the server PIN from an authenticator.
func (s *Service) ResetPIN(ctx context.Context, operator Operator, serialNumber string) (Authenticator, error) {
	return s.changeOrdered(ctx, operator, "authenticator reset-pin", MayResetDigipassPIN, serialNumber, func(a *Authenticator) { a.PIN = nil })
}

// ResetErrorCount forgets the wrong one-time passwords and PINs.
func (s *Service) ResetErrorCount(ctx context.Context, operator Operator, serialNumber string) (Authenticator, error) {
	return s.changeOrdered(ctx, operator, "authenticator reset-errors", MayResetErrorCount, serialNumber, func(a *Authenticator) { a.Errors = 0 })
}

func (s *Service) changeOrdered(ctx context.Context, operator Operator, operation string, needs Privilege, serialNumber string, change func(*Authenticator)) (Authenticator, error) {
	return order(ctx, s, operator, operation, needs, func(f *frame) (Authenticator, error) {
		a, err := f.readAuthenticator(serialNumber)
		if err != nil {
			return Authenticator{}, err
		}
		change(&a)
		a.ModifiedAt = f.now
		put(f, Authenticators, a)
		return a, nil
	})
}

func (f *frame) readAuthenticator(serialNumber string) (a Authenticator, err error) {
	err = f.read(func(v *store.View) error {
		a, err = f.authenticator(v, serialNumber)
		return err
	})
	return a, err
}

// TestOTP is a one-time password to be tested, after the server PIN where the
// authenticator has one.
type TestOTP struct {
	SerialNumber string
	Response     string
}

// mostErrors is how many wrong one-time passwords in a row an authenticator may
// have and still be tested: no user is locked by tests, so that they could guess.
const mostErrors = 50

// TestOTP reports whether a one-time password of an authenticator is right,
// whoever has it. A right one is spent as at any door, and a wrong one counts as
// an error of the authenticator; no user is locked for it.
func (s *Service) TestOTP(ctx context.Context, operator Operator, in TestOTP) (right bool, err error) {
	return order(ctx, s, operator, "authenticator test-otp", MayTestOTP, func(f *frame) (bool, error) {
		a, err := f.readAuthenticator(in.SerialNumber)
		if err != nil {
			return false, err
		}
		if a.Errors >= mostErrors {
			return false, refuse(AuthenticatorError, "The authenticator has had too many wrong one-time passwords in a row: reset its error count, then test again.")
		}
		credential := Credential{Combined: in.Response}
		f.checked("one-time password", in.SerialNumber)
		var p proof
		for _, c := range a.candidates() {
			if err := f.try(c, credential, question{}, &p); err != nil {
				return false, err
			}
			if p.right {
				break
			}
		}
		if !p.right || p.static != "" {
			f.found("wrong")
			f.countError(p, a)
			return false, nil
		}
		f.found("right")
		put(f, Authenticators, p.authenticator)
		return true, nil
	})
}

// countError writes the error that a wrong one-time password is, whatever form
// it had.
func (f *frame) countError(p proof, a Authenticator) {
	for _, wrong := range p.wrong {
		if wrong.SerialNumber == a.SerialNumber {
			put(f, Authenticators, wrong)
			return
		}
	}
	a.Errors++
	put(f, Authenticators, a)
}

// ErrNoneFree is wrapped by the refusal of an assignment for which no
// authenticator is left.
var ErrNoneFree = errors.New("no authenticator is free")

// AssignAny assigns any free authenticator of a model to a user of a domain.
// What another order takes first is passed over.
func (s *Service) AssignAny(ctx context.Context, operator Operator, model string, in AssignAuthenticator) (HeldAuthenticator, error) {
	free := false
	for range rounds {
		found, err := s.QueryAuthenticators(ctx, operator, QueryAuthenticators{
			Domains: []string{cmp.Or(in.Domain, defaultDomain)}, Assigned: &free, SearchOptions: SearchOptions{Limit: 1},
			Fits: func(a HeldAuthenticator) bool { return a.State == Unassigned && sameModel(a.Authenticator, model) },
		})
		if err != nil {
			return HeldAuthenticator{}, err
		}
		if len(found.Records) == 0 {
			return HeldAuthenticator{}, fmt.Errorf("%w: %w", ErrNoneFree, s.refused(refuse(NotAvailable, "There is no free authenticator of this type in the domain.")))
		}
		in.SerialNumber = found.Records[0].SerialNumber
		assigned, err := s.AssignHeld(ctx, operator, in)
		if refusal, refused := errors.AsType[*Error](err); refused && refusal.Refusal == NotAvailable {
			continue
		}
		return assigned, err
	}
	return HeldAuthenticator{}, ErrContended
}

func sameModel(a Authenticator, model string) bool { return strings.EqualFold(a.ModelName(), model) }

// OrderActivationData opens a registration for the user who has an
// authenticator and hands its activation data out in the clear, as
// GenerateActivationData does, under the policy of the administrator's
// component.
func (s *Service) OrderActivationData(ctx context.Context, operator Operator, serialNumber string) (GenerateActivationDataResult, error) {
	caller := operator.Access.Caller
	_, err := order(ctx, s, operator, "authenticator generate-activation-data", MayGenerateActivationData, func(f *frame) (Authenticator, error) {
		caller.ComponentType = f.event.ComponentType
		return f.readAuthenticator(serialNumber)
	})
	if err != nil {
		return GenerateActivationDataResult{}, err
	}
	return s.GenerateActivationData(ctx, caller, serialNumber, nil)
}

// GenerateVirtualOTP asks for a one-time password in the place of the device of
// an authenticator.
type GenerateVirtualOTP struct {
	SerialNumber string

	// Policy has to say VirtualOTP; empty: an administrator's.
	Policy string

	// Confidential says that nobody between can read what is handed out.
	Confidential bool
}

// GenerateVirtualOTP makes a one-time password in the place of the device of an
// authenticator, where the policy says VirtualOTP and the connection keeps it.
// It is spent when it is used, as any other is.
func (s *Service) GenerateVirtualOTP(ctx context.Context, operator Operator, in GenerateVirtualOTP) (string, error) {
	return order(ctx, s, operator, "authenticator generate-virtual-otp", MayGenerateVirtualOTP, func(f *frame) (string, error) {
		if err := f.governVirtualOTP(in); err != nil {
			return "", err
		}
		f.checked("virtual one-time password", "")
		if !f.settings.VirtualOTP {
			return "", refuse(NotAllowed, "The policy does not allow virtual one-time passwords (VirtualOTP).")
		}
		if !in.Confidential {
			return "", refuse(NotAllowed, "A virtual one-time password is handed out over TLS only, or to the server's own machine.")
		}
		a, err := f.readAuthenticator(in.SerialNumber)
		if err != nil {
			return "", err
		}
		if a.Licence != nil {
			return "", refuse(InvalidParameter, "A licence makes no one-time passwords itself: its instances do.")
		}
		secret, err := f.service.Sealer.Open(authenticatorPlace(a.SerialNumber, "secret"), a.Secret)
		if err != nil {
			return "", err
		}
		return oath.OTP(secret, f.settings.nextMovingFactor(a, f.now), a.Parameters)
	})
}

func (f *frame) governVirtualOTP(in GenerateVirtualOTP) error {
	if in.Policy == "" {
		return nil
	}
	return f.read(func(v *store.View) error {
		if err := f.knownPolicy(v, in.Policy); err != nil {
			return err
		}
		return f.govern(v, in.Policy)
	})
}

// nextMovingFactor returns the moving factor that the device of an
// authenticator uses next.
func (s Settings) nextMovingFactor(a Authenticator, now time.Time) uint64 {
	if a.Type != oath.TOTP {
		return a.NextMovingFactor
	}
	return max(a.NextMovingFactor, uint64(max(0, int64(oath.TimeStep(now))+s.drift(a))))
}
