package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Lapse is how long after its last beat a server counts as dead. All times are
// the database's, so the clocks of the servers do not matter.
const Lapse = 20 * time.Second

// BeatEvery is how often a server beats.
const BeatEvery = 3 * time.Second

// ErrLapsed means that a peer has taken this run for dead, because it did not
// beat for too long. Nothing may be written in its name any more.
var ErrLapsed = errors.New("this run has not been heard of for too long, and a peer has ended it")

// Server describes a process that has the store open.
type Server struct {
	Run     string    `json:"run"`
	Host    string    `json:"host"`
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	Beat    time.Time `json:"beat"` // the last one
	Live    bool      `json:"live"`
	Leases  []string  `json:"leases,omitempty"` // what it alone does now
}

// Beat says that a server lives. It is to be called every BeatEvery, beginning
// before the first write of the run. The error wraps ErrLapsed where a peer has
// ended the run.
func (e *Engine) Beat(ctx context.Context, s Server) error {
	const query = `
		insert into dsappd_servers (run, host, version) values ($1, $2, $3)
		on conflict (run) do update set at = now(),
			steady = case when dsappd_servers.at < now() - $4::interval then now() else dsappd_servers.steady end
			where not dsappd_servers.ended
		returning true`
	beaten, err := e.one(ctx, query, s.Run, s.Host, s.Version, Lapse/2)
	if err == nil && !beaten {
		err = ErrLapsed
	}
	return err
}

// EndLapsed ends the run of another server, unless that lives, and reports
// whether it has ended. The server that asks has to have beaten all the time in
// which the other one has not: after an outage of the database, nobody counts as
// dead.
func (e *Engine) EndLapsed(ctx context.Context, run, asker string) (ended bool, err error) {
	const query = `
		insert into dsappd_servers (run, host, version, ended)
			select $1, '', '', true from dsappd_servers where run = $2 and not ended and steady < now() - $3::interval
		on conflict (run) do update set ended = true
			where dsappd_servers.ended or dsappd_servers.at < now() - $3::interval
		returning true`
	return e.one(ctx, query, run, asker, Lapse)
}

// Resign takes a server off the list when it ends.
func (e *Engine) Resign(ctx context.Context, run string) error {
	return e.inTransaction(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `delete from dsappd_leases where run = $1`, run); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update dsappd_servers set ended = true where run = $1`, run); err != nil {
			return err
		}
		// What ended long ago is of no use to anybody.
		if _, err := tx.Exec(ctx, `delete from dsappd_servers where ended and at < now() - interval '7 days'`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `delete from dsappd_writers where at < now() - interval '7 days'`)
		return err
	})
}

// Hold reports whether a run alone may do the work of a name, such as sweeping,
// until Lapse from now. It takes the lease where nobody holds it.
func (e *Engine) Hold(ctx context.Context, name, run string) (bool, error) {
	const query = `
		insert into dsappd_leases (name, run, at) values ($1, $2, now())
		on conflict (name) do update set run = excluded.run, at = excluded.at
			where dsappd_leases.run = excluded.run or dsappd_leases.at < now() - $3::interval
		returning true`
	return e.one(ctx, query, name, run, Lapse)
}

// one runs a statement that returns one row or none.
func (e *Engine) one(ctx context.Context, query string, args ...any) (is bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, e.options.Wait)
	defer cancel()
	err = e.pool.QueryRow(ctx, query, args...).Scan(&is)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, e.explain(err)
	}
	return is, nil
}

// Servers returns those that live and those that ended lately, by their runs.
func (e *Engine) Servers(ctx context.Context) ([]Server, error) {
	const query = `
		select s.run, s.host, s.version, s.started, s.at, not s.ended and s.at >= now() - $1::interval,
			array(select name from dsappd_leases l where l.run = s.run and l.at >= now() - $1::interval order by name)
		from dsappd_servers s where s.host <> '' and s.at > now() - interval '1 day' order by s.run`
	ctx, cancel := context.WithTimeout(ctx, e.options.Wait)
	defer cancel()
	rows, err := e.pool.Query(ctx, query, Lapse)
	if err != nil {
		return nil, e.explain(err)
	}
	servers, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Server, err error) {
		err = row.Scan(&s.Run, &s.Host, &s.Version, &s.Started, &s.Beat, &s.Live, &s.Leases)
		return s, err
	})
	if err != nil {
		return nil, e.explain(err)
	}
	return servers, nil
}

// Offset returns how far the clock of this machine is ahead of the database's,
// and how uncertain that is.
func (e *Engine) Offset(ctx context.Context, now func() time.Time) (ahead, uncertain time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, e.options.Wait)
	defer cancel()
	var there time.Time
	before := now()
	if err := e.pool.QueryRow(ctx, `select clock_timestamp()`).Scan(&there); err != nil {
		return 0, 0, e.explain(err)
	}
	uncertain = now().Sub(before) / 2
	return before.Add(uncertain).Sub(there), uncertain, nil
}

// Lapsed reports whether a server has stopped beating that nobody has ended yet.
func (e *Engine) Lapsed(ctx context.Context) (bool, error) {
	return e.one(ctx, `select true from dsappd_servers where not ended and at < now() - $1::interval limit 1`, Lapse)
}

// Settings returns the text that NoteSettings has kept last; empty: none.
func (e *Engine) Settings(ctx context.Context) (text string, err error) {
	ctx, cancel := context.WithTimeout(ctx, e.options.Wait)
	defer cancel()
	if err := e.pool.QueryRow(ctx, `select settings from dsappd_store`).Scan(&text); err != nil {
		return "", e.explain(err)
	}
	return text, nil
}

// NoteSettings keeps a text that all servers of the store are compared by.
func (e *Engine) NoteSettings(ctx context.Context, text string) error {
	return e.inTransaction(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update dsappd_store set settings = $1`, text)
		return err
	})
}

// LastCommit returns when a writer has committed last, by the database's clock; the
// zero time: it is not known.
func (e *Engine) LastCommit(ctx context.Context) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, e.options.Wait)
	defer cancel()
	var at *time.Time
	if err := e.pool.QueryRow(ctx, `select max(at) from dsappd_writers`).Scan(&at); err != nil {
		return time.Time{}, e.explain(err)
	}
	if at == nil {
		return time.Time{}, nil
	}
	return *at, nil
}
