package listen_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/server/listen"
)

// hold sends all of a body of so many bytes but the last.
func (l *lab) hold(from string, size int) net.Conn {
	l.t.Helper()
	return l.dial(from, fmt.Sprintf("POST / HTTP/1.1\r\nHost: lab\r\nContent-Length: %d\r\n\r\n%s", size+1, strings.Repeat("x", size)))
}

// The memory for bodies is 1 MiB in the lab. When it is taken, whoever holds
// the most of it gives up its oldest body, and others are served.
func TestHeldBodies(t *testing.T) {
	t.Parallel()
	for _, addresses := range []int{1, 12} {
		l := newLab(t, func(c *listen.Config) { c.Limits.Connections, c.Limits.PerAddress = 1024, 1024 })
		good := l.hold("127.0.0.1", 1000)
		var held []net.Conn
		for i := range 24 {
			held = append(held, l.hold(fmt.Sprintf("127.0.1.%d", 1+i%addresses), 60<<10))
			l.ask(l.client("127.0.0.1"), 10<<10)
		}
		given := make(chan string, len(held))
		for _, c := range held {
			go func() {
				text, _ := io.ReadAll(c)
				given <- string(text)
			}()
		}
		for range 12 {
			if answer := <-given; !strings.HasPrefix(answer, "HTTP/1.1 503 ") {
				t.Errorf("%d addresses: a held body is answered %q", addresses, answer)
			}
		}
		if len(given) > 1 || !isOpen(t, good) {
			t.Errorf("%d addresses: more bodies are given up than have to be", addresses)
		}
	}
}

// A quarter of the memory is kept for known addresses.
func TestBodiesOfKnownAddresses(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.know("127.0.0.1")
	var held []net.Conn
	for range 12 {
		held = append(held, l.hold("127.0.1.1", 60<<10))
	}
	l.ask(l.client("127.0.0.1"), 256<<10)
	for _, c := range held {
		if !isOpen(t, c) {
			t.Error("a body within the share of unknown addresses was given up")
		}
	}
}

// A body that is larger than the memory for all of them is refused, and takes
// none from others.
func TestBodyLargerThanMemory(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	held := l.hold("127.0.1.1", 60<<10)
	if err := l.try(l.client("127.0.0.1"), 2<<20); err == nil {
		t.Error("it is read")
	}
	if !isOpen(t, held) {
		t.Error("another body was given up for one that could not be read anyway")
	}
	l.ask(l.client("127.0.0.1"), 500<<10)
}

// Bodies that were answered are forgotten: the memory does not leak away.
func TestBodiesAreForgotten(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	client := l.client("127.0.0.1")
	for range 50 {
		l.ask(client, 100<<10)
		l.hold("127.0.1.1", 50<<10).Close()
		l.dial("127.0.1.1", "POST / HTTP/1.1\r\nHost: lab\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")
	}
	l.ask(client, 200<<10)
}

// What is read only to be thrown away takes no memory from others.
func TestDiscardedBodies(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	held := l.hold("127.0.1.1", 60<<10)
	const size = 8 << 20
	c := l.dial("127.0.1.2", fmt.Sprintf("POST /discard HTTP/1.1\r\nHost: lab\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", size, strings.Repeat("x", size)))
	if answer := closed(t, c); !strings.HasPrefix(answer, "HTTP/1.1 200 ") {
		t.Errorf("answered %q", answer)
	}
	if !isOpen(t, held) {
		t.Error("another body was given up")
	}
}
