package provision

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"

	"github.com/dsappd/dsappd/store"
)

// SignIn is a user at the self-management page.
type SignIn struct {
	UserID         string
	Domain         string
	StaticPassword string
}

// SignedIn says whose static password was right. Only SelfSignIn makes one,
// and it holds for as long as the user has that password and is not disabled.
// The zero value is nobody's.
type SignedIn struct {
	user UserKey
	hash [sha256.Size]byte // of the user's password hash
}

// User names who is signed in.
func (in SignedIn) User() UserKey { return in.user }

// SelfSignIn authenticates a user by static password, as register does, and
// opens nothing.
func (s *Service) SelfSignIn(ctx context.Context, caller Caller, in SignIn) (SignedIn, error) {
	password := passwordCheck{passwords: s.Passwords, share: caller.share(), password: in.StaticPassword}
	return perform(ctx, s, callEvent("self-management sign-in", caller), func(f *frame) (SignedIn, error) {
		if err := in.check(); err != nil {
			return SignedIn{}, err
		}
		a, err := f.applicant(caller, DSAPPSRPRegister{UserID: in.UserID, Domain: in.Domain})
		if err != nil {
			return SignedIn{}, err
		}
		if err := f.authenticate(&a, &password); err != nil {
			return SignedIn{}, err
		}
		return SignedIn{user: a.user.Key(), hash: sha256.Sum256([]byte(a.user.PasswordHash))}, nil
	})
}

// check holds a sign-in to what an envelope could carry.
func (in SignIn) check() error {
	if err := checkUserName(in.Domain, in.UserID); err != nil {
		return err
	}
	return checkPassword(in.StaticPassword)
}

// holds reports whether the sign-in is still good for a user as it is now.
func (in SignedIn) holds(user User) bool {
	hash := sha256.Sum256([]byte(user.PasswordHash))
	same := subtle.ConstantTimeCompare(hash[:], in.hash[:]) == 1
	return user.Revision != 0 && !user.Disabled && same
}

// signedOut returns the refusal of a sign-in that no longer holds.
func signedOut() error {
	return &Error{Refusal: InvalidCredentials, Desc: "The sign-in no longer holds: sign in again.",
		reason: "the user is gone or disabled, or has another password since"}
}

// self opens an operation of a user who is signed in.
func (f *frame) self(caller Caller, in SignedIn) (applicant, error) {
	a, err := f.applies(caller, func(*store.View) (UserKey, error) { return in.user, nil })
	if err != nil {
		return a, err
	}
	f.checked("sign-in", in.user.UserID)
	if !in.holds(a.user) {
		return a, signedOut()
	}
	f.paid = true
	return a, nil
}
