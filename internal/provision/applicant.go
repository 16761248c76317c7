package provision

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/dsappd/dsappd/internal/passwords"
	"github.com/dsappd/dsappd/store"
)

// applicant is who registers, by which component, and for what.
type applicant struct {
	component Component
	user      User // zero: unknown
	from      netip.Prefix
	possession
}

// possession is an authenticator of the user, and the registration that a
// new one supersedes.
type possession struct {
	authenticator Authenticator
	open          Registration // zero: none
}

func (f *frame) applicant(caller Caller, in DSAPPSRPRegister) (applicant, error) {
	return f.applies(caller, func(v *store.View) (UserKey, error) { return f.resolve(v, in.UserID, in.Domain) })
}

func (f *frame) applies(caller Caller, who func(*store.View) (UserKey, error)) (applicant, error) {
	a := applicant{from: originOf(caller.Address)}
	err := f.read(func(v *store.View) error {
		var err error
		if a.component, err = f.component(v, caller); err != nil {
			return err
		}
		if err := f.govern(v, a.component.Policy); err != nil {
			return err
		}
		key, err := who(v)
		if err != nil {
			return err
		}
		f.event.Domain, f.event.UserID = key.Domain, key.UserID
		a.user, err = get(f, v, Users, key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("user: %w", err)
		}
		return nil
	})
	return a, err
}

// authenticate checks the password. The hash is paid for in every case, and so
// is the writing of a record: an unknown user, a locked and a disabled one cost
// what a wrong password does that is counted. A locked user gets the same
// answer whether the password is right or wrong: nobody finds it while the lock
// holds.
func (f *frame) authenticate(a *applicant, password *passwordCheck) error {
	if password.orOTP && f.settings.RegisterByOTP {
		return f.authenticateByEither(a, password)
	}
	f.checked("password", a.user.UserID)
	right, err := password.verify(f.ctx, a.user.PasswordHash)
	if errors.Is(err, passwords.ErrBusy) {
		return refuse(Busy, "Too many registrations are waiting for their password check: try again.")
	}
	if err != nil {
		return fmt.Errorf("password: %w", err)
	}
	f.turn.user(UserKey{f.event.Domain, f.event.UserID}) // also of one that is unknown
	if a.user.Revision == 0 {
		put(f, Strangers, stranger(f.event.Domain, f.event.UserID))
		return refuseCredentials("unknown user or domain")
	}
	if locked, _ := a.user.locked(a.from, f.now, f.settings); !right && !locked {
		a.user.wrongPassword(a.from, f.now, f.settings)
		put(f, Users, a.user)
		return refuseCredentials("wrong password")
	}
	if err := f.admitted(a); err != nil {
		put(f, Users, a.user)
		return err
	}
	return f.welcome(a, password)
}

// authenticateByEither takes a one-time password where the static password
// belongs, alone or behind the static password and the PIN.
func (f *frame) authenticateByEither(a *applicant, password *passwordCheck) error {
	f.checked("register by one-time password", "")
	whole := AuthUser{Credential: Credential{Combined: password.password}}
	_, err := f.prove(a, whole, DigipassPassword, password)
	password.of(whole.Combined)
	if refusal, refused := errors.AsType[*Error](err); refused && refusal.hidden {
		return refuseCredentials(refusal.reason)
	}
	return err
}

// admitted refuses a user who is locked or disabled.
func (f *frame) admitted(a *applicant) error {
	f.checked("disabled and locked", "")
	locked, until := a.user.locked(a.from, f.now, f.settings)
	switch {
	case locked && until.IsZero():
		f.found("since " + seconds(a.user.LockedAt))
		return refuse(UserLocked, "The user is locked, until an operator unlocks it.")
	case locked:
		f.found("since " + seconds(a.user.LockedAt) + ", until " + seconds(until))
		return refuse(UserLocked, "The user is locked for some time.")
	case a.user.Disabled:
		return refuse(UserDisabled, "The user is disabled.")
	case a.user.expired(f.now):
		f.found("expired at " + seconds(a.user.ExpiresAt))
		return refuse(UserDisabled, "The user has expired.")
	case !until.IsZero():
		f.found("no longer, since " + seconds(until))
	case !a.user.LockedAt.IsZero():
		f.found("not for this address")
	}
	return nil
}

// seconds formats a moment for the details of checks.
func seconds(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// welcome writes what a right password changes. The hash is renewed only
// now: before the lock was looked at, the time it takes would tell whoever
// guesses at a locked user's password that it was right.
func (f *frame) welcome(a *applicant, password *passwordCheck) error {
	password.passwords.Prove(password.share)
	f.paid = true
	changed := a.user.rightPassword(a.from, f.now, f.settings)
	renewed, err := f.renewHash(a, password)
	if changed || renewed {
		put(f, Users, a.user)
	}
	return err
}

// renewHash gives the user another hash of the right password where the
// present one is outdated, and reports whether it did.
func (f *frame) renewHash(a *applicant, password *passwordCheck) (bool, error) {
	renewed, err := password.renew(f.ctx)
	if err != nil {
		return false, fmt.Errorf("renew the password's hash: %w", err)
	}
	if renewed == "" {
		return false, nil
	}
	f.checked("password hash", "made anew at the current cost")
	a.user.PasswordHash = renewed
	return true, nil
}
