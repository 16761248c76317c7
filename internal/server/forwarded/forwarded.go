// Package forwarded finds out for whom a peer speaks: the doors believe what
// proxies that are configured say in X-Forwarded-For, and nobody else.
package forwarded

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Header is the one by which a proxy says for whom it speaks: it writes whom
// it heard after what it was told.
const Header = "X-Forwarded-For"

// Proxies are the addresses whose word on others is believed, in the form of
// provision.ParseLocation.
type Proxies []netip.Prefix

func (p Proxies) contain(address netip.Addr) bool {
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(address) })
}

// Origin is where a request comes from, as far as that is believed.
type Origin struct {
	Address netip.Addr // IPv4 never mapped into IPv6, without a zone
	Proxied bool       // the peer is a proxy
	Local   bool       // it is known never to have left this machine
	Doubt   error      // why a proxy's word was not taken; the address is the proxy's then, and stands for nobody
}

// Request returns the origin of a request with the given peer, as http.Request
// has it in RemoteAddr.
func (p Proxies) Request(remoteAddr string, header http.Header) (Origin, error) {
	peer, err := netip.ParseAddrPort(remoteAddr)
	if err != nil {
		return Origin{}, fmt.Errorf("address of the peer: %w", err)
	}
	return p.origin(plain(peer.Addr()), header.Values(Header)), nil
}

// Attrs returns what a log says of the origin beside the peer's own address.
func (o Origin) Attrs() []slog.Attr {
	var attrs []slog.Attr
	if o.Proxied {
		attrs = append(attrs, slog.String("caller", o.Address.String()))
	}
	if o.Doubt != nil {
		attrs = append(attrs, slog.String("forwarded", o.Doubt.Error()))
	}
	return attrs
}

// Confidential says whether nobody between can read what is said. TLS with a
// proxy says nothing of how the proxy was reached.
func (o Origin) Confidential(overTLS bool) bool { return o.Local || overTLS && !o.Proxied }

// origin asks a peer that is a proxy for whom it speaks, by the lines of the
// header. What any other peer says there is not even read.
func (p Proxies) origin(peer netip.Addr, lines []string) Origin {
	if !p.contain(peer) {
		return Origin{Address: peer, Local: peer.IsLoopback()}
	}
	caller, err := p.caller(peer, lines)
	if err != nil {
		return Origin{Address: peer, Proxied: true, Doubt: err}
	}
	return Origin{Address: caller, Proxied: true, Local: caller.IsLoopback()}
}

// caller returns the last entry that is no proxy. What stands before it is that
// caller's own word. It is not read, so a caller cannot spoil the list by it.
func (p Proxies) caller(peer netip.Addr, lines []string) (netip.Addr, error) {
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

// plain returns an address as components have it: IPv4 is never mapped into
// IPv6, and there is no zone, which says nothing to another machine.
func plain(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }

type forwardedError string

func (e forwardedError) Error() string { return string(e) }

const (
	errNoHeader    = forwardedError("the proxy sent no " + Header + ": set it up to add the address that it hears")
	errEntry       = forwardedError("an entry of the proxy's " + Header + " is no address that a caller can have")
	errElsewhere   = forwardedError("the proxy's " + Header + " names a loopback address of another machine")
	errOnlyProxies = forwardedError("the proxy's " + Header + " names nobody but proxies")
)
