package provision

import (
	"context"
	"errors"

	"github.com/dsappd/dsappd/dsapp"
)

// SelfProof is a response of a device of the user who is signed in.
type SelfProof struct {
	SerialNumber string // of the authenticator, or the name of the instance; empty: any
	PIN          string // the server PIN; empty: there is none
	Response     string
	ChallengeKey string // of the request that it answers; empty: it is a one-time password

	// NewPIN replaces the server PIN; empty: it stays.
	NewPIN, Confirmation string
}

// SelfTestOTP looks whether a device of the user who is signed in works, and
// returns its name. The response is spent as at any door, and a wrong one
// counts.
func (s *Service) SelfTestOTP(ctx context.Context, caller Caller, who SignedIn, in SelfProof) (name string, err error) {
	in.NewPIN, in.Confirmation = "", ""
	return s.selfProve(ctx, testOTP, caller, who, in)
}

// SelfSetPIN gives an authenticator of the user who is signed in another server
// PIN, for a right one-time password after the present PIN.
func (s *Service) SelfSetPIN(ctx context.Context, caller Caller, who SignedIn, in SelfProof) (name string, err error) {
	return s.selfProve(ctx, setPIN, caller, who, in)
}

// The operations of a device's user, as the audit has them.
const (
	testOTP = "self-management test-otp"
	setPIN  = "self-management set-pin"
)

func (s *Service) selfProve(ctx context.Context, operation string, caller Caller, who SignedIn, in SelfProof) (string, error) {
	password := passwordCheck{passwords: s.Passwords, share: caller.share()}
	return perform(ctx, s, callEvent(operation, caller), func(f *frame) (string, error) {
		a, err := f.self(caller, who)
		if err != nil {
			return "", err
		}
		f.checked("credential", in.SerialNumber)
		whole := AuthUser{
			UserID: a.user.UserID, Domain: a.user.Domain, SerialNumber: in.SerialNumber,
			Credential: Credential{PIN: in.PIN, Response: in.Response, ChallengeKey: in.ChallengeKey},
			NewPIN:     in.NewPIN, Confirmation: in.Confirmation,
		}
		if err := whole.check(); err != nil {
			return "", err
		}
		if operation == setPIN && in.NewPIN == "" {
			return "", refuse(InvalidParameter, "The new PIN is empty.")
		}
		if err := f.checkNewPIN(whole); err != nil {
			return "", err
		}
		p, err := f.prove(&a, whole, DigipassPassword, &password)
		if refusal, refused := errors.AsType[*Error](err); refused && refusal.hidden {
			return "", refuse(OTPIncorrect, "The code or the PIN is wrong, or the code was used before.")
		}
		return p.name(), err
	})
}

// SelfAsk asks a device of the user who is signed in to log in, so that the
// user sees whether it does.
func (s *Service) SelfAsk(ctx context.Context, caller Caller, who SignedIn, serialNumber string) (AskDeviceResult, error) {
	return perform(ctx, s, callEvent("self-management request", caller), func(f *frame) (AskDeviceResult, error) {
		if _, err := f.self(caller, who); err != nil {
			return AskDeviceResult{}, err
		}
		in := AskDevice{UserID: who.user.UserID, Domain: who.user.Domain, SerialNumber: serialNumber, Title: "Self-management",
			Fields: []dsapp.RequestField{{Key: "user", Value: who.user.UserID}}}
		result, err := f.askDevice(caller, dsapp.LoginRequest, in)
		f.unproven = false
		if refusal, refused := errors.AsType[*Error](err); refused && refusal.hidden {
			return result, refuse(NotFound, "You have no device that takes requests.")
		}
		return result, err
	})
}
