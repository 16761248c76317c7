package provision_test

import (
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
)

// While room is short, strangers write nothing; while it is scarce, no new
// registration does, and an open one goes on.
func TestSpace(t *testing.T) {
	p := newPage(t)
	space := provision.Ample
	p.Space = func() provision.Space { return space }
	a := p.mustRegister("user1")

	space = provision.Short
	before := p.commits()
	p.refused(p.guess("192.0.2.1", "wrong"), 1000)
	must(0, p.NoteTallied(t.Context()))(t)
	if got := p.commits(); got != before {
		t.Errorf("%d events for a stranger", got-before)
	}
	p.mustRegister("user2")

	space = provision.Scarce
	_, err := p.register("user2")
	if refusal := p.refused(err, -1); refusal.Refusal != provision.Busy {
		t.Errorf("refused with %s", refusal.Refusal)
	}
	p.deliver(a)

	space = provision.Ample
	must(0, p.NoteTallied(t.Context()))(t)
	sum := 0
	for _, event := range p.events("self-management sign-in") {
		sum += event.Times
	}
	if sum != 1 {
		t.Errorf("the sum is of %d refusals, want 1", sum)
	}
}
