package provisioning

import (
	"net/netip"
	"slices"
	"strings"
)

// forwardedFor is the header by which a proxy says for whom it speaks: it
// writes whom it heard after what it was told.
const forwardedFor = "X-Forwarded-For"

// proxies are the addresses whose word on others is believed, in the form of
// provision.ParseLocation.
type proxies []netip.Prefix

func (p proxies) contain(address netip.Addr) bool {
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(address) })
}

// origin is where a request comes from, as far as that is believed.
type origin struct {
	address netip.Addr // in the form of plain
	proxied bool       // the peer is a proxy
	local   bool       // it is known never to have left this machine
	doubt   error      // why a proxy's word was not taken and the address is its own
}

// origin asks a peer that is a proxy for whom it speaks, by the lines of the
// header. What any other peer says there is not even read.
func (p proxies) origin(peer netip.Addr, lines []string) origin {
	if !p.contain(peer) {
		return origin{address: peer, local: peer.IsLoopback()}
	}
	caller, err := p.caller(peer, lines)
	if err != nil {
		return origin{address: peer, proxied: true, doubt: err}
	}
	return origin{address: caller, proxied: true, local: caller.IsLoopback()}
}

// caller is the last entry that is no proxy. What stands before it is that
// caller's own word: it is not read, so that nobody can spoil the list by it.
func (p proxies) caller(peer netip.Addr, lines []string) (netip.Addr, error) {
	if len(lines) == 0 {
		return netip.Addr{}, errNoHeader
	}
	local := peer.IsLoopback()
	for _, entry := range slices.Backward(strings.Split(strings.Join(lines, ","), ",")) {
		address, err := parseEntry(strings.Trim(entry, " \t"))
		if err != nil {
			return netip.Addr{}, err
		}
		if p.contain(address) {
			local = local && address.IsLoopback()
			continue
		}
		// Loopback on another machine is not loopback on this one.
		if address.IsLoopback() && !local {
			return netip.Addr{}, errElsewhere
		}
		return address, nil
	}
	return netip.Addr{}, errOnlyProxies
}

// parseEntry reads an address, which may have a port; one of IPv6 may, and
// with a port must, stand in brackets.
func parseEntry(entry string) (netip.Addr, error) {
	address, err := netip.ParseAddr(entry)
	if inner, ok := strings.CutPrefix(entry, "["); ok && strings.HasSuffix(inner, "]") {
		address, err = netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if address.Is4() {
			return netip.Addr{}, errEntry
		}
	} else if err != nil {
		var withPort netip.AddrPort
		withPort, err = netip.ParseAddrPort(entry)
		address = withPort.Addr()
	}
	address = plain(address)
	if err != nil || address.IsUnspecified() || address.IsMulticast() {
		return netip.Addr{}, errEntry
	}
	return address, nil
}

// plain is an address as components have it: of IPv4 never mapped into IPv6,
// and without a zone, which says nothing to another machine.
func plain(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }

type forwardedError string

func (e forwardedError) Error() string { return string(e) }

const (
	errNoHeader    = forwardedError("the proxy sent no " + forwardedFor + ": set it up to add the address that it hears")
	errEntry       = forwardedError("an entry of the proxy's " + forwardedFor + " is no address that a caller can have")
	errElsewhere   = forwardedError("the proxy's " + forwardedFor + " names a loopback address of another machine")
	errOnlyProxies = forwardedError("the proxy's " + forwardedFor + " names nobody but proxies")
)
