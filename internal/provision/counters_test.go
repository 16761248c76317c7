package provision_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// answers counts what n calls at once are answered.
func answers(t *testing.T, n int, call func(int) error) map[int]int {
	t.Helper()
	got := make([]int, n)
	atOnce(n, func(i int) error {
		err := call(i)
		if refusal, refused := errors.AsType[*provision.Error](err); refused {
			got[i] = refusal.Status.StatusCode
		} else if err != nil {
			t.Errorf("undecided: %v", err)
		}
		return err
	})
	counts := make(map[int]int)
	for _, status := range got {
		counts[status]++
	}
	return counts
}

// Whoever is refused for a wrong password has been counted, and hears the same
// as about a user who does not exist, however many there are at once.
func TestWrongPasswordsAtOnceAllCount(t *testing.T) {
	for _, c := range []struct {
		threshold string
		counted   int
	}{{"5", 5}, {"100", 48}} {
		p := newPlay(t)
		p.policy("lab", `{"LockThreshold": `+c.threshold+`}`)
		for userID, counted := range map[string]int{"user1": c.counted, "nobody": 0} {
			got := answers(t, 48, func(int) error {
				_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: userID, StaticPassword: "wrong"})
				return err
			})
			if got[1000] != 48 {
				t.Errorf("%s: answered %v, want only 1000", userID, got)
			}
			if counted == 0 {
				continue
			}
			if u := p.account(userID); u.WrongPasswords != counted || u.LockedAt.IsZero() != (counted == 48) {
				t.Errorf("%+v, want %d counted", u, counted)
			}
		}
	}
}

// Right and wrong ones at once: the right ones clear what came before them,
// and nobody is sent away.
func TestPasswordsAtOnceAreAllDecided(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"LockThreshold": 100}`)
	got := answers(t, 40, func(i int) error {
		_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{
			UserID: "user1", StaticPassword: []string{"wrong", "Password2"}[i%2]})
		return err
	})
	if got[1000] != 20 || got[0] != 20 {
		t.Errorf("answered %v", got)
	}
}

func TestWrongProofsAtOnceAllCount(t *testing.T) {
	for _, c := range []struct {
		attempts              string
		counted, refused, end int
	}{{"100", 40, 40, 0}, {"10", 10, 10, 30}} {
		p := newPlay(t)
		p.policy("lab", `{"Attempts": `+c.attempts+`, "KeyExchangeRequired": false, "LockThreshold": 100}`)
		r := p.mustRegister("user1")
		got := answers(t, 40, func(i int) error {
			if i%2 == 0 {
				return p.bind(r.RegistrationID, "F00")
			}
			return p.activate(r.RegistrationID, "000000")
		})
		if got[1000] != c.refused || got[-13] != c.end {
			t.Errorf("%s attempts: answered %v", c.attempts, got)
		}
		if got := p.registration(r.RegistrationID).Attempts; got != c.counted {
			t.Errorf("%d of %s attempts are counted, want %d", got, c.attempts, c.counted)
		}
		if got := p.account("user1").SpentRegistrations; got != min(1, c.end) {
			t.Errorf("%s attempts: %d registrations are spent", c.attempts, got)
		}
	}
}

func TestKeyRequestsAtOnceHaveTheirLimit(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	got := answers(t, 32, func(int) error {
		_, err := p.DSAPPSRPGenerateEphemeralKey(t.Context(), caller(), provision.DSAPPSRPGenerateEphemeralKey{
			RegistrationID: r.RegistrationID, ClientEphemeralPublicKey: "2"})
		return err
	})
	if counted := p.registration(r.RegistrationID).KeyRequests; got[0] != 10 || got[-13] != 22 || counted != 10 {
		t.Errorf("answered %v, and %d are counted", got, counted)
	}
}

// Registrations of one user that are spent at once, as only a licence has
// several, count each.
func TestSpentRegistrationsAtOnceAllCount(t *testing.T) {
	p := newLicencePlay(t, 50)
	p.policy("lab", `{"Attempts": 1, "LockThreshold": 100}`)
	ids := make([]string, 24)
	for n := range ids {
		ids[n], _ = p.firstMessage()
	}
	got := answers(t, len(ids), func(n int) error {
		var m dsapp.ActivationMessage1 // another licence's
		_, err := p.addDevice(ids[n], p.deviceCode(m).String())
		return err
	})
	if u := p.account("user3"); got[1000] != len(ids) || u.SpentRegistrations != len(ids) {
		t.Errorf("answered %v, and %d are counted", got, u.SpentRegistrations)
	}
}

// Every one of these passwords is right, and one activates.
func TestActivationsAtOnceCountOnce(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"KeyExchangeRequired": false, "MaximumActivations": 1}`)
	r := p.mustRegister("user1")
	got := answers(t, 20, func(n int) error { return p.event(r, uint64(n)) })
	if a := p.device("VDS1000140"); got[0] != 1 || got[-13] != 19 || a.Activations != 1 {
		t.Errorf("answered %v, and %+v", got, a)
	}
}

// Every refusal of a login writes one record, of the user or in the user's
// place, so that no commit is shorter than that of a wrong password.
func TestEveryRefusalOfALoginWritesARecord(t *testing.T) {
	p := newPlay(t)
	must(p.DisableUser(t.Context(), operator(), provision.NameUser{UserID: "user2"}))(t)
	u := p.account("user1")
	u.LockedAt = p.clock()
	must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error { return provision.PutUser(tx, u) }))(t)
	for _, password := range []string{"Password2", "wrong"} {
		for _, userID := range []string{"user1", "user2"} {
			before := p.account(userID).Revision
			_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: userID, StaticPassword: password})
			p.refused(err, 1000)
			if p.account(userID).Revision == before {
				t.Errorf("%s with %s: nothing was written", userID, password)
			}
		}
	}
	for n := range 300 {
		_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: fmt.Sprint("nobody", n), StaticPassword: "wrong"})
		p.refused(err, 1000)
	}
	slots := 0
	p.view(func(v *store.View) error {
		for s, err := range store.Scan(v, provision.Strangers, "", "") {
			if err != nil {
				return err
			}
			if slots++; strings.Trim(s.Filling, "x") != "" || len(s.Filling) < 100 {
				t.Errorf("%+v", s)
			}
		}
		return nil
	})
	if slots < 100 || slots > 256 {
		t.Errorf("%d records for 300 who are unknown", slots)
	}
}
