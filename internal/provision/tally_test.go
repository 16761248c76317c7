package provision_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// Refusals for which there is no room in the audit are counted, and change what
// they would have: the user is locked all the same.
func TestRefusalsBeyondTheirRoomAreSummedUp(t *testing.T) {
	p := newPage(t)
	p.FreeBytes = 40_000
	known := netip.MustParseAddr("192.0.2.9")
	p.Known = func(address netip.Addr) bool { return address == known }
	const many = 60
	for range many {
		p.refused(p.guess("192.0.2.1", "wrong"), 1000)
	}
	u := p.account("user1")
	if u.LockedAt.IsZero() {
		t.Errorf("the user is not locked: %+v", u)
	}
	single := len(p.events("self-management sign-in"))
	if single == 0 || single >= many/2 {
		t.Errorf("%d of %d refusals have an event each", single, many)
	}
	p.refused(p.guess(known.String(), "wrong"), 1000)
	if now := len(p.events("self-management sign-in")); now != single+1 {
		t.Errorf("a refusal at a known address has no event of its own")
	}
	must(0, p.NoteTallied(t.Context()))(t)
	sum := 0
	for _, event := range p.events("self-management sign-in") {
		sum += max(1, event.Times)
		if event.Times > 0 && (event.UserID != "" || event.Address != "192.0.2.1") {
			t.Errorf("sum %+v", event)
		}
	}
	if sum != many+1 {
		t.Errorf("events and sums are of %d refusals, want %d", sum, many+1)
	}
	p.wait(24 * time.Hour)
	before := p.commits()
	p.refused(p.guess("192.0.2.1", "wrong"), 1000)
	if p.commits() == before {
		t.Error("a day later there is no room")
	}
}

// Sums that find no room are joined, and at the end none is left out.
func TestSumsBeyondTheirRoomAreJoined(t *testing.T) {
	p := newPage(t)
	p.FreeBytes = 10_000
	const many = 500
	for n := range many {
		err := p.Admit(t.Context(), provision.Caller{Address: netip.AddrFrom4([4]byte{198, 51, byte(n / 256), byte(n)}), RequestID: "r"})
		if refusal := p.refused(err, 1005); refusal.Refusal != provision.NoComponent {
			t.Errorf("refused with %s", refusal.Refusal)
		}
	}
	before := p.commits()
	must(0, p.NoteTallied(t.Context()))(t)
	if written := p.commits() - before; written > 5 {
		t.Errorf("%d events for the sums", written)
	}
	must(0, p.FinishTallied(t.Context()))(t)
	sum := 0
	for _, operation := range []string{"request", "others"} {
		for _, event := range p.events(operation) {
			sum += max(1, event.Times)
		}
	}
	if sum != many {
		t.Errorf("events and sums are of %d refusals, want %d", sum, many)
	}
	must(0, p.NoteTallied(t.Context()))(t)
	if p.commits()-before > 8 {
		t.Error("sums are written twice")
	}
}

// A server without components refuses nobody before it has read a request.
func TestAdmitWithoutComponents(t *testing.T) {
	p := newPage(t)
	stranger := provision.Caller{Address: netip.MustParseAddr("198.51.100.1"), RequestID: "r"}
	p.refused(p.Admit(t.Context(), stranger), 1005)
	for _, c := range must(p.ListComponents(t.Context(), provision.ListComponents{}))(t).Records {
		if c.Location.String() != "0.0.0.0/32" {
			must(p.DeleteComponent(t.Context(), operator(), provision.NameComponent{ComponentType: c.ComponentType, Location: c.Location.String()}))(t)
		}
	}
	must(0, p.Admit(t.Context(), stranger))(t)
}
