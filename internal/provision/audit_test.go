package provision_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/store/memory"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// endAudit ends every play with a look at whether its audit holds.
func (p *play) endAudit() {
	p.t.Helper()
	if p.tampered {
		return
	}
	if _, err := p.Audit.Finish(context.Background()); err != nil {
		p.t.Error(err)
	}
	got, err := p.Audit.Verify(context.Background(), nil)
	if err != nil || len(got.Broken) > 0 || got.Unsealed > 0 {
		p.t.Errorf("the audit after the play: %+v, %v", got, err)
	}
}

// restart ends the run, by a crash unless it is finished first, and begins
// another.
func (p *play) restart(run string) {
	p.t.Helper()
	if err := p.Store.Close(); err != nil {
		p.t.Fatal(err)
	}
	p.begin(run, p.engine.(*memory.Engine).Copy())
}

func (p *play) seal() {
	p.t.Helper()
	if err := p.Audit.Seal(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

func (p *play) finish() {
	p.t.Helper()
	must(p.Audit.Finish(p.t.Context()))(p.t)
}

func (p *play) sealEnded() {
	p.t.Helper()
	must(p.Audit.SealEndedRuns(p.t.Context(), nil))(p.t)
}

func (p *play) verify() audit.Verification {
	p.t.Helper()
	return must(p.Audit.Verify(p.t.Context(), nil))(p.t)
}

// holds checks what a verification counts in a sound audit.
func (p *play) holds(when string, runs, seals, events, unsealed int) {
	p.t.Helper()
	got := p.verify()
	got.Ends = nil
	want := audit.Verification{Runs: runs, Seals: seals, Events: events, Unsealed: unsealed}
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Errorf("%s: %s", when, diff)
	}
}

// decide has n events of one operation written, each a second after the last.
func (p *play) decide(n int) {
	p.t.Helper()
	for range n {
		p.wait(time.Second)
		_, err := p.EnableUser(p.t.Context(), operator(), provision.NameUser{UserID: "user1"})
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

// furnished is how many events a play begins with.
func (p *play) furnished() int { return p.verify().Unsealed }

func TestEventsAreSealedOnce(t *testing.T) {
	p := newPlay(t)
	n := p.furnished()
	p.seal()
	p.holds("sealed", 1, 1, n, 0)
	p.seal()
	p.holds("nothing new", 1, 1, n, 0)
	p.decide(3)
	p.holds("three more", 1, 1, n, 3)
	p.seal()
	p.holds("and sealed", 1, 2, n+3, 0)
	p.finish()
	p.holds("finished", 1, 3, n+3, 0)
	p.finish()
	p.holds("and again", 1, 3, n+3, 0)
}

func TestFinishingSealsTheRestAsFinal(t *testing.T) {
	p := newPlay(t)
	n := p.furnished()
	p.finish()
	p.holds("finished", 1, 1, n, 0)
	_, err := p.register("user1")
	if !errors.Is(err, audit.ErrEnded) {
		t.Errorf("an operation after the end: %v", err)
	}
	p.holds("still", 1, 1, n, 0)
	p.restart("second")
	p.finish()
	p.holds("a run that decided nothing", 1, 1, n, 0)
}

// A seal takes what has come since the last one, whatever its time.
func TestLateEventGoesIntoTheNextSeal(t *testing.T) {
	p := newPlay(t)
	p.decide(2)
	p.seal()
	n := p.verify().Events
	p.wait(-90 * time.Second) // as if it had taken so long to commit
	p.decide(1)
	p.wait(90 * time.Second)
	p.holds("late", 1, 1, n, 1)
	p.decide(1)
	p.seal()
	p.holds("sealed", 1, 2, n+2, 0)
	p.wait(-time.Hour) // somebody sets the clock
	p.decide(2)
	p.seal()
	p.wait(2 * time.Hour)
	p.decide(2)
	p.seal()
	p.holds("after the clock was set twice", 1, 4, n+6, 0)
}

func TestManyEventsTakeSeveralSeals(t *testing.T) {
	p := newPlay(t)
	n := p.furnished()
	atOnce(64, func(int) error {
		for range 35 {
			_, err := p.EnableUser(t.Context(), operator(), provision.NameUser{UserID: "nobody"})
			p.refused(err, -13)
		}
		return nil
	})
	p.seal()
	p.holds("sealed", 1, 3, n+64*35, 0)
}

func TestCrashBetweenEventAndSeal(t *testing.T) {
	for _, sealed := range []bool{false, true} {
		p := newPlay(t)
		if n := p.furnished(); sealed {
			p.seal()
			p.holds("sealed", 1, 1, n, 0)
		}
		before := p.verify()
		p.decide(3)
		p.restart("second")
		p.holds("after the crash", 1, before.Seals, before.Events, before.Unsealed+3)
		p.decide(1)
		p.seal()
		p.holds("the next run runs", 2, before.Seals+1, before.Events+1, before.Unsealed+3)
		p.sealEnded()
		p.holds("what was left is sealed", 2, before.Seals+2, before.Events+before.Unsealed+4, 0)
		p.sealEnded()
		p.holds("once", 2, before.Seals+2, before.Events+before.Unsealed+4, 0)
		p.restart("third")
		p.sealEnded()
		p.finish()
		p.holds("and the second one's end", 2, before.Seals+3, before.Events+before.Unsealed+4, 0)
	}
}

// A run decides much more than its sealing keeps up with, as an import does,
// and each of its seals, and those of the run after a crash, may be the last.
func TestBacklogIsNoTampering(t *testing.T) {
	p := newPlay(t)
	p.decide(2)
	p.seal()
	atOnce(40, func(int) error {
		for range 60 {
			p.wait(time.Second)
			_, err := p.EnableUser(t.Context(), operator(), provision.NameUser{UserID: "nobody"})
			p.refused(err, -13)
		}
		return nil
	})
	p.wait(time.Hour)
	total := p.verify().Unsealed + p.verify().Events
	commits := 0
	p.keepIn(store.New(&faulty{Engine: p.engine, commit: func() (bool, bool) {
		commits++
		return commits%2 == 1, commits%2 == 0
	}}, []byte("record key")))
	if err := p.Audit.Seal(t.Context()); !errors.Is(err, store.ErrUncertain) {
		t.Fatal("sealing went on: ", err)
	}
	p.wait(time.Hour)
	allThere := func(when string) {
		t.Helper()
		if got := p.verify(); len(got.Broken) > 0 || got.Events+got.Unsealed != total {
			t.Errorf("%s: %d events: %+v", when, total, got)
		}
	}
	allThere("interrupted")
	p.restart("second")
	p.keepIn(store.New(&faulty{Engine: p.engine, commit: func() (bool, bool) {
		commits++
		return commits%2 == 1, commits%2 == 0
	}}, []byte("record key")))
	commits = 0
	if _, err := p.Audit.SealEndedRuns(t.Context(), nil); !errors.Is(err, store.ErrUncertain) {
		t.Fatal("sealing the ended run went on: ", err)
	}
	allThere("interrupted again")
	p.restart("third")
	p.sealEnded()
	allThere("sealed")
	if got := p.verify(); got.Unsealed != 0 {
		t.Errorf("left unsealed: %+v", got)
	}
}

// The first seal of a run names the ends of all before.
func TestRunsAreChained(t *testing.T) {
	p := newPlay(t)
	p.finish()
	for _, run := range []string{"second", "third", "fourth"} {
		p.restart(run)
		p.decide(1)
		p.finish()
	}
	got := p.verify()
	if len(got.Ends) != 1 || got.Ends[0].Run != "fourth" {
		t.Errorf("the one end is the last run's: %v", got.Ends)
	}
}

// faulty commits and says that it is uncertain, or does not and says so.
type faulty struct {
	store.Engine
	mu     sync.Mutex
	commit func() (write, fail bool)
}

func (f *faulty) Commit(ctx context.Context, reads []store.Read, writes []store.Write) error {
	f.mu.Lock()
	write, fail := f.commit()
	f.mu.Unlock()
	if write {
		if err := f.Engine.Commit(ctx, reads, writes); err != nil {
			return err
		}
	}
	if fail {
		return store.ErrUncertain
	}
	return nil
}

// However commits fail, every event that is in the store comes to be sealed,
// and once.
func TestUncertainCommitsLeaveNoEventUnsealed(t *testing.T) {
	p := newPlay(t)
	faults := &faulty{Engine: p.engine, commit: func() (bool, bool) {
		switch rand.IntN(4) {
		case 0:
			return true, true
		case 1:
			return false, true
		}
		return true, false
	}}
	p.keepIn(store.New(faults, []byte("record key")))
	for range 200 {
		p.wait(time.Duration(rand.IntN(1500)) * time.Millisecond)
		_, _ = p.EnableUser(t.Context(), operator(), provision.NameUser{UserID: "user1"})
		if rand.IntN(4) == 0 {
			if err := p.Audit.Seal(t.Context()); err != nil && !errors.Is(err, store.ErrUncertain) {
				t.Fatal(err)
			}
		}
	}
	p.keepIn(store.New(p.engine, []byte("record key")))
	p.seal()
	inStore := len(p.events("user enable"))
	if got := p.verify(); got.Unsealed != 0 || len(got.Broken) > 0 || got.Events < inStore {
		t.Errorf("%d events of the play in the store: %+v", inStore, got)
	}
	named := make(map[audit.EventDigest]int)
	p.view(func(v *store.View) error {
		for seal, err := range store.Scan(v, audit.Seals, audit.SealKey{}, audit.SealKey{}) {
			if err != nil {
				return err
			}
			for _, event := range seal.Events {
				if named[event]++; named[event] > 1 {
					t.Errorf("event %s is named %d times", event.Random, named[event])
				}
			}
		}
		return nil
	})
}

func TestSealingBesideOperations(t *testing.T) {
	p := newPlay(t)
	n := p.furnished()
	ctx, stop := context.WithCancel(t.Context())
	var beside sync.WaitGroup
	for _, work := range []func() error{
		func() error { return p.Audit.Seal(ctx) },
		func() error { return p.Audit.Seal(ctx) },
		func() error {
			got, err := p.Audit.Verify(ctx, nil)
			if len(got.Broken) > 0 {
				t.Errorf("beside the work: %+v", got)
			}
			return err
		},
	} {
		beside.Go(func() {
			for ctx.Err() == nil {
				if err := work(); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	atOnce(8, func(int) error {
		for range 25 {
			p.wait(10 * time.Millisecond)
			_, err := p.EnableUser(t.Context(), operator(), provision.NameUser{UserID: "nobody"})
			p.refused(err, -13)
		}
		return nil
	})
	stop()
	beside.Wait()
	p.finish()
	if got := p.verify(); got.Events != n+200 || got.Unsealed != 0 {
		t.Errorf("%d events: %+v", n+200, got)
	}
}

// A user ID may be anything at all, a mistyped password too.
func TestEventsHoldNothingThatATerminalActsUpon(t *testing.T) {
	p := newPlay(t)
	hostile := "a\x1b[2J\r\nuser1 \u202eb\xff" + strings.Repeat("é", 300)
	_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: hostile, StaticPassword: "Password2"})
	p.refused(err, 1000)
	events := p.events("dsappSRPRegister")
	want := `a\x1b[2J\r\nuser1 \u202eb\xff` + strings.Repeat("é", 255-16) + "…"
	if got := events[0].UserID; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Of two servers that begin at once, one names the end of the run before, and
// the other one what is the end then.
func TestTwoRunsBeginAtOnce(t *testing.T) {
	p := newPlay(t)
	p.finish()
	p.restart("run2")
	p.decide(1)
	other := &play{t: t, now: p.clock()}
	other.begin("run3", p.engine)
	other.decide(1)
	p.between(other.seal)
	p.seal()
	named := make(map[string][]string)
	p.view(func(v *store.View) error {
		for seal, err := range store.Scan(v, audit.Seals, audit.SealKey{}, audit.SealKey{}) {
			if err != nil {
				return err
			}
			for _, after := range seal.After {
				named[seal.String()] = append(named[seal.String()], after.String())
			}
		}
		return nil
	})
	want := map[string][]string{"run3/1": {"play/1"}, "run2/1": {"run3/1"}}
	if diff := cmp.Diff(want, named); diff != "" {
		t.Error(diff)
	}
	other.decide(1)
	other.finish()
	p.holds("both", 3, 4, p.verify().Events, 0)
}
