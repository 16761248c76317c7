package postgres

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dsappd/dsappd/store"
)

// The limits of one group: its keys, each of which takes a lock, and the bytes
// of its values. PostgreSQL has room for max_locks_per_transaction (64) for each
// connection that it allows (100), for all groups of all servers together.
const (
	maxGroupKeys  = 256
	maxGroupBytes = 8 << 20
)

// request is one Commit on its way through a writer.
type request struct {
	reads  []store.Read
	writes []store.Write
	keys   int // how many locks it takes at most
	size   int // bytes of its keys and values

	until  time.Time // when a writer may give it up that has not sent a COMMIT
	result error     // decided when its group was
	done   chan error
}

// newRequest refuses keys and values of a size that is not allowed. Commit
// returns only with the result, so it need not copy anything.
func newRequest(reads []store.Read, writes []store.Write) (*request, error) {
	r := &request{reads: reads, writes: writes, keys: len(reads) + len(writes), done: make(chan error, 1)}
	for _, w := range writes {
		if len(w.Key) == 0 || len(w.Key) > store.MaxKeySize {
			return nil, fmt.Errorf("key of %d bytes: 1 to %d are allowed", len(w.Key), store.MaxKeySize)
		}
		if len(w.Value) > store.MaxValueSize {
			return nil, fmt.Errorf("value of %d bytes: at most %d are allowed", len(w.Value), store.MaxValueSize)
		}
		r.size += len(w.Key) + len(w.Value)
	}
	return r, nil
}

// large reports whether a request takes more locks than a group may.
func (r *request) large() bool { return r.keys > maxGroupKeys }

// queue holds requests that no writer has taken yet.
type queue struct {
	mutex   sync.Mutex
	changed sync.Cond // waiting or closed has changed
	waiting []*request
	closed  bool
}

func newQueue() *queue {
	q := new(queue)
	q.changed.L = &q.mutex
	return q
}

// add reports whether it took a request: a closed queue does not.
func (q *queue) add(r *request) bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.closed {
		return false
	}
	q.waiting = append(q.waiting, r)
	q.changed.Signal()
	return true
}

// remove takes a request out again, and reports whether it was still there.
func (q *queue) remove(r *request) bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	i := slices.Index(q.waiting, r)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// take waits for requests and returns as many as a group may have. A large one
// is a group of its own. There is none once the queue is closed and empty.
func (q *queue) take() []*request {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	for len(q.waiting) == 0 {
		if q.closed {
			return nil
		}
		q.changed.Wait()
	}
	n, keys, size := 0, 0, 0
	for n < len(q.waiting) && (n == 0 || keys+q.waiting[n].keys <= maxGroupKeys && size+q.waiting[n].size <= maxGroupBytes) {
		keys, size = keys+q.waiting[n].keys, size+q.waiting[n].size
		n++
	}
	group := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	return group
}

func (q *queue) close() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.closed = true
	q.changed.Broadcast()
}

// Commit queues a request and waits for its true result. When ctx ends, or the
// option Wait, before a writer has taken it, nothing is written. One that was
// taken ends soon after Wait too, unless its COMMIT is under way.
func (e *Engine) Commit(ctx context.Context, reads []store.Read, writes []store.Write) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r, err := newRequest(reads, writes)
	if err != nil {
		return err
	}
	r.until = time.Now().Add(e.options.Wait)
	if !e.queue.add(r) {
		return store.ErrClosed
	}
	timer := time.NewTimer(e.options.Wait)
	defer timer.Stop()
	var gaveUp error
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		gaveUp = ctx.Err()
	case <-timer.C:
		gaveUp = store.ErrOverloaded
	}
	if e.queue.remove(r) {
		return gaveUp
	}
	return <-r.done
}
