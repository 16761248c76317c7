package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/dsappd/dsappd/store"
)

// The queries of a snapshot. A long key is read by its digest, and with others
// that share its beginning by longKeys.
const (
	freeze   = `begin isolation level repeatable read read only; select 1`
	getKeys  = `select key, rest, value, revision from dsappd_records where key = any($1::bytea[])`
	scanKeys = `select key, rest, value, revision from dsappd_records where key >= $1::bytea and key < $2::bytea order by key limit $3::bigint`
	longKeys = `select key, rest, value, revision from dsappd_records where key >= $1::bytea and key < $2::bytea and rest is not null`
)

// The rows of the first and of the largest page of a scan. Most scans end within
// few, and a large page costs memory.
const (
	firstPage   = 64
	largestPage = 1024
)

// The pauses between two attempts to reach the database.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = 500 * time.Millisecond
)

// snapshot is a transaction in REPEATABLE READ, on a connection of its own.
type snapshot struct {
	engine *Engine
	ctx    context.Context // of the one call that the snapshot lives for
	conn   *pgxpool.Conn
}

// Snapshot begins a transaction and freezes it by its first query. While the
// database cannot be reached it tries again, for as long as the option Wait
// allows.
func (e *Engine) Snapshot(ctx context.Context) (store.Snapshot, error) {
	s, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (e *Engine) begin(ctx context.Context) (*snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(e.options.Wait)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		if e.closed.Load() {
			return nil, store.ErrClosed
		}
		s, err := e.snapshot(ctx, deadline)
		if err == nil {
			e.note(nil)
			return s, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errors.Is(err, store.ErrOverloaded) || !isLost(err) {
			return nil, fmt.Errorf("begin snapshot: %w", err)
		}
		e.note(err)
		e.pool.Reset() // what broke one connection has most likely broken all
		if time.Until(deadline) < pause {
			return nil, e.explain(err)
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *Engine) snapshot(ctx context.Context, deadline time.Time) (*snapshot, error) {
	within, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	conn, err := e.pool.Acquire(within)
	if err != nil {
		stat := e.pool.Stat()
		if within.Err() != nil && stat.AcquiredConns() == stat.MaxConns() {
			return nil, fmt.Errorf("%w: all %d connections are in use", store.ErrOverloaded, stat.MaxConns())
		}
		if e.closed.Load() {
			return nil, store.ErrClosed
		}
		return nil, err
	}
	if err := conn.Conn().PgConn().Exec(within, freeze).Close(); err != nil {
		release(conn)
		return nil, err
	}
	return &snapshot{engine: e, ctx: ctx, conn: conn}, nil
}

// release gives a connection back, or away where it has failed.
func release(conn *pgxpool.Conn) {
	const enough = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), enough)
	defer cancel()
	if err := conn.Conn().PgConn().Exec(ctx, "rollback").Close(); err != nil {
		_ = conn.Conn().Close(ctx)
	}
	conn.Release()
}

// Close ends the transaction beside the caller, who does not wait for it.
func (s *snapshot) Close() { go release(s.conn) }

func (s *snapshot) Get(key string) ([]byte, uint64, error) {
	entries, err := s.GetMany([]string{key})
	if err != nil {
		return nil, 0, err
	}
	return entries[0].Value, entries[0].Revision, nil
}

func (s *snapshot) GetMany(keys []string) ([]store.Entry, error) {
	columns, places := make([][]byte, len(keys)), make(map[string][]int, len(keys))
	entries := make([]store.Entry, len(keys))
	for i, key := range keys {
		columns[i] = inColumn(key)
		places[key] = append(places[key], i)
		entries[i].Key = key
	}
	found, err := s.query(getKeys, columns)
	if err != nil {
		return nil, err
	}
	for _, entry := range found {
		for _, i := range places[entry.Key] {
			entries[i] = entry
		}
	}
	return entries, nil
}

// query reads all rows of an answer, which are few. Values are never nil.
func (s *snapshot) query(query string, args ...any) ([]store.Entry, error) {
	ctx, cancel := context.WithTimeout(s.ctx, s.engine.options.Wait)
	defer cancel()
	rows, err := s.conn.Query(ctx, query, args...)
	if err != nil {
		return nil, s.fault(err)
	}
	entries, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (store.Entry, error) {
		var column, rest, value []byte
		var revision int64
		err := row.Scan(&column, &rest, &value, &revision)
		return store.Entry{Key: wholeKey(column, rest), Value: value, Revision: uint64(revision)}, err
	})
	if err != nil {
		return nil, s.fault(err)
	}
	return entries, nil
}

func (s *snapshot) fault(err error) error {
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	if isLost(err) {
		s.engine.note(err)
		return fmt.Errorf("read: %w: %w", store.ErrUnreachable, err)
	}
	return fmt.Errorf("read: %w", err)
}

// Scan reads page after page, so that the caller may read from the snapshot in
// between.
func (s *snapshot) Scan(prefix, after string) iter.Seq2[store.Entry, error] {
	asked := keyRange{prefix, after}
	return func(yield func(store.Entry, error) bool) {
		begin, end := asked.first(), asked.end()
		for size := firstPage; begin != nil; size = min(4*size, largestPage) {
			page, err := s.query(scanKeys, begin, end, int64(size))
			if err != nil {
				yield(store.Entry{}, err)
				return
			}
			if page, begin, err = s.order(page, size); err != nil {
				yield(store.Entry{}, err)
				return
			}
			for _, entry := range page {
				if asked.holds(entry.Key) && !yield(entry, nil) {
					return
				}
			}
		}
	}
}

// order returns a page in the order of its keys, and where in the column the
// next one begins; nil: there is none. Long keys that share what the column
// holds are in no order there, and may not all be on this page.
func (s *snapshot) order(page []store.Entry, size int) (ordered []store.Entry, next []byte, err error) {
	long := slices.IndexFunc(page, func(e store.Entry) bool { return len(e.Key) > longKey })
	if long < 0 {
		if len(page) < size {
			return page, nil, nil
		}
		return page, []byte(page[len(page)-1].Key + "\x00"), nil
	}
	head := page[long].Key[:longKey]
	next = behind(head)
	alike, err := s.query(longKeys, []byte(head), next)
	slices.SortFunc(alike, func(a, b store.Entry) int { return cmp.Compare(a.Key, b.Key) })
	return append(page[:long:long], alike...), next, err
}
