package listen

import (
	"net/netip"
	"sync"
	"time"
)

// pace bounds what addresses that are not known begin in a second, connections
// or requests: each of them, and all together. What one leaves over counts for
// another second.
type pace struct {
	perAddress, inAll float64 // a second

	mu        sync.Mutex
	addresses map[netip.Prefix]*beginnings
	all       tokens
	second    time.Time // of which the beginnings are counted
}

// beginnings are those of one address.
type beginnings struct {
	tokens
	taken int // in this second
	seen  time.Time
}

// tokens are what is left of a rate.
type tokens struct {
	left float64
	at   time.Time
}

// take takes one of so many a second, of which two seconds' are kept at most.
func (t *tokens) take(rate float64, now time.Time) bool {
	if t.at.IsZero() {
		t.left = 2 * rate
	} else if since := now.Sub(t.at); since > 0 {
		t.left = min(2*rate, t.left+rate*since.Seconds())
	}
	t.at = now
	if t.left < 1 {
		return false
	}
	t.left--
	return true
}

// maxPaced bounds the addresses that are told apart. The others are one.
const maxPaced = 1 << 14

// allows reports whether an address may begin one more. While all together begin
// too many, each may have its share of what is allowed.
func (p *pace) allows(from netip.Prefix, now time.Time) bool {
	if p.perAddress == 0 {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.second) >= time.Second {
		p.begin(now)
	}
	b := p.addresses[from]
	if b == nil && len(p.addresses) >= maxPaced {
		from = netip.Prefix{}
		b = p.addresses[from]
	}
	if b == nil {
		b = new(beginnings)
		p.addresses[from] = b
	}
	b.seen = now
	if !b.take(p.perAddress, now) {
		return false
	}
	if !p.all.take(p.inAll, now) && float64(b.taken*len(p.addresses)) >= p.inAll {
		return false
	}
	b.taken++
	return true
}

// begin begins a second, and forgets who has not come for some.
func (p *pace) begin(now time.Time) {
	p.second = now
	if p.addresses == nil {
		p.addresses = make(map[netip.Prefix]*beginnings)
	}
	for from, b := range p.addresses {
		b.taken = 0
		if now.Sub(b.seen) > 2*time.Second {
			delete(p.addresses, from)
		}
	}
}
