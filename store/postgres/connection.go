package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// The statements of a writer, by the names under which a connection has them
// prepared.
const (
	lockStatement   = "lock"
	readStatement   = "read"
	drawStatement   = "draw"
	putStatement    = "put"
	deleteStatement = "delete"
	markStatement   = "mark"
	beginStatement  = "begin"
	commitStatement = "commit"
)

func statements() map[string]string {
	return map[string]string{
		beginStatement: `begin isolation level read committed read write`,
		// The array is in order, and so are the locks taken.
		lockStatement: `select case when alone then pg_advisory_xact_lock(lock) else pg_advisory_xact_lock_shared(lock) end
			from unnest($1::bigint[], $2::boolean[]) as wanted (lock, alone)`,
		readStatement: `select key, revision from dsappd_records where key = any($1::bytea[])`,
		drawStatement: `select nextval('dsappd_revisions')`,
		putStatement: `insert into dsappd_records (key, rest, value, revision)
			select key, rest, value, $4::bigint from unnest($1::bytea[], $2::bytea[], $3::bytea[]) as written (key, rest, value)
			on conflict (key) do update set rest = excluded.rest, value = excluded.value, revision = excluded.revision`,
		deleteStatement: `delete from dsappd_records where key = any($1::bytea[])`,
		markStatement: `insert into dsappd_writers (writer, number, at) values ($1::text, $2::bigint, now())
			on conflict (writer) do update set number = excluded.number, at = excluded.at`,
		commitStatement: `commit`,
	}
}

// connection is one of a writer.
type connection struct {
	conn    *pgconn.PgConn
	types   *pgtype.Map
	warning *pgconn.Notice // the last one, of the statement that runs
}

// errNoCancel refuses to cancel what runs.
var errNoCancel = errors.New("what a writer runs is not cancelled")

// connectWriter connects with the statements prepared. The connection never asks the
// server to cancel what runs on it, which pgconn otherwise does when one breaks:
// the server would take a COMMIT that waits for its standby as done.
func (t *target) connectWriter(ctx context.Context) (*connection, error) {
	c := &connection{types: pgtype.NewMap()}
	config := t.config.Config.Copy()
	config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) { c.warning = notice }
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if c.conn, err = withoutCancel(conn); err != nil {
		return nil, err
	}
	if err := checkSafe(ctx, c.conn); err != nil {
		return nil, errors.Join(err, c.close())
	}
	for name, statement := range statements() {
		if _, err := c.conn.Prepare(ctx, name, statement, nil); err != nil {
			return nil, errors.Join(fmt.Errorf("prepare %s: %w", name, err), c.close())
		}
	}
	return c, nil
}

// withoutCancel returns the same connection unable to reach the server by another
// one, as a request to cancel does.
func withoutCancel(conn *pgconn.PgConn) (*pgconn.PgConn, error) {
	taken, err := conn.Hijack()
	if err != nil {
		return nil, err
	}
	taken.Config = taken.Config.Copy()
	taken.Config.DialFunc = func(context.Context, string, string) (net.Conn, error) { return nil, errNoCancel }
	return pgconn.Construct(taken)
}

// close lets go of the connection without a word: whatever runs on it goes on.
func (c *connection) close() error { return c.conn.Conn().Close() }

// call is a statement with its arguments. Its rows go to read; nil: it has none.
type call struct {
	name string
	args []any
	read func(values [][]byte) error
}

// trip runs calls in one round trip, up to the first that fails.
func (c *connection) trip(ctx context.Context, calls ...call) error {
	c.warning = nil
	pipeline := c.conn.StartPipeline(ctx)
	for _, call := range calls {
		values, formats, err := c.encode(call.args)
		if err != nil {
			return errors.Join(err, pipeline.Close())
		}
		pipeline.SendQueryPrepared(call.name, values, formats, []int16{pgtype.BinaryFormatCode})
	}
	if err := pipeline.Sync(); err != nil {
		return errors.Join(err, pipeline.Close())
	}
	var failed error
	for _, call := range calls {
		if failed = call.take(pipeline); failed != nil {
			break
		}
	}
	// Close reads what is left, up to the answer to Sync.
	return errors.Join(failed, pipeline.Close())
}

// encode makes the binary form of arguments.
func (c *connection) encode(args []any) (values [][]byte, formats []int16, err error) {
	for _, arg := range args {
		value, err := c.encodeOne(arg)
		if err != nil {
			return nil, nil, fmt.Errorf("encode %T: %w", arg, err)
		}
		values = append(values, value)
	}
	return values, []int16{pgtype.BinaryFormatCode}, nil
}

func (c *connection) encodeOne(arg any) ([]byte, error) {
	oids := map[string]uint32{
		"[][]uint8": pgtype.ByteaArrayOID, "[]int64": pgtype.Int8ArrayOID, "[]bool": pgtype.BoolArrayOID,
		"int64": pgtype.Int8OID, "string": pgtype.TextOID,
	}
	return c.types.Encode(oids[fmt.Sprintf("%T", arg)], pgtype.BinaryFormatCode, arg, nil)
}

// take reads the answer to a call.
func (call call) take(pipeline *pgconn.Pipeline) error {
	results, err := pipeline.GetResults()
	if err != nil {
		return err
	}
	rows, is := results.(*pgconn.ResultReader)
	if !is {
		return fmt.Errorf("%s: an answer of the type %T", call.name, results)
	}
	var failed error
	for rows.NextRow() {
		if call.read != nil && failed == nil {
			failed = call.read(rows.Values())
		}
	}
	_, err = rows.Close()
	return errors.Join(err, failed)
}
