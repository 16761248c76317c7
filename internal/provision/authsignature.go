package provision

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dsappd/dsappd/dsapp"
)

// AuthSignature asks whether a user has signed something.
type AuthSignature struct {
	UserID string
	Domain string

	// SerialNumber names the authenticator or instance that the signature is
	// of; empty: any of the user's.
	SerialNumber string

	Signature string

	// What was signed: Fields, 1 to 8 of them, or the request of genRequest
	// that RequestKey names.
	Fields     []string
	RequestKey string

	// DeferredAt is when it was signed; zero: now. DeferredEvent is the event
	// that the device signed with; nil: the server finds it. The former is for
	// time-based, the latter for event-based authenticators.
	DeferredAt    time.Time
	DeferredEvent *uint64

	// Confirm asks for a code that shows the user that the signature arrived.
	Confirm bool
}

// AuthSignatureResult says who has signed, by which authenticator or instance,
// and when: VerifiedAt is the beginning of the time step of a time-based
// signature, VerifiedEvent the event of another. A request's has neither.
type AuthSignatureResult struct {
	User             UserOutput
	SerialNumber     string
	ConfirmationCode string // 8 digits; empty: it was not asked for
	VerifiedAt       time.Time
	VerifiedEvent    *uint64
}

// AuthSignature verifies a signature. A wrong one counts towards the user's
// lock, as a wrong one-time password does. Where the policy says SignatureOnce,
// a signature is accepted once: it spends an event, or the time step for
// signatures alone, so that a user may log in and sign within one step.
//
// An unknown user costs what a wrong signature does, and is answered alike
// where the policy is generic.
func (s *Service) AuthSignature(ctx context.Context, caller Caller, in AuthSignature) (AuthSignatureResult, error) {
	return perform(ctx, s, callEvent("authSignature", caller), func(f *frame) (AuthSignatureResult, error) {
		f.checked("data to sign", "")
		if err := in.check(f.now); err != nil {
			return AuthSignatureResult{}, err
		}
		a, err := f.applicant(caller, DSAPPSRPRegister{UserID: in.UserID, Domain: in.Domain})
		if err != nil {
			return AuthSignatureResult{}, err
		}
		v, err := f.verify(&a, in)
		if err != nil {
			return AuthSignatureResult{}, err
		}
		v.result.User, v.result.SerialNumber = a.user.output(), v.name()
		return v.result, nil
	})
}

// check holds a request to what can be verified at all.
func (in AuthSignature) check(now time.Time) error {
	if err := checkUserName(in.Domain, in.UserID); err != nil {
		return err
	}
	switch {
	case in.Signature == "" || len(in.Signature) > maxSignature || strings.Trim(in.Signature, "0123456789") != "":
		return refuse(InvalidParameter, fmt.Sprintf("The signature is malformed: it has 1 to %d digits.", maxSignature))
	case in.RequestKey != "" && len(in.Fields) > 0:
		return refuse(InvalidParameter, "The signature is over one thing: send either data fields or the key of a request.")
	case in.RequestKey != "" && (!in.DeferredAt.IsZero() || in.DeferredEvent != nil):
		return refuse(InvalidParameter, "The signature over a request has no time or event of its own: leave them out.")
	case !in.DeferredAt.IsZero() && in.DeferredEvent != nil:
		return refuse(InvalidParameter, "A signature was made at a time or with an event: send one of them.")
	case in.DeferredAt.After(now):
		return refuse(InvalidParameter, "The signature was made in the future, by its deferred time.")
	case !in.DeferredAt.IsZero() && in.DeferredAt.Unix() < 0:
		return refuse(InvalidParameter, "The deferred time lies before 1970.")
	case in.RequestKey != "":
		return nil
	}
	if _, err := dsapp.DataQuestion(in.Fields); err != nil {
		return refuse(InvalidParameter, fmt.Sprintf("The data cannot be signed: %v.", err))
	}
	return nil
}

// maxSignature is how many digits a signature has at most.
const maxSignature = 10

const wrongSignature = "The signature is wrong."

// verify finds the signature right, or refuses it. It has the user and the
// authenticator written.
func (f *frame) verify(a *applicant, in AuthSignature) (verification, error) {
	v, err := f.matchSigner(a, in)
	if err != nil {
		return v, err
	}
	f.turn.user(UserKey{f.event.Domain, f.event.UserID}) // also of one that is unknown
	if a.user.Revision == 0 {
		put(f, Strangers, stranger(f.event.Domain, f.event.UserID))
		put(f, Strangers, strangersAuthenticator(f.event.Domain, f.event.UserID))
		refusal := refuseHidden(SignatureIncorrect, wrongSignature)
		refusal.reason = "unknown user or domain"
		return v, refusal
	}
	if locked, _ := a.user.locked(a.from, f.now, f.settings); !v.right && !locked {
		f.countWrong(a, v.proof)
		if v.used {
			return v, refuseHidden(SignatureIncorrect, "The signature was accepted before, or comes before one that was.")
		}
		return v, refuseHidden(SignatureIncorrect, wrongSignature)
	}
	if err := f.admitted(a); err != nil {
		put(f, Users, a.user)
		return v, err
	}
	f.paid = true
	a.user.rightPassword(a.from, f.now, f.settings)
	put(f, Users, a.user)
	f.event.SerialNumber = v.name()
	put(f, Authenticators, v.authenticator)
	return v, nil
}
