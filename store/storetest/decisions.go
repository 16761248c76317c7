package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// peers are servers on one state. What one keeps the other changes.
type peers struct {
	t       *testing.T
	engine  *Counting
	now     time.Time
	ours    *provision.Service
	another *provision.Service
	history []string
}

func newPeers(t *testing.T, open Open) *peers {
	_, engine := counted(t, open)
	p := &peers{t: t, engine: engine, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	p.ours, p.another = p.server("ours"), p.server("another")
	for _, name := range policyNames {
		_, err := p.another.AddPolicy(t.Context(), changer(), provision.AddPolicy{Name: name, Set: json.RawMessage(`{"ChallengeResponse": true}`)})
		wantError(t, "add policy", err, nil)
	}
	return p
}

func (p *peers) server(run string) *provision.Service {
	return labtest.Service(p.t, store.New(p.engine, []byte("record key")), run, func() time.Time { return p.now })
}

func changer() provision.Operator { return provision.Operator{Name: "changer"} }

var (
	policyNames    = []string{"p0", "p1", "p2", "p3"}
	componentTypes = []string{"a", "b"}
	locations      = []string{"0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3"}
)

// decide asks for a challenge, which depends on the component that is narrowest,
// on the policies that it inherits from, and on whether a domain exists. It tells
// all of that.
func (p *peers) decide(s *provision.Service, componentType string) string {
	p.t.Helper()
	var event audit.Event
	s.Observe = func(e audit.Event, _ audit.Stages) { event = e }
	caller := provision.Caller{ComponentType: componentType, Address: netip.MustParseAddr("10.1.2.3")}
	given, err := s.GetChallenge(p.t.Context(), caller, provision.GetChallenge{UserID: "ann@there"})
	if _, refused := errors.AsType[*provision.Error](err); err != nil && !refused {
		p.t.Fatalf("%q: %v", p.history, err)
	}
	var kept provision.Challenge
	if err == nil {
		view(p.t, s.Store, func(v *store.View) error {
			kept, err = store.Get(v, provision.Challenges, given.Key)
			return err
		})
	}
	return fmt.Sprint(event.Status.StatusCode, " by ", event.Policy, " for ", event.UserID, " of ", event.Domain, " until ", kept.ExpiresAt)
}

// change has the other server change something, or be refused to.
func (p *peers) change(random *rand.Rand) {
	pick := func(all []string) string { return all[random.IntN(len(all))] }
	component := provision.NameComponent{ComponentType: pick(componentTypes), Location: pick(locations)}
	policy, other := pick(policyNames), pick(policyNames)
	set := json.RawMessage(fmt.Sprintf(`{"ChallengeSeconds": %d}`, 10+random.IntN(1000)))
	if random.IntN(4) == 0 {
		set = json.RawMessage(fmt.Sprintf(`{"ChallengeResponse": %t}`, random.IntN(2) == 0))
	}
	ctx, by := p.t.Context(), changer()
	change := func(in provision.SetPolicy) func() error {
		return func() error { _, err := p.another.SetPolicy(ctx, by, in); return err }
	}
	changes := map[string]func() error{
		"set " + policy:               change(provision.SetPolicy{Name: policy, Set: set}),
		policy + " inherits " + other: change(provision.SetPolicy{Name: policy, Parent: &other}),
		"unset " + policy:             change(provision.SetPolicy{Name: policy, Unset: []string{"ChallengeSeconds"}}),
		fmt.Sprint("add ", component): func() error {
			_, err := p.another.AddComponent(ctx, by, provision.AddComponent{ComponentType: component.ComponentType, Location: component.Location, Policy: policy})
			return err
		},
		fmt.Sprint("set ", component): func() error {
			_, err := p.another.SetComponent(ctx, by, provision.SetComponent{NameComponent: component, Policy: policy})
			return err
		},
		fmt.Sprint("delete ", component): func() error { _, err := p.another.DeleteComponent(ctx, by, component); return err },
		"add there":                      func() error { _, err := p.another.AddDomain(ctx, by, provision.AddDomain{Name: "there"}); return err },
		"delete there":                   func() error { _, err := p.another.DeleteDomain(ctx, by, "there"); return err },
	}
	name := pick(slices.Sorted(maps.Keys(changes)))
	p.history = append(p.history, name)
	err := changes[name]()
	if _, refused := errors.AsType[*provision.Error](err); err != nil && !refused {
		p.t.Fatalf("%q: %v", p.history, err)
	}
}

// testDecisions has a server decide as one that has kept nothing, whatever its
// peer changes before it reads, and before it commits.
func testDecisions(t *testing.T, open Open) {
	p := newPeers(t, open)
	for _, componentType := range componentTypes {
		_, err := p.another.AddComponent(t.Context(), changer(), provision.AddComponent{ComponentType: componentType, Location: locations[0], Policy: "p0"})
		wantError(t, "add component", err, nil)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 40 {
		componentType := componentTypes[random.IntN(2)]
		if random.IntN(2) == 0 {
			p.change(random)
		} else {
			p.history = append(p.history, "while "+componentType+" decides:")
			p.ours.Strike = func(audit.Event) error { p.change(random); return nil }
		}
		got := p.decide(p.ours, componentType)
		p.ours.Strike = nil
		if want := p.decide(p.server(fmt.Sprint("fresh", n)), componentType); got != want {
			t.Fatalf("after %q, %s decides\n%s\nwant\n%s", p.history, componentType, got, want)
		}
	}
}

// testUndisturbed has changes elsewhere cost an operation nothing, or a second
// commit.
func testUndisturbed(t *testing.T, open Open) {
	p := newPeers(t, open)
	ctx, by := t.Context(), changer()
	add := func(componentType, location, policy string) error {
		_, err := p.another.AddComponent(ctx, by, provision.AddComponent{ComponentType: componentType, Location: location, Policy: policy})
		return err
	}
	wantError(t, "add component", add("a", "10.0.0.0/8", "p0"), nil)
	parent := "p1"
	_, err := p.another.SetPolicy(ctx, by, provision.SetPolicy{Name: "p0", Parent: &parent})
	wantError(t, "set parent", err, nil)
	set := func(policy string) error {
		_, err := p.another.SetPolicy(ctx, by, provision.SetPolicy{Name: policy, Set: json.RawMessage(`{"ChallengeSeconds": 77}`)})
		return err
	}
	first := p.decide(p.ours, "a")
	seen := Trips{Snapshots: 1, Reads: 1} // by the test, of the challenge
	for _, c := range []struct {
		name   string
		change func() error
		trips  Trips
	}{
		{"another policy", func() error { return set("p2") }, Trips{Commits: 1}},
		{"another domain", func() error {
			_, err := p.another.AddDomain(ctx, by, provision.AddDomain{Name: "elsewhere"})
			return err
		}, Trips{Commits: 1}},
		{"a component of another type", func() error { return add("b", "10.0.0.0/8", "p2") }, Trips{Snapshots: 1, Reads: 1, Scans: 1, Commits: 2}},
		{"a component of other addresses", func() error { return add("a", "10.2.0.0/16", "p2") }, Trips{Snapshots: 1, Reads: 1, Scans: 1, Commits: 2}},
	} {
		p.ours.Strike = func(audit.Event) error {
			defer p.engine.Take()
			return c.change()
		}
		if got := p.decide(p.ours, "a"); got != first {
			t.Errorf("%s: decides %s, before %s", c.name, got, first)
		}
		c.trips.Snapshots, c.trips.Reads = c.trips.Snapshots+seen.Snapshots, c.trips.Reads+seen.Reads
		wantEqual(t, c.name, c.trips, p.engine.Take())
	}
}
