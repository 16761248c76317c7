package listen

import (
	"context"
	"net/netip"
	"runtime"
)

// Shared is what the endpoints of one server share out together: the memory of
// bodies, and turns at costly work.
type Shared struct {
	Known  Known
	bodies bodies

	// Unknown addresses use a quarter of the processors at most: half of them,
	// half of the time. Those who are known, and all that is cheap, find the
	// rest free, and what the network and the memory of such work cost besides
	// takes less than half.
	strangers, acquaintances *gate
}

// NewShared allows bodies in flight to take that many bytes, and as many
// costly pieces of work at once as there are processors.
func NewShared(bodyBytes int64) *Shared {
	processors := runtime.GOMAXPROCS(0)
	s := &Shared{strangers: newGate(max(1, processors/2)), acquaintances: newGate(processors)}
	s.strangers.rests = true
	s.bodies = bodies{limit: bodyBytes, known: &s.Known, holders: make(map[netip.Prefix]*holder)}
	return s
}

// Turn waits until a costly piece of work, asked for by a peer as http.Request
// has it in RemoteAddr, may run. The caller calls done when it has; a second
// call does nothing. The error is the context's.
func (s *Shared) Turn(ctx context.Context, remoteAddr string) (done func(), err error) {
	from := key(remoteAddr)
	return s.gate(from).enter(ctx, from)
}

func (s *Shared) gate(from netip.Prefix) *gate {
	if s.Known.has(from) {
		return s.acquaintances
	}
	return s.strangers
}
