package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dsappd/dsappd/store"
)

// writer commits groups, one after the other.
type writer struct {
	engine *Engine
	conn   *connection // nil: it has to connect

	// Each transaction leaves its number under the writer's name, and holds a
	// lock of that name.
	name   string
	number int64
}

// run commits what the queue brings until that is closed.
func (w *writer) run() {
	defer w.disconnect()
	for group := w.engine.queue.take(); group != nil; group = w.engine.queue.take() {
		began := time.Now()
		err := w.apply(group)
		for _, r := range group {
			if r.result == nil {
				r.result = err
			}
			r.done <- r.result
		}
		if observe := w.engine.observer.Load(); observe != nil && err == nil {
			(*observe)(len(group), time.Since(began))
		}
	}
}

// apply decides a group and makes it durable. It begins again where the database
// was lost before a COMMIT was sent, or where the COMMIT has proved not to have
// come through, until the last of the group may wait no longer.
func (w *writer) apply(group []*request) error {
	until := slices.MaxFunc(group, func(a, b *request) int { return a.until.Compare(b.until) }).until
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		for _, r := range group {
			r.result = nil
		}
		err := w.attempt(group, until)
		if err == nil {
			w.engine.note(nil)
			return nil
		}
		w.disconnect()
		if isLockTimeout(err) {
			return fmt.Errorf("commit: %w: %w", store.ErrOverloaded, err)
		}
		if !isLost(err) || errors.Is(err, store.ErrUncertain) {
			return fmt.Errorf("commit: %w", err)
		}
		w.engine.note(err)
		if time.Until(until) < pause {
			return w.engine.explain(err)
		}
		time.Sleep(pause)
	}
}

// attempt decides a group once. The error is store.ErrUncertain where nobody can say what
// became of the COMMIT; after any other nothing is written.
func (w *writer) attempt(group []*request, until time.Time) error {
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	if err := w.connect(ctx); err != nil {
		return err
	}
	p := newPlan(w.engine.head.id, group)
	if len(p.locks) == 0 {
		err := w.conn.trip(ctx, w.read(p))
		p.decide(group)
		return err
	}
	if err := w.prepare(ctx, p); err != nil {
		return err
	}
	if p.decide(group); len(p.puts)+len(p.deletes) == 0 {
		return w.rollback(ctx)
	}
	return w.commit(p)
}

func (w *writer) connect(ctx context.Context) (err error) {
	if w.conn != nil {
		return nil
	}
	w.conn, err = w.engine.target.connectWriter(ctx)
	return err
}

func (w *writer) disconnect() {
	if w.conn != nil {
		_ = w.conn.close()
		w.conn = nil
	}
}

// prepare takes the locks, and only then reads the revisions: a statement sees
// what was committed before it began.
func (w *writer) prepare(ctx context.Context, p *plan) error {
	locks, alone := p.sortedLocks(lockOf(w.engine.head.id, "writer", w.name))
	return w.conn.trip(ctx,
		call{name: beginStatement},
		call{name: lockStatement, args: []any{locks, alone}},
		w.read(p),
		call{name: drawStatement, read: func(values [][]byte) error {
			p.revision = int64(binary.BigEndian.Uint64(values[0]))
			return nil
		}},
	)
}

// read makes the call that finds the revisions.
func (w *writer) read(p *plan) call {
	return call{name: readStatement, args: []any{p.columns()}, read: func(values [][]byte) error {
		p.found[string(values[0])] = binary.BigEndian.Uint64(values[1])
		return nil
	}}
}

// rollback ends a transaction that writes nothing.
func (w *writer) rollback(ctx context.Context) error {
	return w.conn.conn.Exec(ctx, "rollback").Close()
}

// commit writes what was decided. No context ends it; a connection on which
// nothing comes is closed instead, and the outcome read on another.
func (w *writer) commit(p *plan) error {
	w.number++
	calls := []call{}
	if len(p.puts) > 0 {
		columns, rests, values := p.written()
		calls = append(calls, call{name: putStatement, args: []any{columns, rests, values, p.revision}})
	}
	if len(p.deletes) > 0 {
		calls = append(calls, call{name: deleteStatement, args: []any{p.deleted()}})
	}
	calls = append(calls, call{name: markStatement, args: []any{w.name, w.number}}, call{name: commitStatement})
	until, conn := time.Now().Add(w.engine.options.Resolve), w.conn
	hung := time.AfterFunc(w.engine.options.Resolve/2, func() { _ = conn.close() })
	err := conn.trip(context.Background(), calls...)
	hung.Stop()
	switch {
	case err == nil && conn.warning == nil:
		return nil
	case err == nil: // the server did not wait for its standby
		return fmt.Errorf("%w: %s", store.ErrUncertain, conn.warning.Message)
	case isRefused(err):
		return err
	}
	return w.resolve(err, until)
}

// isRefused reports whether the server refused a statement and the transaction
// with it.
func isRefused(err error) bool {
	refused, is := errors.AsType[*pgconn.PgError](err)
	return is && refused.Severity == "ERROR"
}

// isLockTimeout reports whether another server held a lock for too long.
func isLockTimeout(err error) bool {
	refused, is := errors.AsType[*pgconn.PgError](err)
	return is && refused.Code == "55P03" // lock_not_available
}

// errNotCommitted is a COMMIT that has proved not to have come through.
var errNotCommitted = errors.New("the connection broke before the commit")

// resolve finds out what became of the last COMMIT, whose connection broke. It
// waits until the old transaction has ended by taking the lock that it held.
func (w *writer) resolve(cause error, until time.Time) error {
	w.disconnect()
	w.engine.note(cause)
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		committed, err := w.engine.outcome(ctx, w.name, w.number)
		switch {
		case err == nil && committed:
			return nil
		case err == nil:
			return fmt.Errorf("%w: %w", errNotCommitted, cause)
		}
		if sleep(ctx, pause) != nil {
			return fmt.Errorf("%w: %w", store.ErrUncertain, errors.Join(cause, err))
		}
	}
}

// outcome reports whether a transaction has been committed, once it has ended.
func (e *Engine) outcome(ctx context.Context, name string, number int64) (bool, error) {
	conn, err := e.target.connectWriter(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.close() }()
	lock := call{name: lockStatement, args: []any{[]int64{lockOf(e.head.id, "writer", name)}, []bool{true}}}
	if err := conn.trip(ctx, call{name: beginStatement}, lock); err != nil {
		return false, err
	}
	var found int64
	const query = `select number from dsappd_writers where writer = $1`
	row := conn.conn.ExecParams(ctx, query, [][]byte{[]byte(name)}, nil, nil, []int16{1}).Read()
	if len(row.Rows) == 1 {
		found = int64(binary.BigEndian.Uint64(row.Rows[0][0]))
	}
	return found == number, row.Err
}
