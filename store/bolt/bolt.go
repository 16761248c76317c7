// Package bolt is the embedded engine of the store: one bbolt file.
//
// One goroutine writes. It takes whatever has queued up while its last fsync
// ran and commits it as one bbolt transaction, so that a busy store pays one
// fsync for many commits and an idle one waits for no timer. The requests of
// a group are decided one after the other: each sees what the earlier ones
// wrote, and a conflict is its own alone.
//
// The file holds two buckets: "dsappd" with the schema version and the totals
// of all entries, and "records", where each value is led by its revision and
// its checksum. Revisions are the sequence of that bucket, one for each commit.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/dsappd/dsappd/store"
)

const (
	headBucket    = "dsappd"
	schemaKey     = "schema"
	totalsKey     = "totals"
	recordsBucket = "records"
)

// Engine is an open file. It implements store.Engine.
type Engine struct {
	db     *bbolt.DB
	path   string
	commit func(*bbolt.Tx) error

	patience time.Duration // of a commit that the writer has not taken yet
	timers   sync.Pool

	// queue is closed by Close, under closing, which its senders share.
	queue   chan *request
	closing sync.RWMutex
	closed  bool
	drained chan struct{}

	observer atomic.Pointer[func(requests int, took time.Duration)]

	stopped atomic.Pointer[StoppedError]
	ended   chan struct{} // closed with the first StoppedError

	meta error // what was wrong with the metas when the file was opened
}

func start(db *bbolt.DB, path string) *Engine {
	e := &Engine{
		db:       db,
		path:     path,
		commit:   (*bbolt.Tx).Commit,
		patience: patience,
		queue:    make(chan *request, maxGroup),
		drained:  make(chan struct{}),
		ended:    make(chan struct{}),
	}
	go e.write()
	return e
}

// Close commits what is queued, waits for the snapshots and gives the file
// free. Closing again does nothing.
func (e *Engine) Close() error {
	e.closing.Lock()
	first := !e.closed
	if first {
		e.closed = true
		close(e.queue)
	}
	e.closing.Unlock()
	<-e.drained
	if !first {
		return nil
	}
	if err := e.db.Close(); err != nil {
		return fmt.Errorf("close store file: %w", err)
	}
	return nil
}

// StoppedError says that a commit failed in a way that leaves the file's
// newest state in doubt: it can be read but may not be on the disk. Nothing
// is read or written any more until the file is opened anew.
type StoppedError struct {
	Path  string
	Cause error
}

func (e *StoppedError) Error() string {
	return fmt.Sprintf("store file %s is out of service since a commit failed: %v; mend the disk and restart", e.Path, e.Cause)
}

func (e *StoppedError) Unwrap() error { return e.Cause }

func (e *Engine) stop(cause error) *StoppedError {
	stopped := &StoppedError{Path: e.path, Cause: cause}
	if e.stopped.CompareAndSwap(nil, stopped) {
		close(e.ended)
	}
	return stopped
}

// Stopped returns a channel that is closed when the engine is out of service:
// every call from then on returns a StoppedError.
func (e *Engine) Stopped() <-chan struct{} { return e.ended }

// Snapshot begins a read transaction. It may see a commit whose fsync is
// still running; a Commit of what was read there returns after it.
func (e *Engine) Snapshot(ctx context.Context) (store.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if stopped := e.stopped.Load(); stopped != nil {
		return nil, stopped
	}
	tx, err := e.begin(false)
	if err != nil {
		return nil, err
	}
	return &snapshot{tx: tx, records: tx.Bucket([]byte(recordsBucket))}, nil
}

func (e *Engine) begin(writable bool) (*bbolt.Tx, error) {
	tx, err := e.db.Begin(writable)
	if errors.Is(err, bbolterrors.ErrDatabaseNotOpen) {
		return nil, store.ErrClosed
	}
	if err != nil {
		return nil, fmt.Errorf("begin bbolt transaction: %w", err)
	}
	return tx, nil
}
