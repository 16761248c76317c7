package provision_test

import (
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
	"github.com/dsappd/dsappd/store/storetest"
)

// TestRoundTrips holds the steps of an activation to what they may ask of a
// store that is far away: five round trips, no scan, one commit, and one
// snapshot but for the register, which reads the authenticator only once the
// password was right.
func TestRoundTrips(t *testing.T) {
	p := stage(t)
	defer p.close()
	c := &storetest.Counting{Engine: p.engine}
	p.endAudit()
	p.begin("counted", c)
	var registered provision.DSAPPSRPRegisterResult
	var phone handset
	for n := range 2 { // the first reads the tables, and the second supersedes nothing
		steps := []struct {
			name      string
			snapshots int
			take      func()
		}{
			{"register", 2, func() { registered = p.mustRegister("user1") }},
			{"ephemeral key", 1, func() { phone = p.exchange(registered) }},
			{"activation data", 1, func() { must(p.prove(phone, phone.M1))(t) }},
			{"activate", 1, func() { must(0, p.activate(registered.RegistrationID, p.hotp([]byte(rfc4226Secret), uint64(n))))(t) }},
		}
		for _, s := range steps {
			c.Take()
			s.take()
			got := c.Take()
			if n > 0 && (got.Sum() > 5 || got.Scans > 0 || got.Commits != 1 || got.Snapshots > s.snapshots) {
				t.Errorf("%s: %+v", s.name, got)
			}
		}
	}
}

// TestTwoServersOnOneStore has what one server changes decide the next
// operation of the other, whatever that one has kept.
func TestTwoServersOnOneStore(t *testing.T) {
	p := stage(t)
	defer p.close()
	p.component("other", "127.0.0.0/8", "lab")
	other := &play{t: t, now: p.now}
	other.begin("other", p.engine)
	register := func() error { _, err := p.register("user1"); return err }
	must(0, register())(t)

	other.policy("lab", `{"MaximumActivations": 0, "MinimumIntervalMinutes": 0, "RegistrationIDLength": 10}`)
	if id := p.mustRegister("user1").RegistrationID; len(id) != 10 {
		t.Errorf("the registration ID %q is of the policy before", id)
	}
	must(other.DeleteComponent(t.Context(), operator(), provision.NameComponent{ComponentType: "srp-component", Location: "127.0.0.0/8"}))(t)
	p.refused(register(), 1005)
	other.component("srp-component", "127.0.0.1", "lab")
	must(0, register())(t)

	must(other.AddDomain(t.Context(), operator(), provision.AddDomain{Name: "late"}))(t)
	must(other.AddUser(t.Context(), operator(), provision.AddUser{UserID: "ann", Domain: "late", StaticPassword: "Password2"}))(t)
	_, err := p.register("ann@late")
	p.refused(err, -13) // she is known, and has no authenticator
	p.keysOfTwoServers(other)
	must(other.Audit.Finish(t.Context()))(t)
}

// TestReadingOnTwoServers has an administrator who only reads be refused as soon
// as another server has deleted the component: no commit looks whether what is
// kept has moved.
func TestReadingOnTwoServers(t *testing.T) {
	o := newOffice(t)
	other := &play{t: t, now: o.now}
	other.begin("other", o.engine)
	session := o.logon("admin", "")
	must(0, o.view(with(session), "user1", "master"))(t)
	at := provision.NameComponent{ComponentType: "Administration Program", Location: "192.0.2.0/24"}
	must(other.DeleteComponent(t.Context(), operator(), at))(t)
	wantRefusal(t, o.view(with(session), "user1", "master"), provision.NoComponent)
	must(other.Audit.Finish(t.Context()))(t)
}

// keysOfTwoServers has a key of the gateway open what it does until another
// server deletes it.
func (p *play) keysOfTwoServers(other *play) {
	added := must(other.AddGatewayKey(p.t.Context(), operator(), provision.AddGatewayKey{Name: "k", Side: provision.FrontEnd}))(p.t)
	find := func() bool {
		_, is, err := p.FindGatewayKey(p.t.Context(), added.Key)
		return must(is, err)(p.t)
	}
	if !find() {
		p.t.Error("the key of another server opens nothing")
	}
	must(other.DeleteGatewayKey(p.t.Context(), operator(), "k"))(p.t)
	if find() {
		p.t.Error("a key that another server deleted still opens")
	}
}

// A damaged policy is the end of what it governs, and of nothing else.
func TestDamagedPolicyOfOthers(t *testing.T) {
	p := stage(t)
	defer func() { must(0, p.Store.Close())(t) }()
	p.policy("damaged", `{}`)
	p.component("another", "127.0.0.0/8", "damaged")
	key := must(provision.Policies.Key("damaged"))(t)
	must(0, p.engine.(*memory.Engine).Commit(t.Context(), nil, []store.Write{{Key: key, Value: []byte("no record")}}))(t)
	p.begin("again", p.engine)
	p.mustRegister("user1")
	in := provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "Password2"}
	from := caller()
	from.ComponentType = "another"
	if _, err := p.DSAPPSRPRegister(t.Context(), from, in); err == nil {
		t.Error("a component of a damaged policy registers")
	}
}
