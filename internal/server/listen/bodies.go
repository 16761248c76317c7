package listen

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"
)

// errBodies is what the reader of a body meets when the memory for bodies is
// taken. Doors match it by errors.Is with syscall.ENOBUFS, as rooms below this
// one must.
var errBodies = fmt.Errorf("the memory for request bodies is taken: %w", syscall.ENOBUFS)

// bodies shares out the memory of request bodies. What was read of a body
// counts until its request is answered.
type bodies struct {
	limit int64 // in bytes
	known *Known

	mu      sync.Mutex
	used    int64
	unknown int64 // of used, what unknown addresses hold
	holders map[netip.Prefix]*holder
}

// holder is an address and the bodies that it has in flight.
type holder struct {
	known   bool // as it was when the first of them came
	held    int64
	open    int     // requests
	arrives []*body // those that are still being read, the oldest first
}

// body is a request's body while a handler reads it.
type body struct {
	io.ReadCloser
	bodies *bodies
	conn   *conn
	from   netip.Prefix
	held   int64
	cut    bool // it has to make room
	waste  bool // what comes of it is not kept
	begun  time.Time
}

// begin counts a request's body from now on, until end.
func (b *bodies) begin(r *http.Request, c *conn) *body {
	from := key(r.RemoteAddr)
	started := &body{ReadCloser: r.Body, bodies: b, conn: c, from: from}
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.holders[from]
	if h == nil {
		h = &holder{known: b.known.has(from)}
		b.holders[from] = h
	}
	h.open++
	h.arrives = append(h.arrives, started)
	return started
}

// Read reads on, if there is memory for what comes. While it waits for the
// peer its connection may be closed for another's sake.
func (b *body) Read(p []byte) (int, error) {
	if b.begun.IsZero() {
		b.begun = time.Now()
	}
	if b.bodies.isCut(b) {
		return 0, errBodies
	}
	b.conn.wait(b.begun)
	n, err := b.ReadCloser.Read(p)
	b.conn.work()
	if taken := b.bodies.take(b, int64(n)); taken != nil {
		return 0, taken
	}
	if errors.Is(err, io.EOF) {
		b.bodies.arrived(b)
	}
	return n, err
}

// isCut reports whether a body was cut off.
func (b *bodies) isCut(one *body) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return one.cut
}

// take counts n more bytes of a body. Where they are too many, bodies of the
// address that holds the most are cut off, the oldest first, until they are
// not; the error says that this body is one of those.
func (b *bodies) take(taker *body, n int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if taker.waste {
		return nil
	}
	h := b.holders[taker.from]
	for !taker.cut && b.short(h, n) {
		victim := b.oldestOfLargest(h, n)
		if victim == nil {
			victim = taker
		}
		b.cutOff(victim)
	}
	if taker.cut {
		return errBodies
	}
	b.count(h, taker, n)
	return nil
}

// Discard says that the rest of the body is read only so that its sender comes
// to read the answer: nothing of it is kept, so it takes no memory.
func (b *body) Discard() {
	b.bodies.arrived(b)
	b.bodies.mu.Lock()
	defer b.bodies.mu.Unlock()
	b.bodies.count(b.bodies.holders[b.from], b, -b.held)
	b.waste = true
}

// short reports whether n more bytes of a holder are too many. Known addresses
// may use all of the memory, unknown ones three quarters.
func (b *bodies) short(h *holder, n int64) bool {
	return b.used+n > b.limit || !h.known && b.unknown+n > b.limit-b.limit/4
}

// oldestOfLargest returns the body that is cut off for another's sake: nil if
// nobody holds more than the one who asks.
func (b *bodies) oldestOfLargest(asks *holder, n int64) *body {
	largest := asks
	for _, h := range b.holders {
		if len(h.arrives) > 0 && h.held > largest.held+n && (asks.known || !h.known) {
			largest = h
		}
	}
	if len(largest.arrives) == 0 {
		return nil
	}
	return largest.arrives[0]
}

// cutOff takes a body's memory back and wakes its reader.
func (b *bodies) cutOff(victim *body) {
	victim.cut = true
	h := b.holders[victim.from]
	h.arrives = slices.DeleteFunc(h.arrives, func(other *body) bool { return other == victim })
	b.count(h, victim, -victim.held)
	victim.conn.wake()
}

func (b *bodies) count(h *holder, of *body, n int64) {
	of.held += n
	h.held += n
	b.used += n
	if !h.known {
		b.unknown += n
	}
}

// arrived keeps a body that is whole from being cut off: its request is about
// to be answered.
func (b *bodies) arrived(whole *body) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.holders[whole.from]
	h.arrives = slices.DeleteFunc(h.arrives, func(other *body) bool { return other == whole })
}

// end forgets a body: its request is answered.
func (b *bodies) end(over *body) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.holders[over.from]
	h.arrives = slices.DeleteFunc(h.arrives, func(other *body) bool { return other == over })
	b.count(h, over, -over.held)
	if h.open--; h.open == 0 {
		delete(b.holders, over.from)
	}
}
