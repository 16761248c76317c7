package listen

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// listener accepts the connections for which its table has room.
type listener struct {
	net.Listener
	table  *table
	lobby  lobby
	plain  bool // peers can be told in plain text that there is no room
	accept sync.Once
	found  chan accepted
	closed chan struct{}
	close  sync.Once
}

// accepted is what Accept returns.
type accepted struct {
	conn net.Conn
	err  error
}

func newListener(network net.Listener, connections *table, plain bool) *listener {
	return &listener{Listener: network, table: connections, plain: plain, found: make(chan accepted), closed: make(chan struct{}),
		lobby: lobby{of: make(map[netip.Prefix]int)}}
}

// Accept returns the next connection that is admitted.
func (l *listener) Accept() (net.Conn, error) {
	l.accept.Do(func() { go l.receive() })
	select {
	case next := <-l.found:
		return next.conn, next.err
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept, and what waits to be admitted.
func (l *listener) Close() error {
	l.close.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// receive takes connections from the network until the listener is closed.
// Where the process has no descriptor left for one, the idlest gives up its own.
func (l *listener) receive() {
	for {
		raw, err := l.Listener.Accept()
		switch {
		case err == nil && !l.table.paced(raw):
			reset(raw)
		case err == nil:
			l.admit(raw)
		case outOfDescriptors(err) && l.table.closeOne():
		default:
			l.hand(accepted{err: err})
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
	}
}

// admit hands over a connection, at once or when there is room.
func (l *listener) admit(raw net.Conn) {
	if c := l.table.admit(raw); c != nil {
		l.hand(accepted{conn: c})
		return
	}
	if !l.lobby.enter(raw) {
		l.turnAway(raw)
		return
	}
	go func() {
		defer l.lobby.leave(raw)
		if c := l.await(raw); c != nil {
			l.hand(accepted{conn: c})
			return
		}
		l.turnAway(raw)
	}()
}

// hand gives Accept what it returns next.
func (l *listener) hand(next accepted) {
	select {
	case l.found <- next:
	case <-l.closed:
		if next.conn != nil {
			_ = next.conn.Close()
		}
	}
}

// paced reports whether a connection's address may begin it now.
func (t *table) paced(raw net.Conn) bool {
	from := key(raw.RemoteAddr().String())
	if t.known.has(from) || t.pace.allows(from, time.Now()) {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.told.hurried++
	t.tell(0, 0)
	return false
}

// reset ends a connection in the cheapest way.
func reset(raw net.Conn) {
	if c, is := raw.(*net.TCPConn); is {
		_ = c.SetLinger(0)
	}
	_ = raw.Close()
}

func outOfDescriptors(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// closeOne closes the idlest connection, and reports whether there was one.
func (t *table) closeOne() bool {
	t.mu.Lock()
	victim := idlest(t.pools[unknown].groups, t.pools[familiar].groups)
	if victim != nil {
		t.forget(victim)
		t.tell(1, 0)
	}
	t.mu.Unlock()
	return victim != nil && victim.Close() == nil
}
