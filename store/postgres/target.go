package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

var (
	// ErrURL is a URL that names no database, or not safely.
	ErrURL = errors.New("the URL of the store cannot be used")

	// ErrUnsafe is a database that may forget what it has acknowledged.
	ErrUnsafe = errors.New("the database may lose what it has acknowledged")
)

// target is a database and how to connect to it.
type target struct{ config *pgx.ConnConfig }

// parseTarget reads the URL. What it leaves out is set to the safe value.
func parseTarget(options Options) (*target, error) {
	given, err := url.Parse(options.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: it is not of the form postgres://USER@HOST:PORT/DATABASE", ErrURL)
	}
	if given.Scheme != "postgres" && given.Scheme != "postgresql" {
		return nil, fmt.Errorf("%w: it begins with %q, and postgres:// is wanted", ErrURL, given.Scheme)
	}
	query := given.Query()
	local := isLocal(given.Host, query.Get("host"))
	switch mode := query.Get("sslmode"); {
	case mode == "" && !local:
		query.Set("sslmode", "verify-full")
	case (mode == "prefer" || mode == "allow") && !local:
		return nil, fmt.Errorf("%w: sslmode=%s falls back to plain text; take verify-full, or name the lesser mode: require or disable", ErrURL, mode)
	}
	if !query.Has("target_session_attrs") {
		query.Set("target_session_attrs", "read-write")
	}
	if !query.Has("application_name") {
		query.Set("application_name", "dsappd")
	}
	if !query.Has("connect_timeout") {
		query.Set("connect_timeout", "5")
	}
	given.RawQuery = query.Encode()
	config, err := pgx.ParseConfig(given.String())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, withoutPassword(err, given))
	}
	if options.Password != "" {
		config.Password = options.Password
	}
	set(config)
	return &target{config}, nil
}

// isLocal reports whether all hosts of a URL are on this machine.
func isLocal(hosts, more string) bool {
	for host := range strings.SplitSeq(strings.Trim(hosts+","+more, ","), ",") {
		name := strings.Trim(host, "[]")
		if bare, _, err := net.SplitHostPort(host); err == nil {
			name = bare
		}
		address, err := netip.ParseAddr(name)
		if name != "" && name != "localhost" && !strings.HasPrefix(name, "/") && (err != nil || !address.IsLoopback()) {
			return false
		}
	}
	return true
}

// withoutPassword makes sure that an error of a library does not repeat the
// password of the URL.
func withoutPassword(err error, given *url.URL) error {
	if password, has := given.User.Password(); has && password != "" {
		for _, shown := range []string{password, url.QueryEscape(password), url.PathEscape(password)} {
			if strings.Contains(err.Error(), shown) {
				return errors.New("its parameters cannot be read")
			}
		}
	}
	return err
}

// set fixes what the engine relies on in each session. Every query is by the
// primary key, so a plan that reads the whole table is never the better one. A
// statement has no timeout of its own, because it would cancel a COMMIT.
func set(config *pgx.ConnConfig) {
	for name, value := range map[string]string{
		"statement_timeout":                   "0",
		"lock_timeout":                        "10000",
		"idle_in_transaction_session_timeout": "10000",
		"default_transaction_isolation":       "read committed",
		"plan_cache_mode":                     "force_generic_plan",
		"enable_seqscan":                      "off",
		"jit":                                 "off",
		"client_min_messages":                 "warning",
		"tcp_keepalives_idle":                 "5",
		"tcp_keepalives_interval":             "2",
		"tcp_keepalives_count":                "3",
	} {
		config.RuntimeParams[name] = value
	}
}

// pool returns the connections that read. None of them is made yet.
func (t *target) pool(ctx context.Context, options Options) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	config.ConnConfig = t.config.Copy()
	// A snapshot may be long, between two pages of a list.
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "300000"
	config.MaxConns = int32(options.Pool)
	config.MinConns = 0
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error { return checkSafe(ctx, conn.PgConn()) }
	return pgxpool.NewWithConfig(ctx, config)
}

// checkSafe refuses a server that acknowledges what is not on a disk.
func checkSafe(ctx context.Context, conn *pgconn.PgConn) error {
	const query = `select current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes')`
	result, err := conn.Exec(ctx, query).ReadAll()
	if err != nil {
		return err
	}
	for i, name := range []string{"synchronous_commit", "fsync", "full_page_writes"} {
		if string(result[0].Rows[0][i]) == "off" {
			return fmt.Errorf("%w: its setting %s is off", ErrUnsafe, name)
		}
	}
	return nil
}
