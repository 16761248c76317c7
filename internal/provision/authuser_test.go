package provision_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

// newLogin is a play with a component whose policy tells how a login went.
func newLogin(t testing.TB, set string) *play {
	t.Helper()
	p := stage(t)
	t.Cleanup(p.close)
	p.component("login", "127.0.0.0/8", "lab")
	p.logins(set)
	return p
}

// logins has the policy say this of logins.
func (p *play) logins(set string) {
	p.t.Helper()
	p.policy("lab", `{"MaximumActivations": 0, "MinimumIntervalMinutes": 0, "KeyExchangeRequired": false, "GenericStatusCodes": false, `+set+`}`)
}

const (
	grace  = `"LocalAuthentication": "DIGIPASS/Password during Grace Period"`
	only   = `"LocalAuthentication": "Digipass Only"`
	either = `"LocalAuthentication": "DIGIPASS or Password"`
)

func loginCaller() provision.Caller {
	c := caller()
	c.ComponentType = "login"
	return c
}

func (p *play) login(userID string, c provision.Credential) loggedIn {
	p.t.Helper()
	result, err := p.AuthUser(p.t.Context(), loginCaller(), provision.AuthUser{UserID: userID, Credential: c})
	return loggedIn{p, result, err}
}

// combined logs in by one text.
func (p *play) combined(userID, text string) loggedIn {
	p.t.Helper()
	return p.login(userID, provision.Credential{Combined: text})
}

type loggedIn struct {
	*play
	result provision.AuthUserResult
	err    error
}

// by expects success, by an authenticator or, with "", by a static password.
func (l loggedIn) by(serialNumber string) {
	l.t.Helper()
	if l.err != nil || l.result.SerialNumber != serialNumber {
		l.t.Errorf("logged in by %q: %v, want %q", l.result.SerialNumber, l.err, serialNumber)
	}
}

// as expects a refusal by its name, or, with "", success.
func (l loggedIn) as(want provision.Refusal) {
	l.t.Helper()
	refusal, _ := errors.AsType[*provision.Error](l.err)
	if want == "" && l.err == nil || refusal != nil && refusal.Refusal == want {
		return
	}
	l.t.Errorf("the answer is %v, want %q", l.err, want)
}

// otp is the one-time password of the HOTP authenticators of tests.
func (p *play) otp(movingFactor uint64) string {
	return p.hotp([]byte(rfc4226Secret), movingFactor)
}

// totp is that of the TOTP authenticators, so many steps from now.
func (p *play) totp(steps int) string {
	p.t.Helper()
	return must(oath.OTP([]byte(rfc4226Secret), uint64(int(oath.TimeStep(p.clock()))+steps), p.device("VDS1000141").Parameters))(p.t)
}

func (p *play) hasPIN(serialNumber, pin string) {
	p.t.Helper()
	must(p.SetPIN(p.t.Context(), operator(), provision.SetPIN{SerialNumber: serialNumber, PIN: pin, Confirmation: pin}))(p.t)
}

func (p *play) mode(userID, mode string) {
	p.t.Helper()
	must(p.SetUser(p.t.Context(), operator(), provision.SetUser{NameUser: provision.NameUser{UserID: userID}, UserFields: provision.UserFields{LocalAuth: &mode}}))(p.t)
}

// What each mode makes of the right static password: in the grace period, when
// that is over by its date, and when a one-time password has ended it.
func TestLocalAuthentication(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set                   string
		inGrace, over, byUser provision.Refusal
	}{
		{grace, "", provision.GracePeriodExpired, provision.NotLocal},
		{only, provision.GracePeriodExpired, provision.GracePeriodExpired, provision.NotLocal},
		{either, "", "", provision.NotLocal},
	} {
		t.Run(c.set, func(t *testing.T) {
			p := newLogin(t, c.set+`, "LockThreshold": 0`)
			p.combined("user1", "Password2").as(c.inGrace)
			p.combined("user1", "no password").as(provision.PasswordMismatch)
			p.combined("user1", "000000").as(provision.OTPIncorrect)
			p.wait(7*24*time.Hour - time.Second)
			p.combined("user1", "Password2").as(c.inGrace)
			p.wait(time.Second)
			p.combined("user1", "Password2").as(c.over)

			p.combined("user2", p.totp(0)).by("VDS1000141")
			p.combined("user2", p.totp(0)).as(provision.OTPUsed)
			must(p.ResetAuthenticator(t.Context(), operator(), provision.ResetAuthenticator{SerialNumber: "VDS1000140"}))(t)
			p.combined("user1", "Password2").as(c.inGrace)
			p.combined("user1", p.otp(0)).by("VDS1000140")
			p.combined("user1", "Password2").as(c.over)

			p.mode("user1", "none")
			p.combined("user1", "Password2").as(c.byUser)
			p.combined("user1", p.otp(1)).as(c.byUser)
			p.mode("user1", "DIGIPASS OR PASSWORD")
			p.combined("user1", "Password2").by("")
			p.mode("user1", "Digipass only")
			p.combined("user1", "Password2").as(provision.GracePeriodExpired)
			p.mode("user1", "default")
			p.combined("user1", "Password2").as(c.over)
		})
	}
}

func TestNoLocalAuth(t *testing.T) {
	t.Parallel()
	p := newLogin(t, `"LocalAuthentication": "None"`)
	for _, user := range []string{"user1", "nobody"} {
		p.combined(user, "Password2").as(provision.NotLocal)
		p.combined(user, p.otp(0)).as(provision.NotLocal)
	}
}

// A user without an authenticator has no grace period, and one of several that
// is over ends it.
func TestGracePeriodOfSeveral(t *testing.T) {
	t.Parallel()
	p := newLogin(t, grace)
	p.bare("user4")
	p.combined("user4", "Password2").by("")
	p.combined("user4", "123456").as(provision.PasswordMismatch)
	p.wait(8 * 24 * time.Hour)
	p.authenticator("user1", provision.AddAuthenticator{SerialNumber: "VDS1000142", Parameters: hotp(), Secret: []byte(rfc4226Secret)})
	p.combined("user1", "Password2").as(provision.GracePeriodExpired)
}

// An activation ends the grace period too.
func TestActivationEndsTheGracePeriod(t *testing.T) {
	t.Parallel()
	p := newLogin(t, grace)
	p.combined("user1", "Password2").by("")
	must(0, p.activate(p.mustRegister("user1").RegistrationID, p.otp(0)))(t)
	p.combined("user1", "Password2").as(provision.GracePeriodExpired)
}

// The forms in which a credential comes apart, with a PIN and without.
func TestCredentialsApart(t *testing.T) {
	t.Parallel()
	type credential = provision.Credential
	p := newLogin(t, either+`, "LockThreshold": 0`)
	next := uint64(0)
	fresh := func() string { next++; return p.otp(next - 1) }

	p.combined("user1", fresh()).by("VDS1000140")
	p.combined("user1", "Password2"+fresh()).by("VDS1000140")
	p.combined("user1", "wrong"+fresh()).as(provision.PasswordMismatch)
	p.login("user1", credential{Response: fresh()}).by("VDS1000140")
	p.login("user1", credential{StaticPassword: "Password2", Response: fresh()}).by("VDS1000140")
	p.login("user1", credential{StaticPassword: "wrong", Response: fresh()}).as(provision.PasswordMismatch)
	p.login("user1", credential{StaticPassword: "Password2", Response: "000000"}).as(provision.OTPIncorrect)
	p.login("user1", credential{StaticPassword: "Password2"}).by("")
	p.login("user1", credential{PIN: "1234", Response: fresh()}).as(provision.OTPIncorrect)

	p.hasPIN("VDS1000140", "1234")
	p.combined("user1", "1234"+fresh()).by("VDS1000140")
	p.combined("user1", "Password21234"+fresh()).by("VDS1000140")
	p.combined("user1", fresh()).as(provision.OTPIncorrect)
	p.combined("user1", "0000"+fresh()).as(provision.OTPIncorrect)
	p.combined("user1", "Password2"+fresh()).as(provision.PasswordMismatch)
	p.login("user1", credential{PIN: "1234", Response: fresh()}).by("VDS1000140")
	p.login("user1", credential{PIN: "1235", Response: fresh()}).as(provision.OTPIncorrect)
	p.login("user1", credential{Response: fresh()}).as(provision.OTPIncorrect)
	p.login("user1", credential{StaticPassword: "Password2", PIN: "1234", Response: fresh()}).by("VDS1000140")
	p.combined("user1", "Password2").by("")
}

func TestCredentialsThatAreNone(t *testing.T) {
	t.Parallel()
	p := newLogin(t, either)
	for name, c := range map[string]provision.Credential{
		"nothing":          {},
		"both":             {Combined: "Password2", Response: "755224"},
		"only a PIN":       {PIN: "1234"},
		"two challenges":   {Response: "755224", ChallengeKey: "1", Challenge: "2"},
		"a control letter": {Combined: "a\x00b"},
	} {
		t.Run(name, func(t *testing.T) { p.login("user1", c).as(provision.InvalidParameter) })
	}
	p.login("user1", provision.Credential{Response: "755224", Challenge: "1"}).as(provision.NotAllowed)
}

// A PIN is changed by whoever has the authenticator, and by nobody else.
func TestNewPIN(t *testing.T) {
	t.Parallel()
	p := newLogin(t, either)
	change := func(c provision.Credential, pin, confirmation string) loggedIn {
		result, err := p.AuthUser(t.Context(), loginCaller(), provision.AuthUser{UserID: "user1", Credential: c, NewPIN: pin, Confirmation: confirmation})
		return loggedIn{p, result, err}
	}
	response := func(pin string, movingFactor uint64) provision.Credential {
		return provision.Credential{PIN: pin, Response: p.otp(movingFactor)}
	}
	change(provision.Credential{StaticPassword: "Password2"}, "1234", "1234").as(provision.AuthenticatorError)
	change(response("", 0), "1234", "1235").as(provision.AuthenticatorError)
	change(response("", 0), "123", "123").as(provision.AuthenticatorError)
	change(response("", 0), "123456789", "123456789").as(provision.AuthenticatorError)
	change(response("", 0), "12a4", "12a4").as(provision.AuthenticatorError)
	change(response("", 0), "1234", "1234").by("VDS1000140")
	change(response("9999", 1), "5678", "5678").as(provision.OTPIncorrect)
	change(response("1234", 1), "5678", "5678").by("VDS1000140")
	p.combined("user1", "1234"+p.otp(2)).as(provision.OTPIncorrect)
	p.combined("user1", "5678"+p.otp(2)).by("VDS1000140")

	must(p.SetPIN(t.Context(), operator(), provision.SetPIN{SerialNumber: "VDS1000140"}))(t)
	p.combined("user1", p.otp(3)).by("VDS1000140")
	p.hasPIN("VDS1000140", "4321")
	must(p.UnassignAuthenticator(t.Context(), operator(), "VDS1000140"))(t)
	if p.device("VDS1000140").HasPIN() {
		t.Error("the next user gets the PIN of the one before")
	}
}

// The instances of a licence log in under their own names.
func TestInstanceLogsIn(t *testing.T) {
	t.Parallel()
	p := newLicencePlay(t, 2)
	p.component("login", "127.0.0.0/8", "mdl")
	first, second := p.add(), p.add()
	p.combined("user3", p.instanceOTP(first)).as(provision.InvalidCredentials) // not active yet
	for _, d := range []added{first, second} {
		must(p.sign(d.id, d.signature))(t)
	}
	p.combined("user3", "Password2").as(provision.InvalidCredentials) // the activation ended the grace period
	p.combined("user3", p.instanceOTP(second)).by(dsapp.InstanceName(licenceSerial, second.sequence))
	p.combined("user3", p.instanceOTP(second)).as(provision.InvalidCredentials)
	p.combined("user3", p.instanceOTP(first)).by(dsapp.InstanceName(licenceSerial, first.sequence))
	p.wait(time.Minute)
	for serialNumber, want := range map[string]provision.Refusal{
		dsapp.InstanceName(licenceSerial, first.sequence): provision.InvalidCredentials,
		"VDM1000002":  provision.InvalidCredentials,
		licenceSerial: "",
	} {
		result, err := p.AuthUser(t.Context(), loginCaller(), provision.AuthUser{UserID: "user3",
			Credential: provision.Credential{Combined: p.instanceOTP(second)}, SerialNumber: serialNumber})
		loggedIn{p, result, err}.as(want)
	}
}
