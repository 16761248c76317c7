package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dsappd/dsappd/store"
)

var (
	// ErrNoStore is a database that holds no store.
	ErrNoStore = errors.New("the database holds no store")

	// ErrExists is a database that holds a store already.
	ErrExists = errors.New("the database holds a store already")

	// ErrIncomplete is a store whose making was cut off.
	ErrIncomplete = errors.New("the store in the database was never completed")
)

// SchemaError is a store of another schema version than this program's.
type SchemaError struct{ Found int }

func (e *SchemaError) Error() string {
	return fmt.Sprintf("the store in the database has schema version %d, this program has %d", e.Found, store.Schema)
}

// Older reports whether the store has a version before this program's.
func (e *SchemaError) Older() bool { return e.Found < store.Schema }

// tables makes what a store consists of. The values of a busy table come and
// go, so its pages keep some room for updates in place.
const tables = `
create table dsappd_store (
	id text primary key,
	schema integer not null,
	complete boolean not null,
	settings text not null default ''
);
create table dsappd_records (
	key bytea primary key,
	rest bytea,
	value bytea not null,
	revision bigint not null
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);
create sequence dsappd_revisions;
create table dsappd_writers (
	writer text primary key,
	number bigint not null,
	at timestamptz not null
) with (fillfactor = 10, autovacuum_vacuum_threshold = 1000);
create table dsappd_servers (
	run text primary key,
	host text not null,
	version text not null,
	started timestamptz not null default now(),
	at timestamptz not null default now(),
	steady timestamptz not null default now(),
	ended boolean not null default false
) with (fillfactor = 10);
create table dsappd_leases (
	name text primary key,
	run text not null,
	at timestamptz not null
) with (fillfactor = 10)`

const dropTables = `
drop table if exists dsappd_store, dsappd_records, dsappd_writers, dsappd_servers, dsappd_leases;
drop sequence if exists dsappd_revisions`

// head is what a store says of itself.
type head struct {
	id       string // drawn when it was made
	schema   int
	complete bool
}

// makeTables makes a store that is not complete, in place of one that never was.
func (e *Engine) makeTables(ctx context.Context) error {
	return e.inTransaction(ctx, func(tx pgx.Tx) error {
		// Two that make a store at once take turns.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('dsappd_store'))`); err != nil {
			return err
		}
		switch found, err := readHead(ctx, tx); {
		case errors.Is(err, ErrNoStore):
		case err != nil:
			return err
		case found.complete:
			return ErrExists
		}
		if _, err := tx.Exec(ctx, dropTables+";"+tables, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into dsappd_store (id, schema, complete) values ($1, $2, false)`, rand.Text(), store.Schema)
		return err
	})
}

// Complete declares a store of Create complete, so that Open takes it.
func (e *Engine) Complete(ctx context.Context) error {
	return e.inTransaction(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update dsappd_store set complete = true`)
		return err
	})
}

// Remove removes the tables of a store that is not complete.
func (e *Engine) Remove(ctx context.Context) error {
	return e.inTransaction(ctx, func(tx pgx.Tx) error {
		if found, err := readHead(ctx, tx); err != nil || found.complete {
			return err
		}
		_, err := tx.Exec(ctx, dropTables, pgx.QueryExecModeSimpleProtocol)
		return err
	})
}

// inTransaction runs what is not a commit of records, and so needs no writer.
func (e *Engine) inTransaction(ctx context.Context, run func(pgx.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, e.options.Wait)
	defer cancel()
	if err := pgx.BeginFunc(ctx, e.pool, run); err != nil {
		return e.explain(err)
	}
	return nil
}

// readHead reads what the store says of itself, and refuses one that this
// program cannot use.
func (e *Engine) readHead(ctx context.Context, complete bool) error {
	var err error
	within, cancel := context.WithTimeout(ctx, e.options.Wait)
	defer cancel()
	e.head, err = readHead(within, e.pool)
	switch {
	case err != nil:
		return e.explain(err)
	case e.head.schema != store.Schema:
		return &SchemaError{Found: e.head.schema}
	case complete && !e.head.complete:
		return ErrIncomplete
	}
	return nil
}

type rowQuerier interface {
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

func readHead(ctx context.Context, from rowQuerier) (head, error) {
	var there bool
	if err := from.QueryRow(ctx, `select to_regclass('dsappd_store') is not null`).Scan(&there); err != nil {
		return head{}, err
	}
	if !there {
		return head{}, ErrNoStore
	}
	var h head
	err := from.QueryRow(ctx, `select id, schema, complete from dsappd_store`).Scan(&h.id, &h.schema, &h.complete)
	if errors.Is(err, pgx.ErrNoRows) {
		return head{}, ErrNoStore
	}
	return h, err
}

// explain says of an error what it means for the store.
func (e *Engine) explain(err error) error {
	if errors.Is(err, ErrNoStore) || errors.Is(err, ErrExists) || errors.Is(err, ErrUnsafe) {
		return err
	}
	if isLost(err) {
		return fmt.Errorf("%w: %w", store.ErrUnreachable, err)
	}
	return fmt.Errorf("postgres: %w", err)
}

// isLost reports whether an error says nothing of the statement: the connection
// is gone, or the server is one that takes no writes any more.
func isLost(err error) bool {
	refused, is := errors.AsType[*pgconn.PgError](err)
	if !is {
		return !errors.Is(err, context.Canceled) && !errors.Is(err, store.ErrClosed)
	}
	switch {
	case refused.Severity == "FATAL" || refused.Severity == "PANIC":
		return true
	case refused.Code == "25006": // read_only_sql_transaction
		return true
	}
	return isConnectionCode(refused.Code)
}

// isConnectionCode reports a connection exception, or that the server starts or ends.
func isConnectionCode(code string) bool {
	return len(code) == 5 && (code[:2] == "08" || code[:3] == "57P")
}
