package provision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/dsappd/dsappd/internal/passwords"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/store"
)

// DSAPPSRPRegister authenticates a user by static password and opens a
// registration, which supersedes an open one for the same authenticator.
func (s *Service) DSAPPSRPRegister(ctx context.Context, caller Caller, in DSAPPSRPRegister) (DSAPPSRPRegisterResult, error) {
	password := passwordCheck{passwords: s.Passwords, share: caller.share(), password: in.StaticPassword, orOTP: true}
	claim := claim{single: !in.MDL, licence: true}
	return perform(ctx, s, callEvent("dsappSRPRegister", caller), func(f *frame) (DSAPPSRPRegisterResult, error) {
		a, err := f.applicant(caller, in)
		if err != nil {
			return DSAPPSRPRegisterResult{}, err
		}
		if err := f.authenticate(&a, &password); err != nil {
			return DSAPPSRPRegisterResult{}, err
		}
		if err := f.choose(&a, in, &claim); err != nil {
			return DSAPPSRPRegisterResult{}, err
		}
		if in.MDL && a.authenticator.Licence == nil {
			return DSAPPSRPRegisterResult{}, refuse(NotFound, "The authenticator is not a licence for several devices.")
		}
		return f.register(a, in.ActivationType)
	})
}

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

// passwordCheck pays for a hash once, however often its operation starts
// again.
type passwordCheck struct {
	passwords *passwords.Hasher
	share     passwords.Share
	password  string
	orOTP     bool // a one-time password does as well, where the policy says RegisterByOTP

	paid       bool
	unprepared bool // the hash is of the password as it was given
	against    string
	right      bool
	renewed    string // what is to replace against; "" for nothing
}

// of has the check be one of another text.
func (c *passwordCheck) of(text string) *passwordCheck {
	if c.password != text {
		c.password, c.paid = text, false
	}
	return c
}

// verify checks the password as it is prepared and, where that is another
// text, also as it was given: hashes from before this program prepared them are
// of that. Both are paid for, whichever is right, and whether or not there is
// such a user.
func (c *passwordCheck) verify(ctx context.Context, hash string) (bool, error) {
	if c.paid && c.against == hash {
		return c.right, nil
	}
	prepared := names.Password(c.password)
	right, err := c.passwords.Verify(ctx, c.share, prepared, hash)
	if err != nil {
		return false, err
	}
	unprepared := false
	if c.password != prepared {
		if unprepared, err = c.passwords.Verify(ctx, c.share, c.password, hash); err != nil {
			return false, err
		}
	}
	c.paid, c.against, c.renewed = true, hash, ""
	c.right, c.unprepared = right || unprepared, unprepared && !right
	return c.right, nil
}

// renew hashes the password anew, which was right, where the hash it was
// verified against is outdated or not of the prepared password. With the queue
// full it leaves that to the next time: nobody is refused for the sake of a
// better hash.
func (c *passwordCheck) renew(ctx context.Context) (string, error) {
	if c.renewed != "" {
		return c.renewed, nil
	}
	outdated, err := c.passwords.Outdated(c.against, c.unprepared)
	if err != nil || !outdated {
		return "", err
	}
	renewed, err := c.passwords.Hash(ctx, c.share, names.Password(c.password))
	if errors.Is(err, passwords.ErrBusy) {
		return "", nil
	}
	c.renewed = renewed
	return renewed, err
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

// seconds is a moment as details of checks say it.
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

// choose finds the authenticator to register, and loads it only now: before
// the password was right, a known user must not cost more than an unknown
// one.
func (f *frame) choose(a *applicant, in DSAPPSRPRegister, c *claim) error {
	f.checked("authenticator", in.SerialNumber)
	if len(a.user.SerialNumbers) == 0 && in.SerialNumber == "" && f.settings.AutoAssign {
		return f.autoAssign(a, in.ActivationType, c)
	}
	chosen, err := chooseSerialNumber(a.user.SerialNumbers, in.SerialNumber)
	if err != nil {
		return err
	}
	f.event.SerialNumber = chosen
	err = f.read(func(v *store.View) error {
		a.possession, err = f.possession(v, chosen)
		return err
	})
	if err != nil {
		return err
	}
	if a.authenticator.State == Disabled {
		return refuse(NotFound, "The authenticator is disabled.")
	}
	return f.withinLimits(a.authenticator)
}

// chooseSerialNumber is the named one of the user's, or the only one.
func chooseSerialNumber(possessed []string, named string) (string, error) {
	switch {
	case named != "" && !slices.Contains(possessed, named):
		return "", refuse(NotFound, "The user has no authenticator with this serialNumber.")
	case named != "":
		return named, nil
	case len(possessed) == 0:
		return "", refuse(NotFound, "The user has no authenticator.")
	case len(possessed) > 1:
		return "", refuse(InvalidParameter, "The user has several authenticators: serialNumber is required.")
	}
	return possessed[0], nil
}

func (f *frame) possession(v *store.View, serialNumber string) (possession, error) {
	var p possession
	var err error
	p.authenticator, err = get(f, v, Authenticators, serialNumber)
	if err != nil {
		return p, fmt.Errorf("authenticator %s: %w", serialNumber, err)
	}
	if f.spent.SerialNumber == serialNumber {
		p.authenticator = f.spent
	}
	if p.authenticator.OpenRegistration == "" {
		return p, nil
	}
	p.open, err = get(f, v, Registrations, p.authenticator.OpenRegistration)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return p, fmt.Errorf("registration %s: %w", p.authenticator.OpenRegistration, err)
	}
	return p, nil
}

// withinLimits holds at register and again at activate.
func (f *frame) withinLimits(a Authenticator) error {
	if a.Licence != nil {
		return f.placeLeft(*a.Licence)
	}
	f.checked("activations", f.activations(a))
	if f.settings.MaximumActivations > 0 && a.Activations >= f.settings.MaximumActivations {
		return refuse(ActivationLimit, fmt.Sprintf(
			"The authenticator has reached the limit of its activations, which is %d.", f.settings.MaximumActivations))
	}
	again := a.LastActivatedAt.Add(f.settings.minimumInterval())
	if !a.LastActivatedAt.IsZero() && f.now.Before(again) {
		return refuse(ActivationLimit, fmt.Sprintf(
			"Two activations must be %d minutes apart: try again later.", f.settings.MinimumIntervalMinutes))
	}
	return nil
}

// activations are those so far, in words.
func (f *frame) activations(a Authenticator) string {
	words := fmt.Sprintf("%d, without a limit", a.Activations)
	if limit := f.settings.MaximumActivations; limit > 0 {
		words = fmt.Sprintf("%d of %d", a.Activations, limit)
	}
	if !a.LastActivatedAt.IsZero() {
		words += ", the last at " + seconds(a.LastActivatedAt)
	}
	return words
}

// register draws the registration and seals what it keeps.
func (f *frame) register(a applicant, activationType *int) (DSAPPSRPRegisterResult, error) {
	r, err := f.newRegistration(a, activationType)
	if err != nil {
		return DSAPPSRPRegisterResult{}, err
	}
	password, err := f.activationPassword(&r, a.authenticator)
	if err != nil {
		return DSAPPSRPRegisterResult{}, err
	}
	f.open(a, r)
	return f.registered(a, r, password), nil
}

// newRegistration begins one for data that can be delivered. It has no ID yet.
func (f *frame) newRegistration(a applicant, activationType *int) (Registration, error) {
	if err := f.roomToBegin(); err != nil {
		return Registration{}, err
	}
	r := Registration{
		State:          Registered,
		Domain:         a.user.Domain,
		UserID:         a.user.UserID,
		SerialNumber:   a.authenticator.SerialNumber,
		MDL:            a.authenticator.Licence != nil,
		ActivationType: effectiveType(activationType, a.authenticator),
		ComponentType:  a.component.ComponentType,
		Policy:         a.component.Policy,
		CreatedAt:      f.now,
		ExpiresAt:      f.now.Add(f.settings.lifetime()),
	}
	return r, f.deliverable(r.ActivationType, a.authenticator)
}

// registered is what the caller is told of a new registration.
func (f *frame) registered(a applicant, r Registration, password string) DSAPPSRPRegisterResult {
	return DSAPPSRPRegisterResult{
		RegistrationID:     r.ID,
		ActivationPassword: password,
		User:               a.user.output(),
		SerialNumber:       r.SerialNumber,
		DigipassGatewayID:  f.service.GatewayID,
	}
}

// activationPassword is Activation Message 1 itself where the device is
// offline.
func (f *frame) activationPassword(r *Registration, a Authenticator) (string, error) {
	if r.flow(f.settings) == OfflineMDL {
		return f.drawOffline(r, a)
	}
	return f.draw(r)
}

// open writes a new registration, which supersedes the open one of a single
// device, and has the user's record name it.
func (f *frame) open(a applicant, r Registration) {
	p := a.possession
	a.user.LastRegistration = r.ID
	put(f, Users, a.user)
	if p.open.Revision != 0 && !p.open.ended() {
		p.open.closeBecause("a newer registration superseded it", f.now)
		put(f, Registrations, p.open)
	}
	if !r.MDL {
		p.authenticator.OpenRegistration = r.ID
		put(f, Authenticators, p.authenticator)
	}
	put(f, Registrations, r)
	put(f, Expiries, r.expiry())
	f.event.RegistrationID = r.ID
}

// effectiveType follows the request where it says online or offline, else
// the authenticator's initial configuration.
func effectiveType(asked *int, a Authenticator) ActivationType {
	if asked != nil && (*asked == int(Online) || *asked == int(Offline)) {
		return ActivationType(*asked)
	}
	return a.ActivationType
}

// deliverable refuses offline data for a secret that has no activation code
// (profile section 3), while the user can still do something about it.
func (f *frame) deliverable(t ActivationType, a Authenticator) error {
	if t != Offline {
		return nil
	}
	if a.Licence != nil {
		return f.mayBeOffline()
	}
	f.checked("offline data", "")
	secret, err := f.service.Sealer.open(authenticatorPlace(a.SerialNumber, "secret"), a.Secret)
	if err != nil {
		return err
	}
	if _, err := dsapp.ActivationCode(secret); err != nil {
		return refuse(InvalidParameter, "The authenticator's secret is too long for offline activation data: ask for online data (activationType 0).")
	}
	return nil
}

// mayBeOffline refuses the offline activation of a licence where the policy
// does: its Activation Message 1 has the message key in the clear.
func (f *frame) mayBeOffline() error {
	f.checked("offline activation", "")
	if !f.settings.OfflineMDL {
		return refuse(NotAllowed, "The policy does not allow an offline activation of a licence (OfflineMDL).")
	}
	return nil
}

// draw makes the registration's ID, its activation password, which it
// returns, and s and v, which it seals.
func (f *frame) draw(r *Registration) (string, error) {
	if err := f.drawID(r); err != nil {
		return "", err
	}
	password, err := dsapp.Draw(f.service.Rand, f.settings.ActivationPasswordAlphabet, f.settings.ActivationPasswordLength)
	if err != nil {
		return "", fmt.Errorf("draw an activation password: %w", err)
	}
	salt := make([]byte, dsapp.SaltSize)
	if _, err := io.ReadFull(f.service.Rand, salt); err != nil {
		return "", fmt.Errorf("draw an SRP salt: %w", err)
	}
	verifier, err := f.service.SRP.Verifier(f.service.SRP.X(salt, r.ID, password))
	if err != nil {
		return "", fmt.Errorf("SRP verifier: %w", err)
	}
	return password, f.sealVerifier(r, salt, verifier)
}

// drawID gives the registration an ID. Should it be taken, the operation starts
// again with another.
func (f *frame) drawID(r *Registration) error {
	id, err := dsapp.Draw(f.service.Rand, f.settings.RegistrationIDAlphabet, f.settings.RegistrationIDLength)
	if err != nil {
		return fmt.Errorf("draw a registration ID: %w", err)
	}
	r.ID = id
	expect(f, Registrations, id, 0)
	return nil
}

func (f *frame) sealVerifier(r *Registration, salt, verifier []byte) error {
	var err error
	r.Salt, err = f.service.Sealer.seal(registrationPlace(r.ID, "s"), salt)
	if err != nil {
		return err
	}
	r.Verifier, err = f.service.Sealer.seal(registrationPlace(r.ID, "v"), verifier)
	return err
}
