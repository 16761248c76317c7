package listen

import (
	"net/netip"
	"slices"
	"sync"
	"time"
)

// key returns what is counted as one address: an IPv4 address, or the /64 that
// an IPv6 host may choose its address from (RFC 4291, section 2.5.4). An
// address that cannot be read counts as one with all others like it.
func key(remoteAddr string) netip.Prefix {
	peer, err := netip.ParseAddrPort(remoteAddr)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix(peer.Addr())
}

// prefix returns the network of an address that counts as one peer.
func prefix(address netip.Addr) netip.Prefix {
	address = address.Unmap().WithZone("")
	bits := 64
	if address.Is4() {
		bits = 32
	}
	network, _ := address.Prefix(bits) // bits are in range
	return network
}

// knownFor is how long an address stays known after it was granted something.
const knownFor = 24 * time.Hour

// maxKnown bounds the addresses that are remembered.
const maxKnown = 1 << 14

// Known remembers the addresses to which something was granted lately. The zero
// value knows nobody.
type Known struct {
	mu     sync.Mutex
	until  map[netip.Prefix]time.Time
	always map[string][]netip.Prefix // the proxies, by the endpoint that they are before
}

// keep makes addresses known until the same endpoint names others.
func (k *Known) keep(endpoint string, all []netip.Prefix) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.always == nil {
		k.always = make(map[string][]netip.Prefix)
	}
	k.always[endpoint] = all
}

// Add remembers an address.
func (k *Known) Add(address netip.Addr) {
	prefix := key(netip.AddrPortFrom(address, 0).String())
	now := time.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.until == nil {
		k.until = make(map[netip.Prefix]time.Time)
	}
	if _, already := k.until[prefix]; !already && len(k.until) >= maxKnown {
		k.forget(now)
	}
	k.until[prefix] = now.Add(knownFor)
}

// forget makes room: for whoever is over, or else for one of the others.
func (k *Known) forget(now time.Time) {
	for prefix, until := range k.until {
		if now.After(until) {
			delete(k.until, prefix)
		}
	}
	for prefix := range k.until {
		if len(k.until) < maxKnown {
			return
		}
		delete(k.until, prefix)
	}
}

// Has reports whether an address is known.
func (k *Known) Has(address netip.Addr) bool {
	return k.has(key(netip.AddrPortFrom(address, 0).String()))
}

// has reports whether an address is known.
func (k *Known) has(prefix netip.Prefix) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, proxies := range k.always {
		if slices.ContainsFunc(proxies, prefix.Overlaps) {
			return true
		}
	}
	until, found := k.until[prefix]
	return found && time.Now().Before(until)
}
