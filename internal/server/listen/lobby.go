package listen

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// lobby is where new connections wait while all that stand in their way are at
// work: as a rule one of those is through in a moment.
type lobby struct {
	mu  sync.Mutex
	all int
	of  map[netip.Prefix]int
}

// The bounds of the lobby: connections in all, and of one address; how often
// each is tried, and for how long it waits.
const (
	lobbySize     = 128
	lobbyShare    = 16
	lobbyInterval = 10 * time.Millisecond
	lobbyTime     = time.Second
)

// enter reports whether there is a place for a connection.
func (l *lobby) enter(raw net.Conn) bool {
	from := key(raw.RemoteAddr().String())
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= lobbySize || l.of[from] >= lobbyShare {
		return false
	}
	l.all++
	l.of[from]++
	return true
}

func (l *lobby) leave(raw net.Conn) {
	from := key(raw.RemoteAddr().String())
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.of[from]--; l.of[from] == 0 {
		delete(l.of, from)
	}
}

// await admits a connection as soon as there is room; nil if there is none in
// time.
func (l *listener) await(raw net.Conn) *conn {
	again := time.NewTicker(lobbyInterval)
	defer again.Stop()
	over := time.NewTimer(lobbyTime)
	defer over.Stop()
	for {
		select {
		case <-again.C:
			if c := l.table.admit(raw); c != nil {
				return c
			}
		case <-over.C:
			return nil
		case <-l.closed:
			return nil
		}
	}
}

// busy is the answer on a connection for which there is no room. A peer that
// speaks TLS could not read it, and sees the connection closed.
const busy = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 63\r\n\r\n" +
	"The server has too many connections at the moment: retry soon.\n"

// turnAway closes a connection that is not admitted. A new connection takes
// this much without waiting for its peer.
func (l *listener) turnAway(raw net.Conn) {
	l.table.turnedAway()
	if l.plain {
		_ = raw.SetWriteDeadline(time.Now().Add(time.Millisecond))
		_, _ = raw.Write([]byte(busy))
	}
	_ = raw.Close()
}
