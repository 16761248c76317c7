package listen_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/server/listen"
)

func contextSoon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 100*time.Millisecond)
}

// Ways to hold a connection without a password.
func holds() map[string]string {
	return map[string]string{
		"silent":           "",
		"slow header":      "POST / HTTP/1.1\r\nHost: lab\r\n",
		"slow body":        "POST / HTTP/1.1\r\nHost: lab\r\nContent-Length: 100\r\n\r\nx",
		"slow chunks":      "POST / HTTP/1.1\r\nHost: lab\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
		"kept alive":       "GET / HTTP/1.1\r\nHost: lab\r\n\r\n",
		"unread answer":    "GET /long HTTP/1.1\r\nHost: lab\r\n\r\n",
		"unread, and more": strings.Repeat("GET /long HTTP/1.1\r\nHost: lab\r\n\r\n", 100),
	}
}

// Good clients are served, whatever an attacker holds, from one address or from
// a hundred: one that is known keeps its connection, and others get new ones,
// at the attacker's address too.
func TestHeldConnections(t *testing.T) {
	for _, secure := range []bool{false, true} {
		for name, text := range holds() {
			for _, addresses := range []int{1, 100} {
				t.Run(fmt.Sprintf("TLS %t/%s/%d", secure, name, addresses), func(t *testing.T) {
					t.Parallel()
					l := newLab(t, func(c *listen.Config) {
						if secure {
							overTLS(t, c)
						}
					})
					l.know("127.0.0.1")
					kept := l.client("127.0.0.1")
					l.ask(kept, 10)
					for i := range 200 {
						l.dial(fmt.Sprintf("127.0.1.%d", 1+i%addresses), text)
						if i%20 == 0 {
							l.ask(kept, 10)
							l.ask(l.client("127.0.0.2"), 10)
							l.ask(l.client("127.0.1.1"), 10)
						}
					}
				})
			}
		}
	}
}

// An address that is not known gets no more than its limit once half of the
// connections are taken, and gives up its own idlest, not another's.
func TestPerAddress(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	before := l.dial("127.0.0.1", "")
	var all []net.Conn
	for range 48 {
		all = append(all, l.dial("127.0.1.1", ""))
	}
	closed(t, all[0])
	l.ask(l.client("127.0.1.1"), 1)
	if !isOpen(t, before) {
		t.Error("the connection of another address was closed")
	}
	if !isOpen(t, all[47]) {
		t.Error("the newest connection was closed")
	}
}

// A share of the connections is kept for known addresses, and one for the
// others, even where every connection is at work.
func TestShares(t *testing.T) {
	t.Parallel()
	l := newLab(t, func(c *listen.Config) { c.Limits.PerAddress = 64 })
	l.know("127.0.0.1")
	const wait = "GET /wait HTTP/1.1\r\nHost: lab\r\n\r\n"
	for range 48 {
		l.dial("127.0.1.1", wait)
		<-l.waiting
	}
	if answer := closed(t, l.dial("127.0.1.2", "")); !strings.HasPrefix(answer, "HTTP/1.1 503 ") || !strings.HasSuffix(answer, "retry soon.\n") {
		t.Errorf("a stranger too many is told %q", answer)
	}
	l.ask(l.client("127.0.0.1"), 1)
	for range 15 { // one was kept
		l.dial("127.0.0.1", wait)
		<-l.waiting
	}
	l.ask(l.client("127.0.0.1"), 1) // in its place
}

// While connections are short, waiting for a stranger ends early; a known
// address has its usual time.
func TestPressed(t *testing.T) {
	t.Parallel()
	l := newLab(t, func(c *listen.Config) {
		c.Limits.PerAddress, c.Timeouts.Pressed = 64, 20*time.Millisecond
	})
	l.know("127.0.0.1")
	known := l.dial("127.0.0.1", "POST / HTTP/1.1\r\n")
	var all []net.Conn
	for range 40 {
		all = append(all, l.dial("127.0.1.1", ""))
	}
	closed(t, all[0])
	if !isOpen(t, known) {
		t.Error("the connection of a known address was closed")
	}
	if !isOpen(t, all[39]) && !isOpen(t, all[38]) {
		t.Error("connections are closed when there are enough")
	}
}

// A proxy speaks for many, and is never limited as one address.
func TestProxiesAreNotOneAddress(t *testing.T) {
	t.Parallel()
	l := newLab(t, func(c *listen.Config) { c.Proxies = prefixes("127.0.1.1/32") })
	var all []net.Conn
	for range 60 {
		all = append(all, l.dial("127.0.1.1", ""))
	}
	l.ask(l.client("127.0.0.1"), 1)
	if !isOpen(t, all[0]) {
		t.Error("a proxy's connection was closed")
	}
}

// Connections that are at work are never closed for the sake of others.
func TestWorkIsNotCutOff(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	answered := make(chan error, 1)
	go func() {
		response, err := l.client("127.0.1.1").Get(l.endpoint.URL() + "wait")
		if err == nil {
			response.Body.Close()
		}
		answered <- err
	}()
	<-l.waiting
	for range 200 {
		l.dial("127.0.1.1", "")
	}
	l.ask(l.client("127.0.1.1"), 1)
	l.proceed <- struct{}{}
	if err := <-answered; err != nil {
		t.Errorf("a request at work was cut off: %v", err)
	}
}

// The log hears of an attack, once a minute and not with every connection.
func TestLogIsSpared(t *testing.T) {
	t.Parallel()
	var log record
	l := newLab(t, func(c *listen.Config) { c.Log = log.logger(); overTLS(t, c) })
	for range 300 {
		l.dial("127.0.1.1", "no TLS at all")
	}
	closed(t, l.dial("127.0.1.1", "this neither"))
	if n := strings.Count(log.text(), "\n"); n == 0 || n > 30 {
		t.Errorf("%d lines for 300 connections: %s", n, log.text())
	}
}

// A client that uses all the connections there are loses no request, known or
// not.
func TestLargePool(t *testing.T) {
	t.Parallel()
	for _, known := range []bool{true, false} {
		l := newLab(t, func(c *listen.Config) { c.Limits.Connections = 32 })
		client, pool := l.client("127.0.0.1"), 16
		if known {
			l.know("127.0.0.1")
			pool = 32
		}
		transport := client.Transport.(*http.Transport)
		transport.MaxConnsPerHost, transport.MaxIdleConnsPerHost = pool, pool
		var all sync.WaitGroup
		for range 2 * pool {
			all.Go(func() {
				for range 20 {
					if err := l.try(client, 10); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
	}
}
