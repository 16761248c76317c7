package listen

import (
	"context"
	"net/netip"
	"runtime"
	"time"
)

// Shared is what the endpoints of one server share out together: the memory of
// bodies, and turns at costly work.
type Shared struct {
	Known  Known
	bodies bodies

	// Costly messages from unknown addresses use a quarter of the processors at
	// most: half of them, half of the time. Those who are known, and all that
	// is cheap, find the rest free, and what the network and the memory of such
	// work cost besides takes less than half.
	strangers *gate

	// Handshakes with unknown addresses use half of the processors at most. Each
	// takes less than a millisecond, so a place does not rest after it.
	handshakes *gate

	acquaintances *gate

	closed   pace // of requests from addresses at which nobody may call
	requests pace // of requests from addresses that are not known
}

// How many requests in a second are read that come from addresses at which no
// component may call: of one address, and of all together.
const (
	closedPerAddress = 50
	closedInAll      = 200
)

// How many requests in a second are answered that come from addresses which are
// not known: of one address, and of all together. To refuse a request costs
// little, but not as often as one can be sent.
const (
	strangePerAddress = 500
	strangeInAll      = 1000
)

// NewShared allows bodies in flight to take that many bytes, and as many
// costly pieces of work at once as there are processors.
func NewShared(bodyBytes int64) *Shared {
	processors := runtime.GOMAXPROCS(0)
	half := max(1, processors/2)
	s := &Shared{strangers: newGate(half), handshakes: newGate(half), acquaintances: newGate(processors)}
	s.strangers.rests = true
	s.closed = pace{perAddress: closedPerAddress, inAll: closedInAll}
	s.requests = pace{perAddress: strangePerAddress, inAll: strangeInAll}
	s.bodies = bodies{limit: bodyBytes, known: &s.Known, holders: make(map[netip.Prefix]*holder)}
	return s
}

// Resize changes how many bytes bodies in flight may take. Those that hold more
// already give it back as they end.
func (s *Shared) Resize(bodyBytes int64) {
	s.bodies.mu.Lock()
	defer s.bodies.mu.Unlock()
	s.bodies.limit = bodyBytes
}

// Turn waits until a costly piece of work, asked for by a peer as http.Request
// has it in RemoteAddr, may run. The caller calls done when it has; a second
// call does nothing. The error is the context's.
func (s *Shared) Turn(ctx context.Context, remoteAddr string) (done func(), err error) {
	return s.turn(ctx, remoteAddr, s.strangers)
}

// ReadClosed reports whether one more request may be read from an address at
// which no component may call. Refusing it unread is cheaper than answering it.
func (s *Shared) ReadClosed(address netip.Addr) bool {
	return s.closed.allows(prefix(address), time.Now())
}

// slowDown waits while a peer that is not known asks too fast, and reports
// whether its turn came within a second.
func (s *Shared) slowDown(ctx context.Context, remoteAddr string) bool {
	const step = 25 * time.Millisecond
	from := key(remoteAddr)
	for range time.Second / step {
		if s.Known.has(from) || s.requests.allows(from, time.Now()) {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(step):
		}
	}
	return false
}

// turn does what Turn does, at the gate of unknown addresses that the work goes
// through.
func (s *Shared) turn(ctx context.Context, remoteAddr string, gate *gate) (done func(), err error) {
	from := key(remoteAddr)
	if s.Known.has(from) {
		gate = s.acquaintances
	}
	return gate.enter(ctx, from)
}
