package provision_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// An unknown user, a wrong password, a wrong one-time password, a lock and a
// disabled user are one answer where the policy is generic.
func TestLoginsAreRefusedAlike(t *testing.T) {
	t.Parallel()
	p := newLogin(t, `"GenericStatusCodes": true, `+only)
	p.bare("locked")
	p.bare("disabled")
	p.bare("bare")
	must(p.DisableUser(t.Context(), operator(), provision.NameUser{UserID: "disabled"}))(t)
	for range 3 {
		p.combined("locked", "wrong").as(provision.InvalidCredentials)
	}
	p.mode("bare", "None")
	answers := make(map[string]string)
	for _, user := range []string{"user1", "user2", "locked", "disabled", "bare", "nobody", "nobody@nowhere"} {
		for _, text := range []string{"Password2", "wrong", "123456", "0000123456"} {
			must(p.UnlockUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)
			must(p.UnlockUser(t.Context(), operator(), provision.NameUser{UserID: "user2"}))(t)
			l := p.combined(user, text)
			answers[fmt.Sprint(l.err)] += " " + user + "/" + text
		}
	}
	if len(answers) != 1 {
		t.Errorf("the answers differ: %q", answers)
	}
}

// What a refusal writes is one record, whoever it is.
func TestRefusedLoginsWriteAlike(t *testing.T) {
	t.Parallel()
	p := newLogin(t, either)
	p.hasPIN("VDS1000140", "1234")
	for _, user := range []string{"user1", "user2", "nobody"} {
		for _, text := range []string{"wrong", "123456", "1234" + p.otp(50)} {
			before := p.commits()
			if l := p.combined(user, text); l.err == nil {
				t.Fatalf("%s/%s logged in", user, text)
			}
			if got := p.commits() - before; got != 1 {
				t.Errorf("%s/%s committed %d times", user, text, got)
			}
		}
	}
}

// Logins and registers count towards one lock, and a right login clears it.
func TestLoginsLock(t *testing.T) {
	t.Parallel()
	p := newLogin(t, either)
	p.combined("user1", "wrong").as(provision.PasswordMismatch)
	p.combined("user1", "123456").as(provision.OTPIncorrect)
	p.combined("user1", p.otp(0)).by("VDS1000140")
	p.combined("user1", "123456").as(provision.OTPIncorrect)
	p.combined("user1", "wrong").as(provision.PasswordMismatch)
	_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "wrong"})
	p.refused(err, 1000)
	for _, text := range []string{p.otp(1), "Password2", "wrong", "123456"} {
		p.combined("user1", text).as(provision.UserLocked)
	}
	_, err = p.register("user1")
	p.refused(err, 1007)
	if got := p.account("user1").WrongPasswords; got != 3 {
		t.Errorf("%d wrong ones are counted: a lock counts none", got)
	}
	must(p.UnlockUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)
	p.combined("user1", p.otp(1)).by("VDS1000140") // the lock has not spent it
}

// A one-time password is accepted once, whichever doors it comes to and however
// many at once.
func TestOneTimePasswordOverAllDoors(t *testing.T) {
	t.Parallel()
	p := newPlay(t) // on the disk
	p.component("login", "127.0.0.0/8", "lab")
	p.policy("lab", `{"LockThreshold": 0, "KeyExchangeRequired": false, "MaximumActivations": 0, "MinimumIntervalMinutes": 0, "RegisterByOTP": true, "Attempts": 100}`)
	for round := range uint64(8) {
		r := p.mustRegister("user1")
		otp := p.otp(round)
		granted := atOnce(24, func(i int) error {
			switch i % 3 {
			case 0:
				return p.activate(r.RegistrationID, otp)
			case 1:
				_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: otp})
				return err
			}
			return p.combined("user1", otp).err
		})
		if granted != 1 {
			t.Fatalf("round %d: %d of 24 uses of one password were accepted", round, granted)
		}
	}
}

// A policy may take a one-time password where a user registers.
func TestRegisterByOneTimePassword(t *testing.T) {
	t.Parallel()
	p := newLogin(t, only)
	register := func(password string) error {
		_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: password})
		return err
	}
	p.refused(register(p.otp(0)), 1000)
	p.logins(only + `, "RegisterByOTP": true`)
	must(0, register(p.otp(0)))(t)
	p.refused(register(p.otp(0)), 1000)
	p.combined("user1", p.otp(0)).as(provision.OTPUsed)
	must(0, register("Password2"))(t)
	p.hasPIN("VDS1000140", "1234")
	p.refused(register(p.otp(1)), 1000)
	must(0, register("1234"+p.otp(1)))(t)
	a := p.device("VDS1000140")
	if a.NextMovingFactor != 2 || a.OpenRegistration == "" {
		t.Errorf("the record has lost one of both: %+v", a)
	}
	if err := p.guess("127.0.0.1", p.otp(2)); err == nil {
		t.Error("the page takes a one-time password for a static one")
	}
}

// A login also looks where the device's last password was: as far again as the
// window is wide, and no further.
func TestLoginFollowsTheClock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ first, second, kept, beyond int }{{9, 18, 10, 20}, {-10, -19, -9, -20}} {
		p := newLogin(t, either)
		outside := c.first + c.first/max(c.first, -c.first) // one step on
		p.combined("user2", p.totp(outside)).as(provision.OTPIncorrect)
		p.combined("user2", p.totp(c.first)).by("VDS1000141")
		p.wait(30 * time.Minute)
		p.combined("user2", p.totp(c.second)).by("VDS1000141")
		if got := p.device("VDS1000141").Drift; got != int64(c.kept) {
			t.Errorf("the drift is %d, want %d", got, c.kept)
		}
		p.wait(30 * time.Minute)
		p.combined("user2", p.totp(c.beyond)).as(provision.OTPIncorrect)
		p.combined("user2", p.totp(0)).by("VDS1000141") // the present is always in it
	}
}

// Two in a row resynchronise at a login too, where the policy says so.
func TestLoginResynchronizes(t *testing.T) {
	t.Parallel()
	p := newLogin(t, either+`, "ResynchronizationWindow": 30, "LockThreshold": 0`)
	p.combined("user1", p.otp(30)).as(provision.OTPIncorrect)
	p.combined("user1", p.otp(32)).as(provision.OTPIncorrect)
	p.combined("user1", p.otp(33)).by("VDS1000140")
	if a := p.device("VDS1000140"); a.Drifted != nil || a.NextMovingFactor != 34 {
		t.Errorf("after a resynchronisation: %+v", a)
	}
	p.combined("user1", p.otp(60)).as(provision.OTPIncorrect)
	p.combined("user1", "wrong1").as(provision.PasswordMismatch) // no response: it does not come between
	p.combined("user1", "000000").as(provision.OTPIncorrect)
	p.combined("user1", p.otp(61)).as(provision.OTPIncorrect)
}

func TestUpdatePassword(t *testing.T) {
	t.Parallel()
	p := newLogin(t, either)
	update := func(user, present, next, confirmation string) error {
		_, err := p.UpdatePassword(t.Context(), loginCaller(), provision.UpdatePassword{
			UserID: user, StaticPassword: present, NewStaticPassword: next, Confirmation: confirmation})
		return err
	}
	p.refused(update("user1", "wrong", "another", "another"), 1000)
	p.refused(update("nobody", "Password2", "another", "another"), 1000)
	p.refused(update("user1", "Password2", "another", "an other"), -2)
	p.refused(update("user1", "Password2", "", ""), -2)
	p.combined("user1", "Password2").by("")
	must(0, update("user1", "Password2", "another", "another"))(t)
	p.combined("user1", "another").by("")
	p.combined("user1", "Password2").as(provision.PasswordMismatch)
}

func (p *play) challenges() (n int) {
	p.view(func(v *store.View) error {
		for _, err := range store.Scan(v, provision.Challenges, "", "") {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n
}
