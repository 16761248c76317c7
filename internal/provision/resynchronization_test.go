package provision_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

// drifting is a play whose policy resynchronises within 10.
func drifting(t *testing.T) *play {
	t.Helper()
	p := newPlay(t)
	p.resynchronize("10")
	return p
}

func (p *play) resynchronize(window string) {
	p.t.Helper()
	p.policy("lab", `{"ResynchronizationWindow": `+window+`, "KeyExchangeRequired": false, "MaximumActivations": 0, "MinimumIntervalMinutes": 0}`)
}

// event gives the one-time password of an event to a registration.
func (p *play) event(r provision.DSAPPSRPRegisterResult, movingFactor uint64) error {
	p.t.Helper()
	return p.activate(r.RegistrationID, p.hotp([]byte(rfc4226Secret), movingFactor))
}

// time gives the one-time password of a time step from now on.
func (p *play) timeStep(r provision.DSAPPSRPRegisterResult, steps int) error {
	p.t.Helper()
	step := uint64(int(oath.TimeStep(p.clock())) + steps)
	return p.activate(r.RegistrationID, must(oath.OTP([]byte(rfc4226Secret), step, totp()))(p.t))
}

func TestTwoConsecutivePasswordsResynchronize(t *testing.T) {
	// The window is 0 to 19, what may lie beyond it 20 to 29.
	for name, c := range map[string]struct {
		events []uint64 // the last of which activates
		next   uint64   // 0: it does not
	}{
		"the first two":          {[]uint64{20, 21}, 22},
		"the last two":           {[]uint64{28, 29}, 30},
		"the second too far":     {[]uint64{29, 30}, 0},
		"both too far":           {[]uint64{30, 31}, 0},
		"not consecutive":        {[]uint64{22, 24}, 0},
		"the wrong way round":    {[]uint64{23, 22}, 0},
		"the same again":         {[]uint64{22, 22}, 0},
		"one too many between":   {[]uint64{22, 24, 25}, 26},
		"something else between": {[]uint64{22, 500, 23}, 0},
		"within the window then": {[]uint64{22, 3}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			p := drifting(t)
			r := p.mustRegister("user1")
			last := len(c.events) - 1
			for _, event := range c.events[:last] {
				p.refused(p.event(r, event), 1000)
			}
			if got := p.registration(r.RegistrationID); got.Attempts != last {
				t.Errorf("%d attempts are counted, want %d", got.Attempts, last)
			}
			err := p.event(r, c.events[last])
			if a := p.device("VDS1000140"); a.NextMovingFactor != c.next {
				t.Errorf("the moving factor is %d, want %d", a.NextMovingFactor, c.next)
			}
			if c.next == 0 {
				p.refused(err, 1000)
			} else if err != nil {
				t.Error(err)
			}
			if got := p.registration(r.RegistrationID); c.next != 0 && got.Drifted != nil {
				t.Errorf("ended and still %+v", got.Drifted)
			}
		})
	}
}

func TestResynchronizationIsOffUnlessThePolicySaysSo(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"KeyExchangeRequired": false}`)
	r := p.mustRegister("user1")
	p.refused(p.event(r, 20), 1000)
	p.refused(p.event(r, 21), 1000)
	if got := p.registration(r.RegistrationID); got.Drifted != nil {
		t.Errorf("%+v", got.Drifted)
	}
}

func TestResynchronizationKeepsToOneRegistrationAndItsAttempts(t *testing.T) {
	p := drifting(t)
	first := p.mustRegister("user1")
	p.refused(p.event(first, 22), 1000)
	second := p.mustRegister("user1")
	p.refused(p.event(second, 23), 1000)
	p.refused(p.event(second, 22), 1000)
	p.refused(p.event(second, 26), 1000) // the attempt that spends it
	p.refused(p.event(second, 27), -13)
	if got := p.registration(second.RegistrationID); got.Drifted != nil || got.State != provision.Closed {
		t.Errorf("%+v", got)
	}
}

// A phone whose clock is off: found once, it is known from then on.
func TestDriftOfAClockIsRemembered(t *testing.T) {
	for _, drift := range []int{14, -15} {
		p := drifting(t)
		r := p.mustRegister("user2")
		p.refused(p.timeStep(r, drift), 1000)
		p.wait(30 * time.Second) // the phone shows its next one
		if err := p.timeStep(r, drift); err != nil {
			t.Fatalf("drift %d: %v", drift, err)
		}
		if a := p.device("VDS1000141"); a.Drift != int64(drift) || a.NextMovingFactor != uint64(int(oath.TimeStep(p.clock()))+drift+1) {
			t.Errorf("drift %d: %+v", drift, a)
		}
		p.wait(time.Hour)
		r = p.mustRegister("user2")
		if err := p.timeStep(r, drift); err != nil {
			t.Errorf("drift %d, the next time: %v", drift, err)
		}
		p.wait(time.Hour)
		r = p.mustRegister("user2") // a new phone, whose clock is right
		p.refused(p.timeStep(r, drift-11), 1000)
		p.refused(p.timeStep(r, drift+10), 1000)
		p.resynchronize("0") // no policy, no drift
		p.refused(p.timeStep(r, drift), 1000)
		r = p.mustRegister("user2")
		if err := p.timeStep(r, 0); err != nil {
			t.Errorf("drift %d, without resynchronisation: %v", drift, err)
		}
		must(p.ResetAuthenticator(t.Context(), operator(), provision.ResetAuthenticator{SerialNumber: "VDS1000141"}))(t)
		if a := p.device("VDS1000141"); a.Drift != 0 {
			t.Errorf("a reset leaves the drift: %+v", a)
		}
	}
}

func TestDriftIsBounded(t *testing.T) {
	for _, first := range []int{-21, 20} {
		p := drifting(t)
		r := p.mustRegister("user2")
		p.refused(p.timeStep(r, first), 1000)
		if got := p.registration(r.RegistrationID); got.Drifted != nil {
			t.Errorf("%d steps: %+v", first, got.Drifted)
		}
	}
	for _, first := range []int{-20, 18} {
		p := drifting(t)
		r := p.mustRegister("user2")
		p.refused(p.timeStep(r, first), 1000)
		if err := p.timeStep(r, first+1); err != nil {
			t.Errorf("%d steps: %v", first, err)
		}
	}
}

func TestMovingFactorNeverGoesBack(t *testing.T) {
	p := drifting(t)
	r := p.mustRegister("user2")
	must(0, p.timeStep(r, 9))(t)
	next := p.device("VDS1000141").NextMovingFactor
	r = p.mustRegister("user2")
	p.refused(p.timeStep(r, -15), 1000)
	p.refused(p.timeStep(r, -14), 1000)
	if a := p.device("VDS1000141"); a.NextMovingFactor != next {
		t.Errorf("moving factor %d, want %d", a.NextMovingFactor, next)
	}
}

func TestDerivationCodesResynchronize(t *testing.T) {
	p := drifting(t)
	code := func(device string, movingFactor uint64) string {
		code, _ := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", device, movingFactor, hotp())
		return code
	}
	r := p.mustRegister("user1")
	p.refused(p.bind(r.RegistrationID, code("device", 22)), 1000)
	p.refused(p.bind(r.RegistrationID, code("another", 23)), 1000) // follows none of its own
	if err := p.bind(r.RegistrationID, code("another", 24)); err != nil {
		t.Error(err)
	}
	if a := p.device("VDS1000140"); a.NextMovingFactor != 25 || a.Diversifier == nil {
		t.Errorf("%+v", a)
	}
	p = drifting(t)
	r = p.mustRegister("user1")
	p.refused(p.event(r, 22), 1000) // under the secret itself
	p.refused(p.bind(r.RegistrationID, code("device", 23)), 1000)
	if got := p.registration(r.RegistrationID).Drifted; got == nil || got.MovingFactor != 23 || len(got.Diversifier) != 8 {
		t.Errorf("%+v", got)
	}
}

// A derivation code that holds no one-time password stands between two of
// them as a wrong one does.
func TestAnotherCodeEndsADrift(t *testing.T) {
	p := drifting(t)
	r := p.mustRegister("user1")
	p.refused(p.event(r, 22), 1000)
	p.refused(p.bind(r.RegistrationID, "F00"), 1000)
	if got := p.registration(r.RegistrationID).Drifted; got != nil {
		t.Errorf("%+v", got)
	}
	p.refused(p.event(r, 23), 1000)
}

func TestSecondPasswordAtOnceOneWins(t *testing.T) {
	p := drifting(t)
	r := p.mustRegister("user1")
	p.refused(p.event(r, 22), 1000)
	granted := atOnce(16, func(int) error { return p.event(r, 23) })
	if a := p.device("VDS1000140"); granted != 1 || a.Activations != 1 || a.NextMovingFactor != 24 {
		t.Errorf("%d granted, %+v", granted, a)
	}
}

func TestResynchronizationIsInTheAudit(t *testing.T) {
	p := drifting(t)
	r := p.mustRegister("user1")
	p.refused(p.event(r, 22), 1000)
	p.wait(time.Second)
	must(0, p.event(r, 23))(t)
	events := p.events("dsappSRPActivate")
	for i, want := range []string{"the next one may follow", "follows the one before"} {
		checks := events[i].Checks
		if got := checks[len(checks)-2]; got.Name != "resynchronization" || !strings.Contains(got.Detail, want) || checks[len(checks)-1].Name != "one-time password" {
			t.Errorf("%+v", checks)
		}
	}
}

// What is behind a wrong one-time password is in the audit, for each way of
// counting.
func TestWrongPasswordIsTraced(t *testing.T) {
	const used, old, ahead = "the one-time password was used, or comes before one that was",
		"the one-time password is too old", "the one-time password is ahead of the window"
	at := func(user string, otp func(*play, uint64) string, factor func(*play) uint64) func(*play) string {
		return func(p *play) string {
			r := p.mustRegister(user)
			p.wait(time.Second) // the order of events is that of their times
			p.refused(p.activate(r.RegistrationID, otp(p, factor(p))), 1000)
			events := p.events("dsappSRPActivate")
			checks := events[len(events)-1].Checks
			if note := checks[len(checks)-2]; note.Name == "window" {
				return note.Detail
			}
			return ""
		}
	}
	event := func(p *play, factor uint64) string { return p.hotp([]byte(rfc4226Secret), factor) }
	step := func(p *play, step uint64) string {
		return must(oath.OTP([]byte(rfc4226Secret), step, totp()))(p.t)
	}
	is := func(factor uint64) func(*play) uint64 { return func(*play) uint64 { return factor } }
	from := func(steps int) func(*play) uint64 {
		return func(p *play) uint64 { return uint64(int(oath.TimeStep(p.clock())) + steps) }
	}
	for name, c := range map[string]struct {
		wrong func(*play) string
		want  string
	}{
		"event used":       {at("user1", event, is(2)), used},
		"event before it":  {at("user1", event, is(0)), used},
		"event ahead":      {at("user1", event, is(23)), ahead},
		"event far ahead":  {at("user1", event, is(500)), ""},
		"step used":        {at("timed", step, from(0)), used},
		"step before it":   {at("timed", step, from(-4)), used},
		"step ahead":       {at("timed", step, from(10)), ahead},
		"step far ahead":   {at("timed", step, from(100)), ""},
		"step of a new":    {at("fresh", step, from(-11)), old},
		"step long before": {at("fresh", step, from(-100)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlay(t)
			p.resynchronize("0")
			for user, serial := range map[string]string{"timed": "VDS1000160", "fresh": "VDS1000161"} {
				p.user(user, serial, totp())
			}
			must(0, p.event(p.mustRegister("user1"), 2))(t)
			must(0, p.timeStep(p.mustRegister("timed"), 0))(t)
			if got := c.wrong(p); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
