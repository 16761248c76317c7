package provision_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

func everyEvent(audit.Event) bool { return true }

// take has a follower take what there is, at most so much at once.
func (p *play) take(name string, in audit.Following) audit.Followed {
	p.t.Helper()
	follower := must(p.Audit.Follow(p.t.Context(), name))(p.t)
	in.Wanted = everyEvent
	out := must(p.Audit.Next(p.t.Context(), follower, in))(p.t)
	must(p.Audit.Keep(p.t.Context(), out.Follower))(p.t)
	return out
}

func (p *play) allEvents() []audit.Event {
	p.t.Helper()
	page := must(p.ListAuditEvents(p.t.Context(), provision.ListAuditEvents{Limit: 1000}))(p.t)
	if page.Next != nil {
		p.t.Fatal("more than a page of events")
	}
	return page.Records
}

// Whatever runs begin, crash and end, and however much is taken at once, a
// follower gets each event once, in order.
func TestFollowerTakesEachEventOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := stage(t)
		p.seal()
		must(p.Audit.Follow(t.Context(), "sink"))(t)
		before := len(p.allEvents())
		var got []audit.Event
		takeSome := func() int {
			out := p.take("sink", audit.Following{Events: rapid.IntRange(1, 5).Draw(rt, "events"), Seals: rapid.IntRange(1, 5).Draw(rt, "seals")})
			got = append(got, out.Events...)
			if out.Missing+uint64(out.Broken) > 0 {
				t.Fatalf("%+v", out)
			}
			return out.Seals
		}
		for n := range rapid.IntRange(1, 20).Draw(rt, "steps") {
			switch rapid.IntRange(0, 3).Draw(rt, "step") {
			case 0:
				p.decide(rapid.IntRange(0, 4).Draw(rt, "decisions"))
				p.seal()
			case 1:
				p.finish()
				p.begin(fmt.Sprintf("run%03d", n), p.engine)
			case 2: // a crash
				p.decide(1)
				p.begin(fmt.Sprintf("run%03d", n), p.engine)
				p.sealEnded()
			case 3:
				takeSome()
			}
		}
		p.decide(1)
		p.finish()
		for takeSome() > 0 {
		}
		want := p.allEvents()[before:]
		slices.SortFunc(want, func(a, b audit.Event) int { return a.Time.Compare(b.Time) })
		if !slices.EqualFunc(got, want, func(a, b audit.Event) bool { return a.EventKey == b.EventKey }) {
			t.Fatalf("%d events taken, want %d:\n%v\n%v", len(got), len(want), got, want)
		}
		if follower := must(p.Audit.Follow(t.Context(), "sink"))(t); len(follower.Taken) > 2 {
			t.Fatalf("a follower keeps places of runs that are over: %v", follower.Taken)
		}
	})
}

// Servers that share a store seal side by side: each event is taken once, and a
// user's come in the order of their times unless they come almost at once.
func TestFollowerOfSeveralRuns(t *testing.T) {
	p := stage(t)
	other := labtest.Service(t, store.New(p.engine.(*memory.Engine), []byte("record key")), "zother", p.clock)
	p.seal()
	must(p.Audit.Follow(t.Context(), "sink"))(t)
	before := len(p.allEvents())
	var got []audit.Event
	for n := range 20 {
		p.wait(time.Second)
		service := p.Service
		if n%3 == 0 {
			service = other
		}
		must(service.EnableUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)
		must(0, other.Audit.Seal(t.Context()))(t)
		if n%2 == 0 {
			p.seal()
		}
		got = append(got, p.take("sink", audit.Following{Events: 100, Seals: 100, Before: p.clock().Add(-3 * time.Second)}).Events...)
	}
	p.seal()
	p.wait(time.Minute)
	got = append(got, p.take("sink", audit.Following{Events: 100, Seals: 100, Before: p.clock()}).Events...)
	if len(got) != len(p.allEvents())-before || !slices.IsSortedFunc(got, func(a, b audit.Event) int { return a.Time.Compare(b.Time) }) {
		t.Errorf("%d events, want %d: %v", len(got), len(p.allEvents())-before, got)
	}
}

// What a follower has not taken is not removed, unless that is asked for; and then
// he is told how much he has missed.
func TestPruneKeepsWhatIsNotTaken(t *testing.T) {
	p := newPlay(t)
	p.seal()
	p.Audit.Followers = func() []string { return []string{"sink", "never begun"} }
	must(p.Audit.Follow(t.Context(), "sink"))(t)
	for range 3 {
		p.decide(1)
		p.seal()
	}
	p.take("sink", audit.Following{Events: 1, Seals: 1})
	p.wait(time.Hour)
	pruned := must(p.PruneAudit(t.Context(), operator(), audit.Limit{Before: p.clock().Add(-time.Minute)}))(t)
	if pruned.Seals != 2 || pruned.HeldFor != "sink" {
		t.Errorf("a removal behind a follower: %+v", pruned)
	}
	if retained := must(p.RetainAudit(t.Context(), time.Minute))(t); retained.Seals != 0 || retained.HeldFor != "sink" {
		t.Errorf("retention behind a follower: %+v", retained)
	}
	pruned = must(p.PruneAudit(t.Context(), operator(), audit.Limit{Before: p.clock().Add(-time.Minute), Untaken: true}))(t)
	if pruned.Seals != 2 || pruned.HeldFor != "" {
		t.Errorf("a removal of what is not taken: %+v", pruned)
	}
	p.seal()
	if out := p.take("sink", audit.Following{Events: 100, Seals: 100}); out.Missing != 2 || len(out.Events) != 2 {
		t.Errorf("after the removal: %+v", out)
	}
}

// The audit says what followers are told of: an activation, a lock once, a licence
// that is full.
func TestWhatHappened(t *testing.T) {
	p := newPlay(t)
	happened := func() (all []string) {
		for _, e := range p.allEvents() {
			all = append(all, e.Happened...)
		}
		return all
	}
	r := p.mustRegister("user1")
	p.deliver(r)
	must(0, p.activate(r.RegistrationID, p.hotp([]byte(rfc4226Secret), 0)))(t)
	if got := happened(); !slices.Equal(got, []string{provision.AuthenticatorActivated}) {
		t.Errorf("after an activation: %q", got)
	}
	page := newPage(t)
	page.FreeBytes = 1 // refusals of strangers are summed up, but not those that lock
	for range 8 {
		page.refused(page.guess("192.0.2.1", "wrong"), 1000)
	}
	p = page
	if got := happened(); !slices.Equal(got, []string{provision.UserIsLocked}) {
		t.Errorf("after wrong passwords: %q", got)
	}
	must(p.UnlockUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)
	if got := len(happened()); got != 1 {
		t.Errorf("%d things happened after an unlock", got)
	}
}
