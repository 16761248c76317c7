// Package postgres is the engine of a store that several servers share: one
// table of a PostgreSQL database.
//
// A few writers of each process take whatever has queued up while their last
// commit ran and commit it as one transaction, in two round trips. The first
// takes an advisory lock for each key in sorted order, shared for what is only
// read and exclusive for what is written, and then reads the revisions. The
// second writes and commits. The locks cover keys that nothing stands under, so
// READ COMMITTED is enough for commits that are serialisable.
//
// A COMMIT is never cancelled: with a synchronous standby, a cancelled one is
// visible and on one machine alone. When a connection breaks during one, its
// writer connects anew, waits until the old transaction has ended, and reads
// the row in which each transaction leaves its number.
package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/dsappd/dsappd/store"
)

// Options say how to reach a store. Only URL is required.
type Options struct {
	// URL names the database: postgres://USER@HOST:PORT/DATABASE, with several
	// hosts where a standby may take over. The parameter search_path names the
	// schema of the tables. TLS is verified by default, except on this machine.
	URL string

	// Password is used in place of the URL's; empty: the URL's.
	Password string

	// Pool is how many connections read at once; 0: 16. Writers is how many
	// write; 0: 2.
	Pool    int
	Writers int

	// Wait bounds how long a snapshot or commit waits for the database; 0: 10
	// seconds. Resolve bounds how long a commit waits for its outcome when the
	// connection broke in it; 0: 30 seconds.
	Wait    time.Duration
	Resolve time.Duration
}

func (o Options) withDefaults() Options {
	if o.Pool == 0 {
		o.Pool = 16
	}
	if o.Writers == 0 {
		o.Writers = 2
	}
	if o.Wait == 0 {
		o.Wait = 10 * time.Second
	}
	if o.Resolve == 0 {
		o.Resolve = 30 * time.Second
	}
	return o
}

// Engine is an open store. It implements store.Engine.
type Engine struct {
	options Options
	target  *target
	pool    *pgxpool.Pool
	head    head

	queue   *queue
	writers errgroup.Group
	closed  atomic.Bool

	lost     atomic.Pointer[lost]
	observer atomic.Pointer[func(requests int, took time.Duration)]
}

// Open opens a store that Create made and Complete declared complete. The
// errors are ErrURL, ErrNoStore, ErrIncomplete, ErrUnsafe, a *SchemaError and
// store.ErrUnreachable.
func Open(ctx context.Context, options Options) (*Engine, error) {
	e, err := connect(ctx, options)
	if err != nil {
		return nil, err
	}
	if err := e.readHead(ctx, true); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	e.start()
	return e, nil
}

// Create makes the tables of a new store and opens it. Open refuses it until
// Complete has been called; another Create removes what an earlier one left
// incomplete. The error is ErrExists where there is a complete store.
func Create(ctx context.Context, options Options) (*Engine, error) {
	e, err := connect(ctx, options)
	if err != nil {
		return nil, err
	}
	err = e.makeTables(ctx)
	if err == nil {
		err = e.readHead(ctx, false)
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	e.start()
	return e, nil
}

// connect makes an engine that nothing has been written through yet.
func connect(ctx context.Context, options Options) (*Engine, error) {
	options = options.withDefaults()
	target, err := parseTarget(options)
	if err != nil {
		return nil, err
	}
	pool, err := target.pool(ctx, options)
	if err != nil {
		return nil, err
	}
	return &Engine{options: options, target: target, pool: pool, queue: newQueue()}, nil
}

func (e *Engine) start() {
	for range e.options.Writers {
		w := &writer{engine: e, name: rand.Text()}
		e.writers.Go(func() error { w.run(); return nil })
	}
}

// Close commits what is queued, waits for the snapshots and lets go of the
// connections. Closing again does nothing.
func (e *Engine) Close() error {
	if !e.closed.CompareAndSwap(false, true) {
		return nil
	}
	e.queue.close()
	err := e.writers.Wait()
	e.pool.Close()
	return err
}

// Observe tells observe of each commit: how many requests it wrote together,
// and how long both round trips took.
func (e *Engine) Observe(observe func(requests int, took time.Duration)) {
	e.observer.Store(&observe)
}

// lost says since when, and why, the database cannot be reached.
type lost struct {
	since time.Time
	cause error
}

// Reachable returns nil when the last attempt to reach the database succeeded,
// and otherwise an error that wraps store.ErrUnreachable and says since when.
func (e *Engine) Reachable() error {
	if l := e.lost.Load(); l != nil {
		return fmt.Errorf("%w since %s: %w", store.ErrUnreachable, l.since.UTC().Format(time.RFC3339), l.cause)
	}
	return nil
}

// note remembers whether the database could be reached.
func (e *Engine) note(err error) {
	switch {
	case err == nil:
		if e.lost.Load() != nil {
			e.lost.Store(nil)
		}
	case e.lost.Load() == nil:
		e.lost.CompareAndSwap(nil, &lost{time.Now(), err})
	}
}
