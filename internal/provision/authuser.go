package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/internal/passwords"
)

// AuthUser asks whether somebody is a user.
type AuthUser struct {
	UserID string
	Domain string
	Credential

	// SerialNumber names the authenticator or instance that the one-time
	// password is of; empty: any of the user's.
	SerialNumber string

	// NewPIN replaces the server PIN of the authenticator whose one-time
	// password is right. Confirmation repeats it.
	NewPIN, Confirmation string
}

// Credential is what somebody shows to be a user: Combined, or any of the
// others.
type Credential struct {
	// Combined is the static password, the server PIN and the one-time
	// password in one text and in this order, each of which may be missing.
	Combined string

	StaticPassword string
	PIN            string
	Response       string // a one-time password, or the response to a challenge

	// ChallengeKey names the challenge of the server that the response is to;
	// Challenge is one of the client's own, 1 to 16 digits.
	ChallengeKey string
	Challenge    string
}

// AuthUserResult says who it is, and by which authenticator or instance;
// SerialNumber is empty for a static password.
type AuthUserResult struct {
	User         UserOutput
	SerialNumber string
}

// AuthUser authenticates a user by what the local authentication allows: a
// one-time password, which is accepted once at whichever door, or the static
// password.
//
// Whatever is refused has paid for one password hash and the writing of a
// record, so that an unknown user, a wrong one-time password, a wrong static
// password, a lock and a disabled user cost alike. A right one-time password
// costs no hash.
func (s *Service) AuthUser(ctx context.Context, caller Caller, in AuthUser) (AuthUserResult, error) {
	password := passwordCheck{passwords: s.Passwords, share: caller.share()}
	return perform(ctx, s, callEvent("authUser", caller), func(f *frame) (AuthUserResult, error) {
		f.checked("credential", "")
		if err := in.check(); err != nil {
			return AuthUserResult{}, err
		}
		a, err := f.applicant(caller, DSAPPSRPRegister{UserID: in.UserID, Domain: in.Domain})
		if err != nil {
			return AuthUserResult{}, err
		}
		if err := f.checkNewPIN(in); err != nil {
			return AuthUserResult{}, err
		}
		p, err := f.prove(&a, in, f.localAuthentication(a.user), &password)
		if err != nil {
			return AuthUserResult{}, err
		}
		return AuthUserResult{User: a.user.output(), SerialNumber: p.name()}, nil
	})
}

// check holds a request to what can be a credential at all.
func (in AuthUser) check() error {
	if err := checkUserName(in.Domain, in.UserID); err != nil {
		return err
	}
	c := in.Credential
	switch {
	case c.Combined != "" && c.StaticPassword+c.PIN+c.Response != "":
		return refuse(InvalidParameter, "The credential is given as a whole and in parts: send one or the other.")
	case c.Combined+c.StaticPassword+c.PIN+c.Response == "":
		return refuse(InvalidParameter, "The credential is empty: send a one-time password or a static password.")
	case c.PIN != "" && c.Response == "":
		return refuse(InvalidParameter, "A PIN proves nothing without a one-time password: send both.")
	case c.ChallengeKey != "" && c.Challenge != "":
		return refuse(InvalidParameter, "The response is to one challenge: send either its key or the challenge itself.")
	case in.NewPIN == "" && in.Confirmation != "":
		return refuse(InvalidParameter, "The confirmation of a new PIN is there without the PIN.")
	}
	for _, text := range []string{c.Combined, c.StaticPassword} {
		if text != "" {
			if err := checkPassword(text); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkNewPIN looks at the form of a new PIN before anything secret is.
func (f *frame) checkNewPIN(in AuthUser) error {
	if in.NewPIN == "" {
		return nil
	}
	return f.checkPIN(in.NewPIN, in.Confirmation)
}

// prove finds the credential right, or refuses it. It has the user and the
// authenticator written.
func (f *frame) prove(a *applicant, in AuthUser, mode LocalAuthentication, password *passwordCheck) (proof, error) {
	p, err := f.proveByResponse(a, in)
	if err != nil {
		return proof{}, err
	}
	f.turn.user(UserKey{f.event.Domain, f.event.UserID}) // also of one that is unknown
	locked, _ := a.user.locked(a.from, f.now, f.settings)
	barred := a.user.Revision == 0 || locked || a.user.Disabled || a.user.expired(f.now) || mode == NoLocalAuth
	if !p.right || p.static != "" || barred {
		if err := f.proveByPassword(&p, password, a.user.PasswordHash); err != nil {
			return proof{}, err
		}
	}
	if a.user.Revision == 0 {
		return proof{}, f.unknownUser(p, mode)
	}
	a.user.LastAuthRequestAt = f.now
	if refusal := f.notProved(a, p, mode); refusal != nil && !locked {
		if mode == NoLocalAuth { // no answer tells right from wrong, so nothing counts
			f.keepWrong(a, p)
		} else {
			f.countWrong(a, p)
		}
		return proof{}, refusal
	}
	if err := f.admitted(a); err != nil {
		put(f, Users, a.user)
		return proof{}, err
	}
	return p, f.authenticated(a, p, in, password)
}

// proveByPassword pays for the hash of what may be a static password.
func (f *frame) proveByPassword(p *proof, password *passwordCheck, hash string) error {
	f.checked("password", f.event.UserID)
	var err error
	p.staticRight, err = password.of(p.static).verify(f.ctx, hash)
	if errors.Is(err, passwords.ErrBusy) {
		return refuse(Busy, "Too many authentications are waiting for their password check: try again.")
	}
	if err != nil {
		return fmt.Errorf("password: %w", err)
	}
	return nil
}

// unknownUser answers, and writes, as it does for a user whose credential is
// wrong and for whom the policy decides.
func (f *frame) unknownUser(p proof, mode LocalAuthentication) error {
	put(f, Strangers, stranger(f.event.Domain, f.event.UserID))
	if p.stoodIn {
		put(f, Strangers, strangersAuthenticator(f.event.Domain, f.event.UserID))
	}
	refusal := refuseHidden(PasswordMismatch, wrongStaticPassword)
	if mode == NoLocalAuth {
		refusal = refuseHidden(NotLocal, notAuthenticatedHere)
	}
	refusal.reason = "unknown user or domain"
	return refusal
}

const (
	wrongStaticPassword  = "The static password is wrong."
	wrongOneTimePassword = "The one-time password or the PIN before it is wrong."
	notAuthenticatedHere = "The user is not authenticated here (LocalAuthentication is None)."
)

// notProved says why the credential is not enough, nil if it is.
func (f *frame) notProved(a *applicant, p proof, mode LocalAuthentication) error {
	switch {
	case mode == NoLocalAuth:
		return refuseHidden(NotLocal, notAuthenticatedHere)
	case p.right && (p.static == "" || p.staticRight):
		return nil
	case p.right:
		return refuseHidden(PasswordMismatch, wrongStaticPassword)
	case p.staticRight && !p.apart:
		return f.passwordAllowed(p, mode)
	case p.used:
		return refuseHidden(OTPUsed, "The one-time password was used before, or comes before one that was.")
	case p.likeResponse:
		return refuseHidden(OTPIncorrect, wrongOneTimePassword)
	}
	return refuseHidden(PasswordMismatch, wrongStaticPassword)
}

// passwordAllowed refuses the right static password where the user has to use
// an authenticator.
func (f *frame) passwordAllowed(p proof, mode LocalAuthentication) error {
	switch {
	case mode == DigipassPassword:
		return nil
	case mode == DigipassOnly:
		return refuseHidden(GracePeriodExpired, "The static password is right, and the local authentication takes one-time passwords only.")
	}
	f.checked("grace period", p.graceInWords())
	for _, a := range p.possessed {
		if !f.now.Before(a.GraceEndsAt) {
			return refuseHidden(GracePeriodExpired, "The static password is right, and the grace period of an authenticator is over: use a one-time password.")
		}
	}
	return nil
}

// countWrong counts a wrong credential as register does, and a wrong response
// with its authenticator, which also keeps what has drifted.
func (f *frame) countWrong(a *applicant, p proof) {
	a.user.wrongPassword(a.from, f.now, f.settings)
	f.keepWrong(a, p)
}

// keepWrong writes the records that a wrong credential changes.
func (f *frame) keepWrong(a *applicant, p proof) {
	put(f, Users, a.user)
	for _, authenticator := range p.wrong {
		put(f, Authenticators, authenticator)
	}
}

// authenticated writes what a right credential changes.
func (f *frame) authenticated(a *applicant, p proof, in AuthUser, password *passwordCheck) error {
	password.passwords.Prove(password.share)
	f.paid = true
	if err := p.mayChangePIN(in); err != nil {
		return err
	}
	a.user.rightPassword(a.from, f.now, f.settings)
	a.user.LastAuthAt = f.now
	if p.staticRight {
		if _, err := f.renewHash(a, password); err != nil {
			return err
		}
	}
	put(f, Users, a.user)
	if !p.right {
		return nil
	}
	return f.responseAccepted(p, in)
}

// mayChangePIN refuses a new PIN to whoever showed no one-time password.
func (p proof) mayChangePIN(in AuthUser) error {
	if in.NewPIN != "" && !p.right {
		return refuse(AuthenticatorError, "The PIN is changed only together with a one-time password.")
	}
	return nil
}

// responseAccepted ends the grace period and changes the PIN.
func (f *frame) responseAccepted(p proof, in AuthUser) error {
	f.event.SerialNumber = p.name()
	x := p.authenticator
	if f.now.Before(x.GraceEndsAt) {
		f.checked("grace period", "ended by the one-time password")
		x.GraceEndsAt = f.now
	}
	if in.NewPIN != "" {
		if err := f.sealPIN(&x, in.NewPIN); err != nil {
			return err
		}
	}
	put(f, Authenticators, x)
	f.spent = x
	return nil
}
