//go:build !race

package provision_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/internal/provision"
)

// ends are all ways in which a registration of user1 ends without an
// activation. Each returns with none open.
func ends() map[string]func(p *play, id string) {
	return map[string]func(*play, string){
		"superseded by the next": func(*play, string) {},
		"superseded outside SRP": func(p *play, _ string) { p.registerOutside() },
		"superseded at the page": func(p *play, _ string) {
			must(p.SelfRegister(p.t.Context(), caller(), must(p.signIn("user1", "Password2"))(p.t), ""))(p.t)
		},
		"closed by an operator": func(p *play, id string) {
			must(p.CloseRegistration(p.t.Context(), operator(), provision.CloseRegistration{RegistrationID: id}))(p.t)
		},
		"cancelled at the page": func(p *play, id string) {
			who := must(p.signIn("user1", "Password2"))(p.t)
			must(0, p.SelfCancel(p.t.Context(), caller(), who, provision.SelfCancel{RegistrationID: id, Reason: "x"}))(p.t)
		},
		"expired": func(p *play, _ string) { p.wait(10 * time.Minute) },
		"expired and blanked": func(p *play, _ string) {
			p.wait(10 * time.Minute)
			must(p.SweepRegistrations(p.t.Context(), operator(), time.Hour))(p.t)
		},
		"expired and deleted": func(p *play, _ string) {
			p.wait(10 * time.Minute)
			must(p.SweepRegistrations(p.t.Context(), operator(), 0))(p.t)
		},
		"reset": func(p *play, _ string) {
			must(p.ResetAuthenticator(p.t.Context(), operator(), provision.ResetAuthenticator{SerialNumber: "VDS1000140"}))(p.t)
		},
		"unassigned": func(p *play, _ string) {
			must(p.UnassignAuthenticator(p.t.Context(), operator(), "VDS1000140"))(p.t)
			must(p.AssignAuthenticator(p.t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: "VDS1000140", UserID: "user1"}))(p.t)
		},
	}
}

// Whoever has the password and no authenticator gets nine guesses by default,
// however the registrations end in which they are made.
func TestWrongProofsCountAtEveryEnd(t *testing.T) {
	names := slices.Sorted(maps.Keys(ends()))
	rapid.Check(t, func(rt *rapid.T) {
		p := stage(t)
		rt.Cleanup(p.close)
		p.policy("lab", `{"KeyExchangeRequired": false, "UnlockMinutes": 0}`)
		p.allowOutside()
		for made := 0; made < 9; {
			r, err := p.register("user1")
			if err != nil {
				rt.Fatalf("after %d wrong proofs: %v", made, err)
			}
			for n := rapid.IntRange(1, 3).Draw(rt, "wrong proofs"); n > 0 && made < 9; n-- {
				p.refused(p.activate(r.RegistrationID, "000000"), 1000)
				made++
			}
			if u := p.account("user1"); u.SpentRegistrations != made/3 || u.WrongProofs != made%3 || u.LockedAt.IsZero() != (made < 9) {
				rt.Fatalf("after %d wrong proofs: %+v", made, u)
			}
			if made < 9 && p.registration(r.RegistrationID).State == provision.Registered {
				ends()[rapid.SampledFrom(names).Draw(rt, "end")](p, r.RegistrationID)
			}
		}
		_, err := p.register("user1")
		p.refused(err, 1000)
	})
}
