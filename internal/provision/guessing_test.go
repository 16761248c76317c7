package provision_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
)

// guessed is a door at which somebody can guess, and the answer to what is shown
// there: a wrong proof, or a right one.
type guessed struct {
	door string
	show func(p *play, right bool) error
}

func guesses() []guessed {
	pick := func(right bool, proof string) string {
		if right {
			return proof
		}
		return "000000"
	}
	return []guessed{
		{"authUser, a static password", func(p *play, right bool) error { return p.combined("user1", pick(right, "Password2")).err }},
		{"authUser, a one-time password", func(p *play, right bool) error { return p.combined("user1", pick(right, p.otp(0))).err }},
		{"authUser, a PIN", func(p *play, right bool) error {
			if right {
				return p.combined("user1", p.otp(0)).err
			}
			return p.login("user1", provision.Credential{PIN: "1111", Response: p.otp(0)}).err
		}},
		{"logon", func(p *play, right bool) error {
			c := loginCaller()
			c.ComponentType = ""
			_, err := p.Logon(p.t.Context(), c, provision.Logon{UserID: "user1", Credential: provision.Credential{Combined: pick(right, "Password2")}})
			return err
		}},
		{"dsappSRPRegister", func(p *play, right bool) error {
			_, err := p.DSAPPSRPRegister(p.t.Context(), caller(), provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: pick(right, "Password2")})
			return err
		}},
		{"updatePassword", func(p *play, right bool) error {
			_, err := p.UpdatePassword(p.t.Context(), loginCaller(), provision.UpdatePassword{
				UserID: "user1", StaticPassword: pick(right, "Password2"), NewStaticPassword: "Password2", Confirmation: "Password2"})
			return err
		}},
		{"authSignature", func(p *play, right bool) error {
			return p.proveSigned(provision.AuthSignature{Signature: pick(right, p.signed("VDS1000140", 0, pay()...)), Fields: pay()}).err
		}},
	}
}

// Guesses count towards one lock of the user, whichever doors they are made at, and
// the lock holds at all of them.
func TestGuessesAreBoundedOverAllDoors(t *testing.T) {
	t.Parallel()
	for n, guess := range guesses() {
		t.Run(guess.door, func(t *testing.T) {
			t.Parallel()
			p := newLogin(t, either)
			must(p.AddComponent(t.Context(), operator(), provision.AddComponent{ComponentType: "Administration Program", Location: "127.0.0.0/8", Policy: "lab"}))(t)
			must(p.AddAdministrator(t.Context(), operator(), provision.NameAdministrator{
				NameUser: provision.NameUser{UserID: "user1"}, Privileges: []string{"view"}}))(t)
			other := guesses()[(n+1)%len(guesses())]
			for range 2 {
				if err := guess.show(p, false); err == nil {
					t.Fatal("a wrong proof is accepted")
				}
			}
			if err := other.show(p, false); err == nil {
				t.Fatalf("%s accepts a wrong proof", other.door)
			}
			if got := p.account("user1").WrongPasswords; got != 3 {
				t.Errorf("%d guesses are counted", got)
			}
			for _, locked := range guesses() {
				if err := locked.show(p, true); err == nil {
					t.Errorf("%s accepts a right proof of a locked user", locked.door)
				}
			}
			must(p.UnlockUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)
			if err := guess.show(p, true); err != nil {
				t.Errorf("refused without the lock: %v", err)
			}
		})
	}
}

// A one-time password is not guessed by testing it: after so many wrong ones in a
// row, somebody has to reset the count, which the audit shows.
func TestTestedOneTimePasswordsAreBounded(t *testing.T) {
	t.Parallel()
	p := newLogin(t, either)
	tested := func(response string) (bool, error) {
		return p.TestOTP(t.Context(), operator(), provision.TestOTP{SerialNumber: "VDS1000140", Response: response})
	}
	for n := range 50 {
		if right := must(tested(fmt.Sprintf("%06d", n)))(t); right {
			t.Fatal("a wrong one is right")
		}
	}
	var refusal *provision.Error
	if _, err := tested(p.otp(0)); !errors.As(err, &refusal) || refusal.Refusal != provision.AuthenticatorError {
		t.Fatalf("the 51st: %v", err)
	}
	must(p.ResetErrorCount(t.Context(), operator(), "VDS1000140"))(t)
	if !must(tested(p.otp(0)))(t) {
		t.Error("it is wrong although the count was reset")
	}
}
