package listen

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"

	"github.com/dsappd/dsappd/internal/server/handshake"
)

// Open listens at the address and serves nothing yet; what connects waits for
// Serve. Its error is that of net.Listen.
func Open(ctx context.Context, c Config) (*Endpoint, error) {
	var config net.ListenConfig
	network, err := config.Listen(ctx, "tcp", c.Address)
	if err != nil {
		return nil, err
	}
	c.Shared.Known.keep(c.Name, c.Proxies)
	connections := &table{
		name: c.Name, limits: c.Limits, pressed: c.Timeouts.Pressed, known: &c.Shared.Known, log: c.Log,
		pace:   pace{perAddress: float64(c.Limits.BeginPerAddress), inAll: float64(c.Limits.BeginInAll)},
		groups: make(map[netip.Prefix]*group), remotes: make(map[string]*conn),
	}
	e := newEndpoint(c, network)
	e.table, e.shared = connections, c.Shared
	e.server.Handler = connections.serve(e.server.Handler, c.Shared)
	e.listener = newListener(network, connections, c.TLS == nil)
	if c.Handshakes != nil {
		e.listener = handshake.Listener(e.listener, *c.Handshakes)
	}
	e.url = "http://" + hostPort(network.Addr()) + "/"
	if c.TLS != nil {
		e.listener = tls.NewListener(e.listener, withTurns(c.TLS.Config(), c.Shared, c.Timeouts.ReadHeader))
		e.url = "https://" + hostPort(network.Addr()) + "/"
	}
	return e, nil
}

// On serves on a listener to which only trusted peers can connect: it has no
// limits but those of time and of a header, and no URL.
func On(trusted net.Listener, c Config) *Endpoint { return newEndpoint(c, trusted) }

// hostPort returns where a listener is reached from this machine, by a name
// that a certificate can have.
func hostPort(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if err == nil && net.ParseIP(host).IsUnspecified() {
		return net.JoinHostPort("localhost", port)
	}
	return address.String()
}

// Reachable reports whether other machines can reach an address, HOST:PORT, by
// what its host resolves to. An empty host is every address of the machine.
func Reachable(ctx context.Context, address string) (bool, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false, err
	}
	if host == "" {
		return true, nil
	}
	found, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return false, err
	}
	for _, ip := range found {
		if !ip.IP.IsLoopback() {
			return true, nil
		}
	}
	return false, nil
}
