package provision_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

func TestResponseActivates(t *testing.T) {
	p := newPlay(t)
	before := p.device("VDS1000140")
	if before.State != provision.Assigned || !before.GraceEndsAt.After(p.clock()) {
		t.Fatalf("before: %+v", before)
	}
	r := p.mustRegister("user1")
	p.deliver(r)
	p.wait(time.Minute)
	got := must(p.DSAPPSRPActivate(t.Context(), caller(), provision.DSAPPSRPActivate{RegistrationID: r.RegistrationID, Response: "755224"}))(t)
	if got.SerialNumber != "VDS1000140" || got.User.UserID != "user1" || got.User.Domain != "master" {
		t.Errorf("result %+v", got)
	}
	a := p.device("VDS1000140")
	if a.State != provision.Active || !a.GraceEndsAt.Equal(p.clock()) || a.NextMovingFactor != 1 || a.Activations != 1 || a.Diversifier != nil {
		t.Errorf("after: %+v", a)
	}
	if e := p.registration(r.RegistrationID); e.State != provision.Activated || e.Salt != nil || e.Verifier != nil {
		t.Errorf("after: %+v", e)
	}
	p.refused(p.activate(r.RegistrationID, "287082"), -13)
}

func TestDirectActivationWhereTheExchangeIsNotRequired(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"KeyExchangeRequired": false, "MaximumActivations": 0, "MinimumIntervalMinutes": 0}`)
	for _, response := range []string{"755224", "287082"} { // RFC 4226, appendix D
		r := p.mustRegister("user1")
		if err := p.activate(r.RegistrationID, response); err != nil {
			t.Errorf("%s: %v", response, err)
		}
	}
	r := p.mustRegister("user1")
	p.exchange(r)
	if err := p.activate(r.RegistrationID, "359152"); err != nil {
		t.Errorf("in the middle of an exchange: %v", err)
	}
}

func TestDerivationCodeBinds(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	p.deliver(r)
	code, derived := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", "device", 3, hotp())
	if err := p.bind(r.RegistrationID, strings.ToLower(code)); err != nil {
		t.Fatal(err)
	}
	a := p.device("VDS1000140")
	if a.State != provision.Active || a.NextMovingFactor != 4 || fmt.Sprintf("%X", a.Diversifier) != code[:16] {
		t.Errorf("%+v", a)
	}

	// A re-activation delivers the derived secret, and the old codes are wrong.
	again := p.mustRegister("user1")
	_, counter := p.deliver(again)
	if counter != "004" {
		t.Errorf("counter %s, want 004", counter)
	}
	p.refused(p.activate(again.RegistrationID, p.hotp([]byte(rfc4226Secret), 4)), 1000)
	second, _ := p.derivationCode(derived, "VDS1000140", "another device", 4, hotp())
	if err := p.bind(again.RegistrationID, second); err != nil {
		t.Error(err)
	}
}

// A derivation code begins a new secret, under which no time step is spent:
// two activations within one step both succeed. The password of the very code
// is spent, under the secret that it began.
func TestTwoDerivationCodesWithinOneTimeStep(t *testing.T) {
	p := newPlay(t)
	secret, step := []byte(rfc4226Secret), oath.TimeStep(p.clock())
	for i, fingerprint := range []string{"a phone", "another phone", "another phone", "a phone"} {
		r := p.mustRegister("user2")
		p.deliver(r)
		at := step - uint64(i%2) // also of a clock that is slower than the one before
		code, derived := p.derivationCode(secret, "VDS1000141", fingerprint, at, totp())
		if err := p.bind(r.RegistrationID, code); err != nil {
			t.Fatalf("activation %d: %v", i+1, err)
		}
		if a := p.device("VDS1000141"); a.NextMovingFactor != at+1 {
			t.Errorf("activation %d: next moving factor %d, want %d", i+1, a.NextMovingFactor, at+1)
		}
		r = p.mustRegister("user2")
		p.deliver(r)
		p.refused(p.activate(r.RegistrationID, must(oath.OTP(derived, at, totp()))(t)), 1000)
		p.refused(p.bind(r.RegistrationID, code), 1000)
		secret = derived
	}
}

// Whoever gets an authenticator that was unassigned begins at its initial
// secret, and no derivation code of the one before is good there.
func TestDerivationCodeIsNotAcceptedAfterUnassigning(t *testing.T) {
	p := newPlay(t)
	var codes []string
	secret, step := []byte(rfc4226Secret), oath.TimeStep(p.clock())
	for i := range 2 {
		r := p.mustRegister("user2")
		p.deliver(r)
		code, derived := p.derivationCode(secret, "VDS1000141", "a phone", step+1-uint64(i), totp())
		must(0, p.bind(r.RegistrationID, code))(t)
		codes, secret = append(codes, code), derived
	}
	must(p.UnassignAuthenticator(t.Context(), operator(), "VDS1000141"))(t)
	must(p.AssignAuthenticator(t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: "VDS1000141", UserID: "user2"}))(t)
	if a := p.device("VDS1000141"); a.NextMovingFactor != step+2 || a.PeakMovingFactor != 0 {
		t.Errorf("unassigned: next moving factor %d, peak %d", a.NextMovingFactor, a.PeakMovingFactor)
	}
	r := p.mustRegister("user2")
	p.deliver(r)
	for _, code := range codes {
		p.refused(p.bind(r.RegistrationID, code), 1000)
	}
}

// The clock that a resynchronisation finds may lie before passwords of the
// secret that is replaced.
func TestDerivationCodeResynchronizesBehindTheOldSecret(t *testing.T) {
	p := drifting(t)
	must(0, p.timeStep(p.mustRegister("user2"), 9))(t)
	r := p.mustRegister("user2")
	p.deliver(r)
	step := oath.TimeStep(p.clock())
	first, _ := p.derivationCode([]byte(rfc4226Secret), "VDS1000141", "a phone", step-15, totp())
	second, _ := p.derivationCode([]byte(rfc4226Secret), "VDS1000141", "a phone", step-14, totp())
	p.refused(p.bind(r.RegistrationID, first), 1000)
	must(0, p.bind(r.RegistrationID, second))(t)
	if a := p.device("VDS1000141"); a.Drift != -14 || a.NextMovingFactor != step-13 || a.PeakMovingFactor != step+10 {
		t.Errorf("%+v", a)
	}
}

// Events go on under a new secret: the delivery told the phone the next one.
func TestDerivationCodeOfAnEarlierEvent(t *testing.T) {
	p := newPlay(t)
	must(0, p.activate(p.deliveredTo("user1"), p.hotp([]byte(rfc4226Secret), 4)))(t)
	early, _ := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", "a phone", 4, hotp())
	next, _ := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", "a phone", 5, hotp())
	id := p.deliveredTo("user1")
	p.refused(p.bind(id, early), 1000)
	must(0, p.bind(id, next))(t)
}

func (p *play) deliveredTo(userID string) (registrationID string) {
	p.t.Helper()
	r := p.mustRegister(userID)
	p.deliver(r)
	return r.RegistrationID
}

func TestRepeatedDerivationCode(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	p.deliver(r)
	code, _ := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", "device", 0, hotp())
	other, _ := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", "device", 1, hotp())
	if err := p.bind(r.RegistrationID, code); err != nil {
		t.Fatal(err)
	}
	before := p.device("VDS1000140")
	for range 3 {
		if err := p.bind(r.RegistrationID, code); err != nil {
			t.Errorf("the same again: %v", err)
		}
	}
	p.refused(p.bind(r.RegistrationID, other), -13)
	if after := p.device("VDS1000140"); after.Revision != before.Revision {
		t.Errorf("a repetition changes nothing: %+v", after)
	}
	p.wait(10 * time.Minute)
	p.refused(p.bind(r.RegistrationID, code), -13)
}

// What is no longer so is not said again.
func TestDerivationCodeIsNotRepeatedForAPhoneThatWasReplaced(t *testing.T) {
	for name, replace := range map[string]func(p *play, derived []byte){
		"activated anew": func(p *play, derived []byte) {
			r := p.mustRegister("user1")
			p.deliver(r)
			must(0, p.activate(r.RegistrationID, p.hotp(derived, 1)))(p.t)
		},
		"reset": func(p *play, _ []byte) {
			must(p.ResetAuthenticator(p.t.Context(), operator(), provision.ResetAuthenticator{SerialNumber: "VDS1000140"}))(p.t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlay(t)
			r := p.mustRegister("user1")
			p.deliver(r)
			code, derived := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", "device", 0, hotp())
			must(0, p.bind(r.RegistrationID, code))(t)
			replace(p, derived)
			p.refused(p.bind(r.RegistrationID, code), -13)
		})
	}
}

func TestWindows(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"Attempts": 100, "MaximumActivations": 0, "MinimumIntervalMinutes": 0}`)
	totp := oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 8}
	at := func(steps int) string {
		return must(oath.OTP([]byte(rfc4226Secret), uint64(int(oath.TimeStep(p.clock()))+steps), totp))(t)
	}
	r := p.mustRegister("user1")
	p.deliver(r)
	p.refused(p.activate(r.RegistrationID, p.hotp([]byte(rfc4226Secret), 20)), 1000)
	if err := p.activate(r.RegistrationID, p.hotp([]byte(rfc4226Secret), 19)); err != nil {
		t.Errorf("the last of the event window: %v", err)
	}

	r = p.mustRegister("user2")
	p.deliver(r)
	p.refused(p.activate(r.RegistrationID, at(-11)), 1000)
	p.refused(p.activate(r.RegistrationID, at(10)), 1000)
	if err := p.activate(r.RegistrationID, at(-10)); err != nil {
		t.Errorf("the first of the time window: %v", err)
	}
	r = p.mustRegister("user2")
	p.deliver(r)
	p.refused(p.activate(r.RegistrationID, at(-10)), 1000) // replayed
	if err := p.activate(r.RegistrationID, at(9)); err != nil {
		t.Errorf("the last of the time window: %v", err)
	}
	r = p.mustRegister("user2")
	p.deliver(r)
	p.refused(p.activate(r.RegistrationID, at(8)), 1000) // stale: below the last accepted one
	p.wait(30 * time.Second)
	if err := p.activate(r.RegistrationID, at(9)); err != nil {
		t.Errorf("the next: %v", err)
	}
}

func TestOneTimePasswordAtOnceOneWins(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"KeyExchangeRequired": false, "MaximumActivations": 0, "MinimumIntervalMinutes": 0}`)
	r := p.mustRegister("user1")
	granted := atOnce(32, func(int) error { return p.activate(r.RegistrationID, "755224") })
	if a := p.device("VDS1000140"); granted != 1 || a.Activations != 1 {
		t.Errorf("%d granted, %d counted, want 1 and 1", granted, a.Activations)
	}
}

func TestCredentialForms(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	p.deliver(r)
	for _, in := range []provision.DSAPPSRPActivate{
		{}, {Response: "755224", DerivationCode: "755224"}, {Response: "75522a"}, {Response: "-55224"},
		{DerivationCode: strings.Repeat("1", 28)}, {DerivationCode: "12345G"}, {DerivationCode: "1234 5"},
	} {
		in.RegistrationID = r.RegistrationID
		_, err := p.DSAPPSRPActivate(t.Context(), caller(), in)
		p.refused(err, -2)
	}
	if got := p.registration(r.RegistrationID); got.Attempts != 0 {
		t.Errorf("malformed is no attempt: %+v", got)
	}
	p.refused(p.bind(r.RegistrationID, "123456"), 1000) // the documented example: well-formed, not verifiable
	if got := p.registration(r.RegistrationID); got.Attempts != 1 {
		t.Errorf("%+v", got)
	}
	p.refused(p.activate(r.RegistrationID, "12345678"), 1000)
	p.refused(p.activate(r.RegistrationID, "000000"), 1000)
	p.refused(p.activate(r.RegistrationID, "755224"), -13)
}

func TestDerivationCodeRequired(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"DerivationCodeRequired": true}`)
	r := p.mustRegister("user1")
	p.deliver(r)
	p.refused(p.activate(r.RegistrationID, "755224"), 1005)
	code, _ := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", "device", 0, hotp())
	if err := p.bind(r.RegistrationID, code); err != nil {
		t.Error(err)
	}
}

func TestActivationLimits(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{}`) // 3 activations, 1440 minutes apart
	next := uint64(0)
	activate := func() error {
		r := p.mustRegister("user1")
		p.deliver(r)
		err := p.activate(r.RegistrationID, p.hotp([]byte(rfc4226Secret), next))
		next++
		return err
	}
	for range 3 {
		if err := activate(); err != nil {
			t.Fatal(err)
		}
		_, err := p.register("user1")
		p.refused(err, 1005)
		p.wait(1440 * time.Minute)
	}
	_, err := p.register("user1")
	p.refused(err, 1005)
}

func TestActivationLimitHoldsAgainAtActivate(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	p.deliver(r)
	must(p.ResetAuthenticator(t.Context(), operator(), provision.ResetAuthenticator{SerialNumber: "VDS1000140"}))(t)
	r = p.mustRegister("user1")
	p.deliver(r)
	if err := p.activate(r.RegistrationID, "755224"); err != nil {
		t.Fatal(err)
	}
	r = p.mustRegister("user1")
	p.deliver(r)
	p.policy("lab", `{"MaximumActivations": 1}`) // the policy moved in between
	p.refused(p.activate(r.RegistrationID, "287082"), 1005)
	if got := p.registration(r.RegistrationID); got.Attempts != 0 || got.State != provision.DataIssued {
		t.Errorf("a limit is no attempt: %+v", got)
	}
}

func TestRegisteringComponentsPolicyGovernsEveryStep(t *testing.T) {
	p := newPlay(t)
	p.policy("direct", `{"KeyExchangeRequired": false}`)
	p.component("srp-direct", "127.0.0.1", "direct")
	r := p.mustRegister("user1") // by srp-component: the exchange is required
	from := caller()
	from.ComponentType = "srp-direct"
	_, err := p.DSAPPSRPActivate(t.Context(), from, provision.DSAPPSRPActivate{RegistrationID: r.RegistrationID, Response: "755224"})
	p.refused(err, -1)
}

func TestAuditHoldsOneEventForEachDecision(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	p.deliver(r)
	p.refused(p.activate(r.RegistrationID, "111111"), 1000)
	if err := p.activate(r.RegistrationID, "755224"); err != nil {
		t.Fatal(err)
	}
	for operation, want := range map[string]int{
		"dsappSRPRegister": 1, "dsappSRPGenerateEphemeralKey": 1, "dsappSRPGenerateActivationData": 1, "dsappSRPActivate": 2} {
		if got := p.events(operation); len(got) != want {
			t.Errorf("%d events of %s, want %d", len(got), operation, want)
		}
	}
	event := p.events("dsappSRPActivate")[0]
	if event.Domain != "master" || event.UserID != "user1" || event.SerialNumber != "VDS1000140" ||
		event.RegistrationID != r.RegistrationID || event.RequestID != "request" || event.ComponentType != "srp-component" ||
		event.Address != "127.0.0.1" || len(event.Checks) == 0 {
		t.Errorf("%+v", event)
	}
}
