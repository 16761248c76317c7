package listen

import (
	"container/list"
	"context"
	"net"
	"sync"
	"time"
)

// conn is an open connection.
type conn struct {
	net.Conn
	table *table
	open  context.Context // ends with the connection
	end   context.CancelFunc

	closing sync.Once
	failed  error // of closing

	// The lock of the table guards the rest.
	group    *group
	gone     bool          // it counts no more
	handling bool          // a handler has its request
	answered bool          // it had an answer before
	writing  bool          // its peer has to take something
	queued   bool          // its handshake has to get a turn
	rested   time.Time     // when the last request was answered, or the next began
	written  time.Time     // when the answer began to be sent
	since    time.Time     // when the wait for its peer began
	line     *list.List    // of its group, where it waits; nil: it does not wait
	waiting  *list.Element // of line
}

// Close closes the connection and stops counting it.
func (c *conn) Close() error {
	c.closing.Do(func() {
		c.end()
		c.failed = c.Conn.Close()
		c.table.leave(c)
	})
	return c.failed
}

// Read receives. Outside of a handler the connection waits for its peer
// meanwhile: for a request, or for the rest of one that was answered.
func (c *conn) Read(p []byte) (int, error) {
	c.table.mu.Lock()
	outside := !c.handling
	if outside {
		c.table.wait(c, c.rested)
	}
	c.table.mu.Unlock()
	n, err := c.Conn.Read(p)
	if outside {
		c.work()
	}
	return n, err
}

// Write sends. While the peer takes nothing the connection counts as waiting,
// since the answer began.
func (c *conn) Write(p []byte) (int, error) {
	c.table.mu.Lock()
	working := c.line == nil
	if working {
		c.writing = true
		if c.written.IsZero() {
			c.written = time.Now()
		}
		c.table.wait(c, c.written)
	}
	c.table.mu.Unlock()
	n, err := c.Conn.Write(p)
	if working {
		c.work()
	}
	return n, err
}

// CloseWrite ends what is sent, as an http.Server does that hears a peer out.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// begin says that a handler has the connection's request.
func (c *conn) begin() {
	c.table.mu.Lock()
	defer c.table.mu.Unlock()
	c.handling, c.written = true, time.Time{}
	c.table.work(c)
}

// done says that the handler has returned. The last of its answer is still to
// be sent.
func (c *conn) done() {
	c.table.mu.Lock()
	defer c.table.mu.Unlock()
	c.handling, c.answered = false, true
}

// rest says that what the connection waits for begins now: a request, or the
// rest of it after its first byte.
func (c *conn) rest() {
	c.table.mu.Lock()
	defer c.table.mu.Unlock()
	c.rested = time.Now()
}

// wait says that the connection waits for its peer, and since when.
func (c *conn) wait(since time.Time) {
	c.table.mu.Lock()
	defer c.table.mu.Unlock()
	c.table.wait(c, since)
}

// queue says that a handshake waits for its turn.
func (c *conn) queue() {
	c.table.mu.Lock()
	defer c.table.mu.Unlock()
	c.queued = true
	c.table.wait(c, c.rested)
}

// work says that the connection no longer waits for its peer.
func (c *conn) work() {
	c.table.mu.Lock()
	defer c.table.mu.Unlock()
	c.writing, c.queued = false, false
	c.table.work(c)
}

// idle reports whether a connection that waits can be blamed on its peer, and
// not on what this process has not got round to yet; and whether the peer has
// closed it.
func (c *conn) idle() (idle, gone bool) {
	switch {
	case c.queued:
		return true, false
	case c.writing:
		return !writable(c.Conn), false
	}
	sent, gone := pending(c.Conn)
	return !sent, gone
}

// wake ends the reads of the connection, that of a body above all.
func (c *conn) wake() { _ = c.SetReadDeadline(time.Unix(1, 0)) } // one that is closed reads no more
