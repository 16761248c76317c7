package bolt

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/store"
)

// The limits of one group: requests, which is also the length of the queue,
// and bytes of their values.
const (
	maxGroup      = 1024
	maxGroupBytes = 8 << 20
)

// fillPercent is how full a page is left that is split. Most of what is written
// comes in order, as the audit does, and finds no room in pages before it.
const fillPercent = 0.8

// request is one Commit on its way through the writer.
type request struct {
	reads  []read
	writes []write
	size   int

	claimed atomic.Bool // by the writer, or by a caller that gives up
	result  error       // decided while its group was staged
	done    chan error
}

type read struct {
	key      []byte
	revision uint64
}

// write holds an entry with room for its head; nil deletes.
type write struct {
	key   []byte
	entry []byte
}

// patience is how long a commit waits for the writer to take it. The writer is
// held up that long only by a disk that hangs.
const patience = 10 * time.Second

// Commit queues a request and waits for its true result. When ctx ends, or
// patience, before the writer has taken it, nothing is written.
func (e *Engine) Commit(ctx context.Context, reads []store.Read, writes []store.Write) error {
	r, err := newRequest(reads, writes)
	if err != nil {
		return err
	}
	timer := e.timer()
	defer e.timers.Put(timer)
	defer timer.Stop()
	if err := e.submit(ctx, r, timer.C); err != nil {
		return err
	}
	var gaveUp error
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		gaveUp = ctx.Err()
	case <-timer.C:
		gaveUp = store.ErrOverloaded
	}
	if r.claim() {
		return gaveUp
	}
	return <-r.done
}

// timer returns a timer that ends with the engine's patience.
func (e *Engine) timer() *time.Timer {
	if kept, is := e.timers.Get().(*time.Timer); is {
		kept.Reset(e.patience)
		return kept
	}
	return time.NewTimer(e.patience)
}

// newRequest copies everything, so that neither bbolt nor the queue holds on
// to the caller's memory.
func newRequest(reads []store.Read, writes []store.Write) (*request, error) {
	size := 0
	for _, from := range reads {
		size += len(from.Key)
	}
	for _, from := range writes {
		if len(from.Key) == 0 || len(from.Key) > store.MaxKeySize {
			return nil, fmt.Errorf("key of %d bytes: 1 to %d are allowed", len(from.Key), store.MaxKeySize)
		}
		if len(from.Value) > store.MaxValueSize {
			return nil, fmt.Errorf("value of %d bytes: at most %d are allowed", len(from.Value), store.MaxValueSize)
		}
		size += len(from.Key) + entryHead + len(from.Value)
	}
	r := &request{
		reads:  make([]read, len(reads)),
		writes: make([]write, len(writes)),
		size:   size,
		done:   make(chan error, 1),
	}
	memory := make([]byte, 0, size) // of all of it, so that it is allocated once
	keep := func(key string) []byte {
		begin := len(memory)
		memory = append(memory, key...)
		return memory[begin:len(memory):len(memory)]
	}
	for i, from := range reads {
		r.reads[i] = read{keep(from.Key), from.Revision}
	}
	for i, from := range writes {
		r.writes[i] = write{key: keep(from.Key)}
		if !from.Delete {
			begin := len(memory)
			memory = appendEntry(memory, from.Value)
			r.writes[i].entry = memory[begin:len(memory):len(memory)]
		}
	}
	return r, nil
}

func (e *Engine) submit(ctx context.Context, r *request, late <-chan time.Time) error {
	e.closing.RLock()
	defer e.closing.RUnlock()
	if e.closed {
		return store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case e.queue <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-late:
		return store.ErrOverloaded
	}
}

// claim reports whether the request is still free, and takes it.
func (r *request) claim() bool { return r.claimed.CompareAndSwap(false, true) }

// write commits what the queue brings, in groups. There is one such writer.
func (e *Engine) write() {
	defer close(e.drained)
	for first := range e.queue {
		group := e.gather(first)
		err := e.apply(group)
		for _, r := range group {
			if r.result == nil {
				r.result = err
			}
			r.done <- r.result
		}
	}
}

// gather takes what is queued. Before it settles for a group it lets the
// goroutines that can run do so, because those whose commit has just been
// answered are about to ask for the next; it waits for nothing.
func (e *Engine) gather(first *request) []*request {
	group := claim(nil, first)
	for size := first.size; len(group) < maxGroup && size < maxGroupBytes; {
		if len(e.queue) == 0 {
			runtime.Gosched()
		}
		select {
		case r, open := <-e.queue:
			if !open {
				return group
			}
			group = claim(group, r)
			size += r.size
		default:
			return group
		}
	}
	return group
}

// claim adds r to the group unless its caller has given up.
func claim(group []*request, r *request) []*request {
	if r.claim() {
		group = append(group, r)
	}
	return group
}

// apply decides a group and makes it durable in one transaction. Its error
// is the group's, but for the members that have a result of their own.
func (e *Engine) apply(group []*request) (err error) {
	if stopped := e.stopped.Load(); stopped != nil {
		return stopped
	}
	tx, err := e.begin(true)
	if err != nil {
		return err
	}
	id := tx.ID()
	defer func() {
		if fault := recover(); fault != nil {
			err = e.failed(id, fmt.Errorf("panic: %v", fault))
		}
	}()
	defer func() { _ = tx.Rollback() }()
	written, err := stage(tx, group)
	if err != nil || !written {
		return err
	}
	began := time.Now()
	if err := e.commit(tx); err != nil {
		return e.failed(id, err)
	}
	if observe := e.observer.Load(); observe != nil {
		(*observe)(len(group), time.Since(began))
	}
	return nil
}

// failed finds out what became of the transaction id. Not to be seen means
// not written: bbolt's last page to be written is the one that shows all
// others. To be seen means that only the fsync after it failed, and after
// that no later fsync can be trusted.
func (e *Engine) failed(id int, cause error) error {
	tx, err := e.begin(false)
	if err != nil {
		return fmt.Errorf("%w: %w", store.ErrUncertain, e.stop(errors.Join(cause, err)))
	}
	defer func() { _ = tx.Rollback() }()
	if tx.ID() < id {
		return fmt.Errorf("commit: %w", cause)
	}
	return fmt.Errorf("%w: %w", store.ErrUncertain, e.stop(cause))
}

// stage decides the requests one after the other, puts the writes of those
// that hold and brings the totals up to date. It reports whether there is
// anything to commit.
func stage(tx *bbolt.Tx, group []*request) (written bool, err error) {
	records := tx.Bucket([]byte(recordsBucket))
	records.FillPercent = fillPercent
	all, err := readTotals(tx)
	if err != nil {
		return false, err
	}
	cursor := records.Cursor()
	for _, r := range group {
		r.result = r.validate(cursor)
		if r.result != nil || len(r.writes) == 0 {
			continue
		}
		written = true
		if err := r.put(records, cursor, &all); err != nil {
			return false, err
		}
	}
	if !written {
		return false, nil
	}
	return true, all.write(tx)
}

func (r *request) validate(cursor *bbolt.Cursor) error {
	for _, read := range r.reads {
		var revision uint64
		if entry := seek(cursor, read.key); entry != nil {
			var err error
			if _, revision, err = openEntry(read.key, entry); err != nil {
				return fmt.Errorf("validate commit: %w", err)
			}
		}
		if revision != read.revision {
			return store.ErrConflict
		}
	}
	return nil
}

func (r *request) put(records *bbolt.Bucket, cursor *bbolt.Cursor, all *totals) error {
	revision, err := records.NextSequence()
	if err != nil {
		return fmt.Errorf("draw revision: %w", err)
	}
	all.Sequence = revision
	for _, w := range r.writes {
		all.take(seek(cursor, w.key))
		if w.entry == nil {
			err = records.Delete(w.key)
		} else {
			stamp(w.key, w.entry, revision)
			all.add(w.entry)
			err = records.Put(w.key, w.entry)
		}
		if err != nil {
			return fmt.Errorf("stage commit: %w", err)
		}
	}
	return nil
}
