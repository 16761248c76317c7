package provision

import (
	"context"
	"crypto/sha256"
	"errors"
)

// SelfUpdatePassword is another static password for the user who is signed in.
type SelfUpdatePassword struct {
	StaticPassword    string // the present one
	NewStaticPassword string
	Confirmation      string
}

// SelfUpdatePassword replaces the static password of the user who is signed in,
// for whoever knows the present one, and returns the sign-in that holds from
// then on. All others of the user end.
func (s *Service) SelfUpdatePassword(ctx context.Context, caller Caller, who SignedIn, in SelfUpdatePassword) (SignedIn, error) {
	present := passwordCheck{passwords: s.Passwords, share: caller.share(), password: in.StaticPassword}
	next := newPassword{text: in.NewStaticPassword}
	return perform(ctx, s, callEvent("self-management password", caller), func(f *frame) (SignedIn, error) {
		a, err := f.self(caller, who)
		if err != nil {
			return SignedIn{}, err
		}
		f.checked("credential", "")
		whole := UpdatePassword{UserID: a.user.UserID, Domain: a.user.Domain, StaticPassword: in.StaticPassword,
			NewStaticPassword: in.NewStaticPassword, Confirmation: in.Confirmation}
		if err := whole.check(); err != nil {
			return SignedIn{}, err
		}
		err = f.authenticate(&a, &present)
		if refusal, refused := errors.AsType[*Error](err); refused && refusal.Refusal == InvalidCredentials {
			return SignedIn{}, refuse(PasswordMismatch, "The present password is wrong.")
		}
		if err != nil {
			return SignedIn{}, err
		}
		f.checked("new static password", "")
		if a.user.PasswordHash, err = next.hashFor(f, caller.share()); err != nil {
			return SignedIn{}, err
		}
		a.user.PasswordSetAt = f.now
		put(f, Users, a.user)
		return SignedIn{user: a.user.Key(), hash: sha256.Sum256([]byte(a.user.PasswordHash))}, nil
	})
}
