package provision_test

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/passwords"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// A refusal because the queue is full is counted, and committed in a sum.
func TestBusyRefusalsAreSummedUp(t *testing.T) {
	p := newPage(t)
	p.Passwords = must(passwords.New(passwords.Cost{MemoryKiB: 8, Time: 1, Parallelism: 1}, 1, 0, rand.Reader))(t)
	p.Passwords.Pause = 0
	leave := must(p.Passwords.Enter(t.Context(), passwords.Share{Door: "test"}))(t)
	before := p.device("VDS1000140").Revision
	commits := p.commits()
	for n := range 3 {
		_, err := p.register(fmt.Sprint("user", n))
		if refusal := p.refused(err, -1); refusal.Refusal != provision.Busy {
			t.Errorf("refused with %s", refusal.Refusal)
		}
		p.wait(time.Second)
	}
	for _, host := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.2"} {
		p.refused(p.guess(host, "Password2"), -1)
	}
	if got := p.commits(); got != commits || p.device("VDS1000140").Revision != before {
		t.Errorf("%d commits for refusals that are only counted", got-commits)
	}
	for range 2 { // the second time there is nothing to note
		must(0, p.NoteTallied(t.Context()))(t)
	}
	times := map[string]int{}
	for _, operation := range []string{"dsappSRPRegister", "self-management sign-in"} {
		for _, event := range p.events(operation) {
			times[fmt.Sprintf("%s at %s: %d", event.ComponentType, event.Address, event.Status.StatusCode)] += event.Times
			if event.UserID != "" || event.RequestID != "" {
				t.Errorf("a sum names one: %+v", event)
			}
		}
	}
	want := map[string]int{"srp-component at 127.0.0.1: -1": 3, "page at 192.0.2.1: -1": 1, "page at 192.0.2.2: -1": 2}
	if fmt.Sprint(times) != fmt.Sprint(want) {
		t.Errorf("summed up %v, want %v", times, want)
	}
	leave()
	p.mustRegister("user1")
}

// commits counts the events of the audit, of which every commit has one.
func (p *play) commits() (n int) {
	p.t.Helper()
	p.view(func(v *store.View) error {
		for _, err := range store.Scan(v, audit.Events, audit.EventKey{}, audit.EventKey{}) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n
}

// Refusals from any number of addresses take bounded memory, and none is lost.
func TestSumsAreBounded(t *testing.T) {
	p := newPage(t)
	p.Passwords = must(passwords.New(passwords.Cost{MemoryKiB: 8, Time: 1, Parallelism: 1}, 1, 0, rand.Reader))(t)
	p.Passwords.Pause = 0
	leave := must(p.Passwords.Enter(t.Context(), passwords.Share{Door: "test"}))(t)
	defer leave()
	const many = 1200
	for n := range many {
		p.refused(p.guess(netip.AddrFrom4([4]byte{198, 51, byte(n / 256), byte(n % 256)}).String(), "x"), -1)
	}
	must(0, p.NoteTallied(t.Context()))(t)
	sum := 0
	all := append(p.events("self-management sign-in"), p.events("others")...)
	for _, event := range all {
		sum += event.Times
	}
	if sum != many || len(all) > 1025 {
		t.Errorf("%d events sum up %d refusals, want %d", len(all), sum, many)
	}
}
