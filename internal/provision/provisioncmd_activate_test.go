package provision_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// allowOutside adds a component that may activate outside SRP.
func (p *play) allowOutside() {
	p.t.Helper()
	p.policy("outside", `{"ActivationCodeOutsideSRP":true,"MaximumActivations":0,"MinimumIntervalMinutes":0}`)
	p.component("srp-outside", "127.0.0.0/8", "outside")
}

func outside() provision.Caller {
	c := caller()
	c.ComponentType, c.Confidential = "srp-outside", true
	return c
}

func (p *play) registerOutside() {
	p.t.Helper()
	must(p.RegisterOutsideSRP(p.t.Context(), outside(), provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "Password2"}))(p.t)
}

func (p *play) bindOutside(code string) (provision.DSAPPSRPActivateResult, error) {
	return p.ActivateOutsideSRP(p.t.Context(), outside(), provision.ActivateOutsideSRP{UserID: "user1", DerivationCode: code})
}

// The derivation code that activated gets the same success again within the
// lifetime, no other code does, and it counts once.
func TestRepeatedDerivationCodeOutsideSRP(t *testing.T) {
	p := newPlay(t)
	p.allowOutside()
	p.registerOutside()
	code, derived := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", "a phone", 0, hotp())
	first := must(p.bindOutside(code))(t)
	for _, again := range []string{code, strings.ToLower(code)} {
		if got := must(p.bindOutside(again))(t); got != first {
			t.Errorf("%s again: %+v after %+v", again, got, first)
		}
	}
	other, _ := p.derivationCode(derived, "VDS1000140", "another phone", 1, hotp())
	_, err := p.bindOutside(other)
	wantRefusal(t, err, provision.NotFound)
	_, err = p.ActivateOutsideSRP(t.Context(), outside(), provision.ActivateOutsideSRP{UserID: "user1", Response: p.hotp(derived, 1)})
	wantRefusal(t, err, provision.NotFound)
	if a := p.device("VDS1000140"); a.Activations != 1 || a.NextMovingFactor != 1 {
		t.Errorf("%d activations, moving factor %d", a.Activations, a.NextMovingFactor)
	}

	p.registerOutside() // the code is no longer of the registration that is meant
	_, err = p.bindOutside(code)
	wantRefusal(t, err, provision.InvalidCredentials)
	other, _ = p.derivationCode(derived, "VDS1000140", "another phone", 1, hotp())
	must(p.bindOutside(other))(t)
	p.wait(10 * time.Minute)
	_, err = p.bindOutside(other)
	wantRefusal(t, err, provision.NotFound)
	must(p.SweepRegistrations(t.Context(), operator(), 0))(t)
	_, err = p.bindOutside(other)
	wantRefusal(t, err, provision.NotFound)
}

// An authenticator that was taken away does not remember who activated it.
func TestRepeatedDerivationCodeAfterReset(t *testing.T) {
	p := newPlay(t)
	p.allowOutside()
	p.registerOutside()
	code, _ := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", "a phone", 0, hotp())
	must(p.bindOutside(code))(t)
	must(p.ResetAuthenticator(t.Context(), operator(), provision.ResetAuthenticator{SerialNumber: "VDS1000140"}))(t)
	_, err := p.bindOutside(code)
	wantRefusal(t, err, provision.NotFound)
}

// Whatever activates forgets the registrations that were spent before.
func TestEveryActivationForgetsSpentRegistrations(t *testing.T) {
	secret := []byte(rfc4226Secret)
	for name, path := range map[string]struct {
		userID   string
		activate func(*play) error
	}{
		"outside SRP": {"user1", func(p *play) error {
			p.registerOutside()
			_, err := p.ActivateOutsideSRP(p.t.Context(), outside(), provision.ActivateOutsideSRP{UserID: "user1", Response: p.hotp(secret, 0)})
			return err
		}},
		"signature": {"user3", func(p *play) error {
			d := p.add()
			_, err := p.sign(d.id, d.signature)
			return err
		}},
		"response of an instance": {"user3", func(p *play) error {
			d := p.add()
			_, err := p.ActivateInstance(p.t.Context(), mdlCaller(), provision.ActivateInstance{RegistrationID: d.id, Response: p.instanceOTP(d)})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newLicencePlay(t, 1)
			p.allowOutside()
			u := p.account(path.userID)
			u.SpentRegistrations = 2
			must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error { return provision.PutUser(tx, u) }))(t)
			must(0, path.activate(p))(t)
			if u := p.account(path.userID); u.SpentRegistrations != 0 {
				t.Errorf("%d spent registrations are remembered", u.SpentRegistrations)
			}
		})
	}
}
