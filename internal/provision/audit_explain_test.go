package provision_test

import (
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// explained is the explanation of the newest decision, without what is drawn.
func (p *play) explained(requestID string) string {
	p.t.Helper()
	events := must(p.ExplainRequest(p.t.Context(), requestID))(p.t)
	event := events[len(events)-1]
	text := event.Explain() + "\n"
	if event.RegistrationID != "" {
		text = strings.ReplaceAll(text, event.RegistrationID, "REGISTRATION")
	}
	return text
}

// scenes are decisions that operators ask about.
func scenes() map[string]func(*play) {
	wrong := provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "wrong"}
	return map[string]func(*play){
		"granted": func(p *play) { p.mustRegister("user1") },
		"wrong_password": func(p *play) {
			_, err := p.DSAPPSRPRegister(p.t.Context(), caller(), wrong)
			p.refused(err, 1000)
		},
		"unknown_user": func(p *play) {
			_, err := p.register("nobody")
			p.refused(err, 1000)
		},
		"locked": func(p *play) {
			for range 3 {
				_, err := p.DSAPPSRPRegister(p.t.Context(), caller(), wrong)
				p.refused(err, 1000)
				p.wait(time.Second)
			}
			_, err := p.register("user1")
			p.refused(err, 1000)
		},
		"no_component": func(p *play) {
			from := caller()
			from.ComponentType = "stranger"
			_, err := p.DSAPPSRPRegister(p.t.Context(), from, wrong)
			p.refused(err, 1005)
		},
		"closed_address": func(p *play) {
			p.refused(p.Admit(p.t.Context(), provision.Caller{Address: netip.MustParseAddr("198.51.100.1"), RequestID: "request"}), 1005)
		},
		"too_soon": func(p *play) {
			p.policy("lab", `{"MinimumIntervalMinutes": 60}`)
			r := p.mustRegister("user1")
			p.deliver(r)
			must(0, p.activate(r.RegistrationID, p.hotp([]byte(rfc4226Secret), 0)))(p.t)
			p.wait(time.Minute)
			_, err := p.register("user1")
			p.refused(err, 1005)
		},
		"out_of_order": func(p *play) {
			r := p.mustRegister("user1")
			p.wait(time.Second)
			p.refused(p.activate(r.RegistrationID, "123456"), -1)
		},
		"wrong_otp": func(p *play) {
			r := p.mustRegister("user1")
			p.deliver(r)
			p.wait(time.Second)
			p.refused(p.activate(r.RegistrationID, "123456"), 1000)
		},
		"used_otp": func(p *play) {
			p.resynchronize("0")
			first := p.mustRegister("user1")
			must(0, p.event(first, 0))(p.t)
			r := p.mustRegister("user1")
			p.wait(time.Second)
			p.refused(p.event(r, 0), 1000)
		},
		"locked_for_a_time": func(p *play) {
			p.policy("lab", `{"LockThreshold": 1, "UnlockMinutes": 5}`)
			_, err := p.DSAPPSRPRegister(p.t.Context(), caller(), wrong)
			p.refused(err, 1000)
			p.wait(time.Minute)
			_, err = p.register("user1")
			p.refused(err, 1000)
		},
		"no_registration": func(p *play) { p.refused(p.activate("none", "123456"), -13) },
		"operator": func(p *play) {
			order := operator()
			order.RequestID = "request"
			_, err := p.AddUser(p.t.Context(), order, provision.AddUser{UserID: "user3", StaticPassword: "\x00"})
			p.refused(err, -2)
		},
	}
}

// An operator's order says what it was about.
func TestOrdersSayOnWhat(t *testing.T) {
	p := newLicencePlay(t, 1)
	p.wait(time.Second) // the order of events is that of their times
	p.component("another", "192.0.2.0/24", "lab")
	must(p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "lab", Set: []byte(`{"Attempts":4}`)}))(t)
	device := p.add()
	must(p.sign(device.id, device.signature))(t)
	must(p.DeactivateInstance(t.Context(), operator(), licenceSerial+"-1"))(t)
	for operation, want := range map[string][]string{
		"component add":            {"component another at 192.0.2.0/24", "policy lab"},
		"policy set":               {"setting Attempts 4", "policy lab"},
		"authenticator deactivate": {"instance " + licenceSerial + "-1"},
	} {
		events := p.events(operation)
		event := events[len(events)-1]
		if diff := cmp.Diff(want, event.Ordered()); diff != "" {
			t.Errorf("%s: %s", operation, diff)
		}
		if first := strings.SplitN(want[0], " ", 2)[1]; !strings.Contains(event.Explain(), first) {
			t.Errorf("%s: %s", operation, event.Explain())
		}
	}
}

func TestExplain(t *testing.T) {
	for name, scene := range scenes() {
		p := newPlay(t)
		scene(p)
		got := p.explained("request")
		golden := filepath.Join("testdata", "explain", name+".golden")
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestExplainSaysWhyThereIsNothing(t *testing.T) {
	p := newPlay(t)
	_, err := p.ExplainRequest(t.Context(), "never")
	if refusal := p.refused(err, -13); !strings.Contains(refusal.Desc, "never") || !strings.Contains(refusal.Desc, "log") {
		t.Errorf("refused with %q", refusal.Desc)
	}
	_, err = p.ExplainRequest(t.Context(), "")
	p.refused(err, -2)
}

// Only a policy that explains tells the peer what the audit knows.
func TestErrorDescExplainsByPolicy(t *testing.T) {
	for _, explains := range []bool{false, true} {
		p := newPlay(t)
		if explains {
			p.policy("lab", `{"Explain": true}`)
		}
		_, err := p.register("nobody")
		refusal := p.refused(err, 1000)
		want := "The credentials were not accepted."
		if explains {
			want = "unknown user or domain. Checked: component (srp-component at 127.0.0.1), policy (lab), password (LockThreshold = 3). More: dsappd explain request"
		}
		if refusal.Desc != want || refusal.Plain() != "The credentials were not accepted." || refusal.Reason() != "unknown user or domain" {
			t.Errorf("explains %v: errorDesc is %q, for people %q, for the log %q", explains, refusal.Desc, refusal.Plain(), refusal.Reason())
		}
	}
}

// An explanation on the wire is one line, whatever was decided.
func TestExplanationsOnTheWireAreOneLine(t *testing.T) {
	for name, scene := range scenes() {
		p := newPlay(t)
		scene(p)
		events := must(p.ExplainRequest(t.Context(), "request"))(t)
		line := provision.ExplainInOneLine(events[len(events)-1])
		if strings.Contains(line, "\n") || !strings.Contains(line, ". More: dsappd explain request") && !strings.Contains(line, ". The true status is ") {
			t.Errorf("%s: %q", name, line)
		}
	}
}

// Every secret of a run, right or wrong, stays out of the audit.
func TestAuditHoldsNoSecret(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"Explain": true, "Attempts": 10, "MaximumActivations": 0, "MinimumIntervalMinutes": 0}`)
	secrets := []string{"Password2", "wr0ngPassw0rd", "n3wPassw0rd", rfc4226Secret}
	must(p.SetUserPassword(t.Context(), operator(), provision.SetUserPassword{
		NameUser: provision.NameUser{UserID: "user2"}, StaticPassword: "n3wPassw0rd"}))(t)
	_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "wr0ngPassw0rd"})
	p.refused(err, 1000)
	r := p.mustRegister("user1")
	h := p.exchange(r)
	_, err = p.prove(h, h.M2(p))
	p.refused(err, 1000)
	h = p.exchange(r)
	data := must(p.prove(h, h.M1))(t)
	wrong, _ := p.derivationCode([]byte("another secret......"), "VDS1000140", "phone", 0, hotp())
	right, derived := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", "phone", 0, hotp())
	p.refused(p.bind(r.RegistrationID, wrong), 1000)
	p.refused(p.activate(r.RegistrationID, "135792"), 1000)
	must(0, p.bind(r.RegistrationID, right))(t)
	p.refused(p.activate(r.RegistrationID, "135792"), -13)
	secrets = append(secrets, "135792", right, wrong, right[len(right)-6:], r.ActivationPassword, data.ServerEvidenceMessage,
		dsapp.EncodeHex(derived), dsapp.EncodeHex([]byte(rfc4226Secret)), dsapp.EncodeHex(h.K), dsapp.EncodeHex(h.M1), dsapp.EncodeHex(h.M2(p)))
	p.finish()
	for _, line := range p.exported() {
		for _, secret := range secrets {
			if strings.Contains(strings.ToLower(line), strings.ToLower(secret)) {
				t.Errorf("%q is in %s", secret, line)
			}
		}
	}
}

// M2 is a proof of the right length that proves nothing.
func (h handset) M2(p *play) []byte { return p.SRP.M2(h.A, h.M1, h.K) }

// Everything that a decision is asked about later is in its event.
func TestEventsSayWhoWhatAndWhy(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1@master")
	event := p.events("dsappSRPRegister")[0]
	got := must(json.Marshal(event.Checks))(t)
	want := `[{"name":"component","detail":"srp-component at 127.0.0.1"},{"name":"policy","detail":"lab"},` +
		`{"name":"password","detail":"user1","settings":{"LockThreshold":3}},` +
		`{"name":"disabled and locked","settings":{"GenericStatusCodes":true,"UnlockMinutes":15,"UnlockBackOff":2,"OverallLockThreshold":30}},` +
		`{"name":"authenticator","settings":{"AutoAssign":false}},{"name":"activations","detail":"0, without a limit","settings":{"MaximumActivations":0,"MinimumIntervalMinutes":0}}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	event.Checks, event.EventKey.Random, event.MAC, event.Revised = nil, "", audit.Digest{}, store.Revised{}
	granted := provision.DefaultStatusTable()[provision.Granted]
	wantEvent := audit.Event{
		EventKey: audit.EventKey{Run: "play", Time: p.clock()}, RequestID: "request", Operation: "dsappSRPRegister",
		ComponentType: "srp-component", Address: "127.0.0.1", Domain: "master", UserID: "user1", SerialNumber: "VDS1000140",
		RegistrationID: r.RegistrationID, Policy: "lab", Status: granted, Wire: granted, Reason: "granted",
	}
	if diff := cmp.Diff(wantEvent, event); diff != "" {
		t.Error(diff)
	}
}
