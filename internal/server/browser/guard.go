// Package browser has what the pages of this server share, and keeps other web
// pages away from doors that are not for them. A page of anybody's can have a
// browser send requests to the machine that it runs on, and, by a name that it
// points there (DNS rebinding), read what comes back.
package browser

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/server/forwarded"
)

// Guard tells what a web page has a browser send from what clients send.
type Guard struct {
	hosts   []string
	proxies forwarded.Proxies
	origins *http.CrossOriginProtection
}

// New makes a guard. hosts are the names by which a loopback address may be
// asked, beside localhost, names without a dot and those that containers have
// for their host: a web page cannot point any of these here. A request from
// one of the proxies comes by any name.
func New(hosts []string, proxies forwarded.Proxies) *Guard {
	all := []string{"host.docker.internal", "host.containers.internal"}
	for _, host := range hosts {
		all = append(all, strings.ToLower(host))
	}
	return &Guard{hosts: all, proxies: proxies, origins: http.NewCrossOriginProtection()}
}

// Trust takes requests of another origin's pages, such as
// https://tools.example, like those of clients. The error says what is wrong
// with the origin.
func (g *Guard) Trust(origin string) error { return g.origins.AddTrustedOrigin(origin) }

// OtherOrigin reports whether a page of another origin has a browser send the
// request, which would change something.
func (g *Guard) OtherOrigin(r *http.Request) bool { return g.origins.Check(r) != nil }

// StrangeHost reports whether a request at a loopback address has a Host that
// the server does not go by. By TLS, the certificate makes sure of the name.
func (g *Guard) StrangeHost(r *http.Request) bool {
	at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok || r.TLS != nil || r.Host == "" || !isLoopback(at.String()) || g.proxied(r) {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(hostname(r.Host), "."))
	_, err := netip.ParseAddr(host)
	local := err == nil || strings.HasSuffix(host, ".localhost") || host != "" && !strings.Contains(host, ".")
	return !local && !slices.Contains(g.hosts, host)
}

func isLoopback(address string) bool {
	at, err := netip.ParseAddrPort(address)
	return err == nil && at.Addr().Unmap().IsLoopback()
}

func (g *Guard) proxied(r *http.Request) bool {
	origin, err := g.proxies.Request(r.RemoteAddr, r.Header)
	return err == nil && origin.Proxied
}

// hostname returns a Host without its port and brackets.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}
