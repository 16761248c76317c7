package provision_test

import (
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
)

// told reports whether the watch has something, and takes it.
func told(moved <-chan struct{}) bool {
	select {
	case <-moved:
		return true
	default:
		return false
	}
}

// TestWatchTellsOfEveryCommit looks after each step whether it was told, to
// each of two, and to nobody who watches another registration.
func TestWatchTellsOfEveryCommit(t *testing.T) {
	p := newPlay(t)
	r, other := p.mustRegister("user1"), p.mustRegister("user2")
	first, stopFirst := p.WatchRegistration(r.RegistrationID)
	second, stopSecond := p.WatchRegistration(r.RegistrationID)
	elsewhere, stopElsewhere := p.WatchRegistration(other.RegistrationID)
	if told(first) {
		t.Error("told before anything moved")
	}
	for _, step := range []struct {
		name string
		take func()
	}{
		{"an exchange of two commits, told once", func() { p.deliver(r) }},
		{"a wrong proof", func() { p.refused(p.activate(r.RegistrationID, "000000"), 1000) }},
		{"superseded by the commit of another", func() { p.mustRegister("user1") }},
	} {
		step.take()
		if !told(first) || !told(second) {
			t.Errorf("%s: not told", step.name)
		}
		if told(first) || told(elsewhere) {
			t.Errorf("%s: told twice, or to who watches another", step.name)
		}
	}
	p.refused(p.activate(r.RegistrationID, "000000"), -13)
	if told(first) {
		t.Error("told of a refusal that wrote nothing")
	}
	for _, stop := range []func(){stopFirst, stopSecond, stopElsewhere, stopFirst} {
		stop()
	}
	if n := p.Watchers(); n != 0 {
		t.Errorf("%d registrations are still watched", n)
	}
}

// TestWatchComesAfterTheCommit holds that who is told finds what he was told
// of.
func TestWatchComesAfterTheCommit(t *testing.T) {
	p := newPlay(t)
	for range 20 {
		r := p.mustRegister("user1")
		moved, stop := p.WatchRegistration(r.RegistrationID)
		done := make(chan provision.RegistrationState)
		go func() {
			<-moved
			got, err := p.ShowRegistration(t.Context(), r.RegistrationID)
			if err != nil {
				t.Error(err)
			}
			done <- got.State
		}()
		p.exchange(r)
		if state := <-done; state != provision.KeyExchanged {
			t.Errorf("told, and found %s", state)
		}
		stop()
	}
}
