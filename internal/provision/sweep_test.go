package provision_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

const retention = time.Hour

func (p *play) sweep(want int) {
	p.t.Helper()
	if got := must(p.SweepRegistrations(p.t.Context(), operator(), retention))(p.t); got.Deleted != want {
		p.t.Errorf("deleted %d registrations, want %d", got.Deleted, want)
	}
}

func (p *play) exists(registrationID string) bool {
	p.t.Helper()
	found := true
	p.view(func(v *store.View) error {
		_, err := store.Get(v, provision.Registrations, registrationID)
		if errors.Is(err, store.ErrNotFound) {
			found, err = false, nil
		}
		return err
	})
	return found
}

func TestSweepDeletesWhatIsOver(t *testing.T) {
	p := newPlay(t)
	expired := p.mustRegister("user1").RegistrationID
	activated := p.mustRegister("user2")
	p.deliver(activated)
	code, _ := p.derivationCode([]byte(rfc4226Secret), "VDS1000141", "device", uint64(p.clock().Unix()/30), totp())
	must(0, p.bind(activated.RegistrationID, code))(t)
	closed := p.mustRegister("user2").RegistrationID
	must(p.CloseRegistration(t.Context(), operator(), provision.CloseRegistration{RegistrationID: closed}))(t)
	p.sweep(0)
	must(0, p.bind(activated.RegistrationID, code))(t) // the same code again, within the lifetime

	p.wait(time.Minute)
	living := p.mustRegister("user2").RegistrationID
	p.wait(9*time.Minute + retention - 1)
	p.sweep(0)
	p.wait(1)
	p.sweep(3)
	p.sweep(0)
	for id, want := range map[string]bool{expired: false, activated.RegistrationID: false, closed: false, living: true} {
		if p.exists(id) != want {
			t.Errorf("registration %s exists: %v", id, !want)
		}
	}
	if a := p.device("VDS1000140"); a.OpenRegistration != "" {
		t.Errorf("the authenticator still has %s open", a.OpenRegistration)
	}
	if a := p.device("VDS1000141"); a.OpenRegistration != living {
		t.Errorf("the authenticator has %q open, want %s", a.OpenRegistration, living)
	}
	p.refused(p.activate(expired, "755224"), -13)
	p.mustRegister("user1")
}

// secrets are what of a registration is sealed.
func secrets(r provision.Registration) (names []string) {
	for name, sealed := range map[string][]byte{
		"s": r.Salt, "v": r.Verifier, "b": r.ServerSecret, "message 1": r.Message1, "device code": r.DeviceCode,
		"message 2": r.Message2, "derivation code": r.DerivationCode,
	} {
		if len(sealed) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// The secrets of a registration go at the first sweep after its lifetime, and
// not before, whatever has happened in it; what it was stays to be seen.
func TestSweepTakesTheSecretsOfWhatHasExpired(t *testing.T) {
	p := newPlay(t)
	for n := range 3 {
		p.user(fmt.Sprintf("busy%d", n), fmt.Sprintf("VDS100030%d", n), hotp())
	}
	registered := p.mustRegister("busy0")
	exchanged := p.mustRegister("busy1")
	h := p.exchange(exchanged)
	issued := p.mustRegister("busy2")
	p.deliver(issued)
	activated := p.mustRegister("user1")
	p.deliver(activated)
	code, _ := p.derivationCode([]byte(rfc4226Secret), "VDS1000140", "device", 0, hotp())
	must(0, p.bind(activated.RegistrationID, code))(t)

	held := map[string]string{
		registered.RegistrationID: "s v", exchanged.RegistrationID: "b s v",
		issued.RegistrationID: "s v", activated.RegistrationID: "derivation code",
	}
	p.wait(10*time.Minute - 1)
	sweep := func(when string, want provision.Swept) {
		t.Helper()
		if got := must(p.SweepRegistrations(t.Context(), operator(), retention))(t); got != want {
			t.Errorf("%s: %+v, want %+v", when, got, want)
		}
	}
	sweep("within the lifetimes", provision.Swept{})
	before := make(map[string]provision.Registration)
	for id, want := range held {
		before[id] = p.registration(id)
		if got := strings.Join(secrets(before[id]), " "); got != want {
			t.Errorf("%s: it holds %s, want %s", before[id].State, got, want)
		}
	}
	must(0, p.bind(activated.RegistrationID, code))(t)
	p.wait(1)
	sweep("at their end", provision.Swept{Blanked: 4})
	sweep("once more", provision.Swept{})
	for id, was := range before {
		r := p.registration(id)
		if got := secrets(r); len(got) > 0 || r.State != was.State || r.Attempts != was.Attempts || !r.ExpiresAt.Equal(was.ExpiresAt) {
			t.Errorf("%s: %+v still holds %v", was.State, r, got)
		}
		p.refused(p.bind(id, code), -13)
	}
	if events := p.events("registration sweep"); len(events) != 1 || len(events[0].Checks) != 4 {
		t.Errorf("%+v", events)
	}
	_, err := p.prove(h, h.M1)
	p.refused(err, -13)
	p.wait(-time.Minute) // a clock that is set back brings none of it to life
	_, err = p.prove(h, h.M1)
	p.refused(err, -13)
	p.wait(time.Minute + retention)
	sweep("a retention later", provision.Swept{Deleted: 4})
}

// Every sweep that deletes is one event in the audit, and one that does not
// leaves none.
func TestSweepReachesTheAudit(t *testing.T) {
	p := newPlay(t)
	p.sweep(0)
	id := p.mustRegister("user1").RegistrationID
	p.wait(2 * retention)
	p.sweep(1)
	p.sweep(0)
	events := p.events("registration sweep")
	if len(events) != 1 || len(events[0].Checks) != 1 || events[0].Checks[0].Detail != id {
		t.Errorf("%+v", events)
	}
}

func TestSweepGoesOnAfterABatch(t *testing.T) {
	p := newPlay(t)
	for range 150 {
		p.mustRegister("user1") // which supersedes the one before
	}
	p.wait(2 * retention)
	p.sweep(150)
	if got := len(p.events("registration sweep")); got != 3 {
		t.Errorf("%d transactions, want 3 of at most 64", got)
	}
	p.view(func(v *store.View) error {
		for r, err := range store.Scan(v, provision.Registrations, "", "") {
			t.Errorf("left: %+v, %v", r, err)
		}
		for e, err := range store.Scan(v, provision.Expiries, provision.ExpiryKey{}, provision.ExpiryKey{}) {
			t.Errorf("left: %+v, %v", e, err)
		}
		return nil
	})
}

// What only the index or only the records say.
func TestSweepFollowsTheIndex(t *testing.T) {
	p := newPlay(t)
	r := p.registration(p.mustRegister("user1").RegistrationID)
	right := provision.Expiry{ExpiryKey: provision.ExpiryKey{ExpiresAt: r.ExpiresAt, RegistrationID: r.ID}}
	early, ghost := right, right
	early.ExpiresAt = early.ExpiresAt.Add(-24 * time.Hour)
	ghost.ExpiresAt, ghost.RegistrationID = early.ExpiresAt, "nowhere1"
	must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(store.Put(tx, provision.Expiries, early), store.Put(tx, provision.Expiries, ghost))
	}))(t)
	p.sweep(0) // takes both entries away and leaves the registration
	if !p.exists(r.ID) {
		t.Error("swept a registration that lives")
	}
	if problems := must(provision.CheckRecords(t.Context(), p.Store, p.clock()))(t); len(problems) != 0 {
		t.Errorf("%v", problems)
	}
}

// A sweep beside everything else: nobody loses a registration that lives, and
// whatever is cut short leaves records that agree.
func TestSweepBesideSteps(t *testing.T) {
	for _, retention := range []time.Duration{0, time.Hour} {
		sweepBesideSteps(t, retention)
	}
}

func sweepBesideSteps(t *testing.T, retention time.Duration) {
	p := newPlay(t)
	const users, rounds = 6, 12
	for n := range users {
		p.user(fmt.Sprintf("busy%d", n), fmt.Sprintf("VDS10003%02d", n), hotp())
	}
	var others, sweeping sync.WaitGroup
	done := make(chan struct{})
	sweeping.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if _, err := p.SweepRegistrations(t.Context(), operator(), retention); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for n := range users {
		others.Go(func() {
			for range rounds {
				before := p.clock()
				r, err := p.register(fmt.Sprintf("busy%d", n))
				if err == nil {
					_, err = p.DSAPPSRPGenerateEphemeralKey(t.Context(), caller(), provision.DSAPPSRPGenerateEphemeralKey{
						RegistrationID: r.RegistrationID, ClientEphemeralPublicKey: "2"})
				}
				over := !p.clock().Before(before.Add(10 * time.Minute))
				if err != nil && !over {
					t.Errorf("within the lifetime: %v", err)
				}
				p.wait(time.Minute)
			}
		})
	}
	others.Wait()
	close(done)
	sweeping.Wait()
}

// between has something else happen between what the play's next operation
// reads and what it writes.
func (p *play) between(happens func()) {
	p.interpose(1, happens)
}

// interpose has something else happen before each of the next commits.
func (p *play) interpose(times int, happens func()) {
	p.keepIn(store.New(&interposed{Engine: p.engine, times: times, before: happens}, []byte("record key")))
}

type interposed struct {
	store.Engine
	times  int
	before func()
}

func (e *interposed) Commit(ctx context.Context, reads []store.Read, writes []store.Write) error {
	if e.times > 0 {
		e.times--
		e.before()
	}
	return e.Engine.Commit(ctx, reads, writes)
}

func TestSweepDoesNotUndoARegister(t *testing.T) {
	p := newPlay(t)
	before := p.mustRegister("user1").RegistrationID
	p.wait(2 * retention)
	var after string
	p.between(func() { after = p.mustRegister("user1").RegistrationID })
	p.sweep(1)
	if a := p.device("VDS1000140"); p.exists(before) || a.OpenRegistration != after {
		t.Errorf("the authenticator has %q open, want %q", a.OpenRegistration, after)
	}
}

// The sweep of a registration takes its pending instance along, and leaves
// those that are active or wait for another.
func TestSweepOfLicences(t *testing.T) {
	p := newLicencePlay(t, 4)
	active := p.add()
	must(p.sign(active.id, active.signature))(t)
	p.add()
	p.add()
	p.wait(time.Minute)
	waiting := p.add()
	p.wait(9 * time.Minute)
	if swept := must(p.SweepRegistrations(t.Context(), operator(), retention))(t); swept.Blanked != 3 {
		t.Errorf("%+v", swept)
	}
	got := p.licence()
	if len(got.Instances) != 2 || got.Instances[0].State != provision.InstanceActive || got.Instances[1].RegistrationID != waiting.id || got.NextSequenceNumber != 5 {
		t.Errorf("%+v", got)
	}
}
