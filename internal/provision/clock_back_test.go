package provision_test

import (
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// A clock that jumps back, as one that was wrong is set right, leaves an audit that
// holds, and nothing that was used up works again.
func TestClockJumpsBack(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.component("login", "127.0.0.0/8", "lab")
	p.logins(only)
	p.noteKey()
	p.decide(3)
	p.wait(10 * time.Minute)
	p.decide(1)
	p.seal()
	used := p.totp(0)
	p.combined("user2", used).by("VDS1000141")
	p.wait(-time.Hour)
	p.decide(2)
	if v := p.verify(); len(v.Broken) > 0 {
		t.Errorf("before they are sealed: %v", v.Broken)
	}
	p.combined("user2", used).as(provision.OTPIncorrect) // it is of a step that is still to come
	p.seal()
	if v := p.verify(); len(v.Broken) > 0 || v.Unsealed > 0 {
		t.Errorf("sealed: %d unsealed, %v", v.Unsealed, v.Broken)
	}
	p.rotate(func() {})
	if _, err := p.SweepRegistrations(t.Context(), operator(), time.Hour); err != nil {
		t.Error(err)
	}
	p.restart("run-2")
	p.decide(1)
	p.sealEnded()
	p.seal()
	if v := p.verify(); len(v.Broken) > 0 {
		t.Errorf("after a restart: %v", v.Broken)
	}
}

// A server that crashes right after the clock has jumped back leaves an audit that
// the next one completes.
func TestClockJumpsBackBeforeACrash(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.wait(10 * time.Minute)
	p.decide(1)
	p.seal()
	p.wait(-time.Hour)
	p.decide(2)
	p.restart("run-2")
	p.decide(1)
	p.sealEnded()
	p.seal()
	if v := p.verify(); len(v.Broken) > 0 {
		t.Errorf("%v", v.Broken)
	}
}

// After a clock has jumped back, users whose authenticators were assigned and
// activated at times that are still to come can register and activate.
func TestClockJumpsBackBehindActivations(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.policy("lab", `{"MaximumActivations": 0, "MinimumIntervalMinutes": 1440}`)
	for n := range uint64(3) {
		p.wait(-time.Hour)
		r := p.mustRegister("user1")
		p.deliver(r)
		must(0, p.activate(r.RegistrationID, p.hotp([]byte(rfc4226Secret), n)))(t)
	}
	r := p.mustRegister("user2")
	must(p.UnassignAuthenticator(t.Context(), operator(), "VDS1000141"))(t)
	p.wait(-time.Hour)
	must(p.AssignAuthenticator(t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: "VDS1000141", UserID: "user2"}))(t)
	p.refused(p.activate(r.RegistrationID, p.hotp([]byte(rfc4226Secret), 0)), -13)
}
