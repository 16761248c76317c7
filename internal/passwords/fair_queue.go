package passwords

import (
	"context"
	"net/netip"
	"slices"
	"sync"
)

// Share is what costly work is shared out by: the door that somebody came to,
// and the address that they came from.
type Share struct {
	Door    string // a door of the server's own; empty: SOAP
	Address netip.Prefix
}

// fairQueue lets so many work at once, and so many wait. Those who wait take
// turns: the shares from which a right password came four times for once of
// the others, among these the doors, and at a door the addresses. When nobody
// else may wait, whoever holds the most places loses the last of them to
// somebody who holds fewer.
type fairQueue struct {
	mu      sync.Mutex
	free    int
	limit   int
	waiting [2]crowd // unproven and proven
	turn    int
	proven  map[Share]bool
}

// provenTurns is how many turns the proven have for one of the others.
const provenTurns = 4

// maxProven bounds the shares that are remembered as proven.
const maxProven = 4096

// crowd are those who wait, door by door, in the order of their turns.
type crowd struct {
	doors  []*doorway
	length int
}

type doorway struct {
	name   string
	lines  []*callers
	length int
}

type callers struct {
	share   Share
	waiters []chan error // each is told once: nil that it is its turn, or ErrBusy
}

func newFairQueue(atOnce, limit int) *fairQueue {
	return &fairQueue{free: atOnce, limit: limit, proven: make(map[Share]bool)}
}

// prove remembers that a right password came from a share.
func (q *fairQueue) prove(share Share) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.proven[share] && len(q.proven) >= maxProven {
		for one := range q.proven { // whichever comes first
			delete(q.proven, one)
			break
		}
	}
	q.proven[share] = true
}

// enter returns when it is the caller's turn, who then has to leave. The error
// is ErrBusy or the context's.
func (q *fairQueue) enter(ctx context.Context, share Share) error {
	told, err := q.queue(share)
	if told == nil {
		return err
	}
	select {
	case err := <-told:
		return err
	case <-ctx.Done():
		q.withdraw(share, told)
		return ctx.Err()
	}
}

// queue takes a place to work, or one to wait, of which told tells.
func (q *fairQueue) queue(share Share) (told chan error, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.free > 0 {
		q.free--
		return nil, nil
	}
	own := &q.waiting[q.class(share)]
	if q.waiting[0].length+q.waiting[1].length >= q.limit && !q.makeRoom(own, share) {
		return nil, ErrBusy
	}
	told = make(chan error, 1)
	own.push(share, told)
	return told, nil
}

func (q *fairQueue) class(share Share) int {
	if q.proven[share] {
		return 1
	}
	return 0
}

// leave gives the place to whoever is next.
func (q *fairQueue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if next := q.next(); next != nil {
		next <- nil
		return
	}
	q.free++
}

func (q *fairQueue) next() chan error {
	class := 1
	if q.turn++; q.turn%(provenTurns+1) == 0 {
		class = 0
	}
	if q.waiting[class].length == 0 {
		class = 1 - class
	}
	return q.waiting[class].pop()
}

// withdraw takes out a caller who no longer wants to wait.
func (q *fairQueue) withdraw(share Share, told chan error) {
	q.mu.Lock()
	for class := range q.waiting {
		if q.waiting[class].remove(share, told) {
			q.mu.Unlock()
			return
		}
	}
	q.mu.Unlock()
	if err := <-told; err == nil { // it was its turn just now
		q.leave()
	}
}

// makeRoom sends somebody away who holds more than the newcomer's part.
func (q *fairQueue) makeRoom(own *crowd, share Share) bool {
	unproven, proven := &q.waiting[0], &q.waiting[1]
	from := own
	switch {
	case own == proven && unproven.length > 0:
		from = unproven
	case own == unproven && proven.length > provenTurns*(unproven.length+1):
		from = proven
	}
	door := from.longest()
	if from == own {
		if door == nil || door.name != share.Door && door.length <= from.door(share.Door).length+1 {
			door = from.door(share.Door)
		}
	}
	line := door.longest()
	if line == nil || from == own && door.name == share.Door && len(line.waiters) <= len(door.line(share).waiters)+1 {
		return false
	}
	last := line.waiters[len(line.waiters)-1]
	from.remove(line.share, last)
	last <- ErrBusy
	return true
}

// door finds one, or an empty one.
func (c *crowd) door(name string) *doorway {
	if at := slices.IndexFunc(c.doors, func(d *doorway) bool { return d.name == name }); at >= 0 {
		return c.doors[at]
	}
	return &doorway{name: name}
}

func (c *crowd) longest() *doorway {
	var found *doorway
	for _, d := range c.doors {
		if found == nil || d.length > found.length {
			found = d
		}
	}
	return found
}

// line finds one, or an empty one.
func (d *doorway) line(share Share) *callers {
	if at := slices.IndexFunc(d.lines, func(l *callers) bool { return l.share == share }); at >= 0 {
		return d.lines[at]
	}
	return &callers{share: share}
}

func (d *doorway) longest() *callers {
	var found *callers
	for _, l := range d.lines {
		if found == nil || len(l.waiters) > len(found.waiters) {
			found = l
		}
	}
	return found
}

func (c *crowd) push(share Share, told chan error) {
	door := c.door(share.Door)
	if door.length == 0 {
		c.doors = append(c.doors, door)
	}
	line := door.line(share)
	if len(line.waiters) == 0 {
		door.lines = append(door.lines, line)
	}
	line.waiters = append(line.waiters, told)
	door.length++
	c.length++
}

// pop takes who is next, and puts door and line behind the others.
func (c *crowd) pop() chan error {
	if c.length == 0 {
		return nil
	}
	door := c.doors[0]
	line := door.lines[0]
	told := line.waiters[0]
	line.waiters = line.waiters[1:]
	door.lines, c.doors = door.lines[1:], c.doors[1:]
	door.length--
	c.length--
	if len(line.waiters) > 0 {
		door.lines = append(door.lines, line)
	}
	if door.length > 0 {
		c.doors = append(c.doors, door)
	}
	return told
}

// remove takes one out of a line, and reports whether it was there.
func (c *crowd) remove(share Share, told chan error) bool {
	door := c.door(share.Door)
	line := door.line(share)
	at := slices.Index(line.waiters, told)
	if at < 0 {
		return false
	}
	line.waiters = slices.Delete(line.waiters, at, at+1)
	door.length--
	c.length--
	door.lines = slices.DeleteFunc(door.lines, func(l *callers) bool { return len(l.waiters) == 0 })
	c.doors = slices.DeleteFunc(c.doors, func(d *doorway) bool { return d.length == 0 })
	return true
}

// length returns how many wait for their turns.
func (q *fairQueue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting[0].length + q.waiting[1].length
}
