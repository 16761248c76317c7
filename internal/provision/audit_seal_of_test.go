package provision_test

import (
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"
)

// Each event has the seal that names it, in a run that goes on and in one that
// has ended, also where the first seals are gone; one that is not sealed has none.
func TestSealOfAnEvent(t *testing.T) {
	p := newPlay(t)
	for n := range 9 {
		p.decide(n % 3)
		p.wait(time.Minute)
		p.seal()
	}
	p.wait(-time.Minute) // one that comes late
	p.decide(1)
	p.wait(time.Minute)
	p.seal()
	p.everySealIsFound("in one run")
	p.restart("second")
	p.sealEnded()
	p.decide(2)
	p.seal()
	p.everySealIsFound("after a restart")
	must(p.PruneAudit(t.Context(), operator(), audit.Limit{Before: p.clock().Add(-4 * time.Minute)}))(t)
	p.seal()
	p.everySealIsFound("after the beginning was pruned")
	p.decide(1)
	events := p.events("user enable")
	if _, sealed, err := p.Audit.SealOf(t.Context(), events[len(events)-1].EventKey); sealed || err != nil {
		t.Errorf("the last event is sealed: %t, %v", sealed, err)
	}
}

func (p *play) everySealIsFound(when string) {
	p.t.Helper()
	all := must(p.ListAuditEvents(p.t.Context(), provision.ListAuditEvents{Limit: 1000}))(p.t).Records
	for _, event := range all {
		seal, sealed, err := p.Audit.SealOf(p.t.Context(), event.EventKey)
		if err != nil || !sealed {
			p.t.Errorf("%s: the seal of %s: %t, %v", when, event.EventKey, sealed, err)
			continue
		}
		found := false
		for _, named := range seal.Events {
			found = found || named.Random == event.Random
		}
		if seal.Run != event.Run || !found {
			p.t.Errorf("%s: %s does not name %s", when, seal.SealKey, event.EventKey)
		}
	}
}
