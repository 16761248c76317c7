package provision

import (
	"slices"
	"sync"
)

// turns has the operations of this process that write one record follow each
// other. Of many at once all but one would find that it moved, over and over,
// and whoever ran out of rounds would be answered that it was too much, which
// tells the user who exists from the one who does not, and count nothing. That
// the record has not moved is still for the commit to see: another process on
// the same store knows nothing of turns.
type turns struct {
	mu     sync.Mutex
	queues map[any]*queue
}

// queue is those who wait for one record, and the one whose turn it is.
type queue struct {
	sync.Mutex
	length int
}

// wait returns when it is the caller's turn.
func (t *turns) wait(record any) {
	t.mu.Lock()
	if t.queues == nil {
		t.queues = make(map[any]*queue)
	}
	q := t.queues[record]
	if q == nil {
		q = new(queue)
		t.queues[record] = q
	}
	q.length++
	t.mu.Unlock()
	q.Lock()
}

func (t *turns) leave(record any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	q := t.queues[record]
	q.Unlock()
	if q.length--; q.length == 0 {
		delete(t.queues, record)
	}
}

// turn is what one operation has waited for, through all its rounds.
type turn struct {
	turns   *turns
	records []any // by their keys, of which no two kinds have one type
	room    [2]any
}

func (t *turn) registration(id string) {
	t.of(id, func(any) bool { return false })
}

// user comes after registration, in this order alone: no two wait for each other.
func (t *turn) user(key UserKey) {
	t.of(key, func(held any) bool { _, is := held.(string); return is })
}

// of waits for a record, unless the operation has its turn already. A turn
// that does not come before is let go: it is of a round that found another
// record, and whoever waited with it could be waited for.
func (t *turn) of(record any, before func(held any) bool) {
	if slices.Contains(t.records, record) {
		return
	}
	t.records = slices.DeleteFunc(t.records, func(held any) bool {
		if before(held) {
			return false
		}
		t.turns.leave(held)
		return true
	})
	t.turns.wait(record)
	if t.records == nil {
		t.records = t.room[:0]
	}
	t.records = append(t.records, record)
}

func (t *turn) end() {
	for _, record := range t.records {
		t.turns.leave(record)
	}
}
