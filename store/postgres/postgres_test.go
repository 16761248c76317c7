package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/dsappd/dsappd/internal/pgtest"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/postgres"
)

// fresh makes an engine in a schema of its own, and returns how to reach that.
func fresh(t *testing.T) (*postgres.Engine, string) {
	t.Helper()
	url, err := database.URL(t.Name() + pgtest.Name())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := openURL(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustClose(t, engine) })
	return engine, url
}

func mustClose(t *testing.T, e *postgres.Engine) {
	t.Helper()
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

func sql(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// look returns what stands under a key, and its revision.
func look(t *testing.T, e *postgres.Engine, key string) (string, uint64) {
	t.Helper()
	s, err := e.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	value, revision, err := s.Get(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(value), revision
}

func put(key, value string) []store.Write {
	return []store.Write{{Key: key, Value: []byte(value)}}
}

// The connection breaks in a commit, before or after the server has heard of it.
// The caller learns what became of it, and it takes place once.
func TestCommitOnABrokenConnection(t *testing.T) {
	for name, verdict := range map[string]pgtest.Verdict{"not heard": pgtest.Drop, "not answered": pgtest.Unsaid, "heard late": pgtest.Late} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			direct, url := fresh(t)
			var armed atomic.Bool
			proxy := &pgtest.Proxy{Judge: func(sent []byte) pgtest.Verdict {
				if pgtest.IsCommit(sent) && armed.CompareAndSwap(true, false) {
					return verdict
				}
				return pgtest.Pass
			}}
			e, err := postgres.Open(t.Context(), postgres.Options{URL: pgtest.Before(t, url, proxy), Writers: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer mustClose(t, e)
			for n := range 3 {
				key := fmt.Sprint("k", n)
				armed.Store(true)
				if err := e.Commit(t.Context(), []store.Read{{Key: key}}, put(key, "v")); err != nil {
					t.Errorf("Commit: %v", err)
				}
				if armed.Load() {
					t.Error("the proxy saw no commit")
				}
				value, revision := look(t, direct, key)
				if value != "v" {
					t.Errorf("after the commit the key holds %q", value)
				}
				if err := e.Commit(t.Context(), []store.Read{{Key: key, Revision: revision}}, put(key, "w")); err != nil {
					t.Errorf("the commit after it: %v", err)
				}
			}
			if n := proxy.Cancels.Load(); n > 0 {
				t.Errorf("the server was asked %d times to cancel what ran", n)
			}
		})
	}
}

// A commit that nobody can tell the outcome of says so; one that cannot have been
// sent is refused. Both end in their time, and the engine goes on afterwards.
func TestDatabaseOutOfReach(t *testing.T) {
	t.Parallel()
	direct, url := fresh(t)
	var armed atomic.Bool
	proxy := new(pgtest.Proxy)
	proxy.Judge = func(sent []byte) pgtest.Verdict {
		if armed.Load() && pgtest.IsCommit(sent) {
			proxy.Refuse(true)
			return pgtest.Unsaid
		}
		return pgtest.Pass
	}
	options := postgres.Options{URL: pgtest.Before(t, url, proxy), Writers: 1, Wait: 300 * time.Millisecond, Resolve: 300 * time.Millisecond}
	e, err := postgres.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, e)
	armed.Store(true)
	if err := e.Commit(t.Context(), nil, put("a", "1")); !errors.Is(err, store.ErrUncertain) {
		t.Errorf("a commit without an answer: %v", err)
	}
	proxy.Cut()
	if err := e.Commit(t.Context(), nil, put("b", "1")); !errors.Is(err, store.ErrUnreachable) || errors.Is(err, store.ErrUncertain) {
		t.Errorf("a commit that was never sent: %v", err)
	}
	if _, err := e.Snapshot(t.Context()); !errors.Is(err, store.ErrUnreachable) {
		t.Errorf("a snapshot: %v", err)
	}
	if err := e.Reachable(); !errors.Is(err, store.ErrUnreachable) {
		t.Errorf("Reachable: %v", err)
	}
	armed.Store(false)
	proxy.Refuse(false)
	if err := e.Commit(t.Context(), nil, put("c", "1")); err != nil {
		t.Errorf("a commit when the database is back: %v", err)
	}
	if err := e.Reachable(); err != nil {
		t.Errorf("Reachable: %v", err)
	}
	for key, want := range map[string]string{"b": "", "c": "1"} {
		if value, _ := look(t, direct, key); value != want {
			t.Errorf("%s holds %q, want %q", key, value, want)
		}
	}
}

// Snapshots that are open at once, one inside the other, come to an end even when
// they want more connections than there are.
func TestSnapshotsTakeTurns(t *testing.T) {
	t.Parallel()
	_, url := fresh(t)
	e, err := postgres.Open(t.Context(), postgres.Options{URL: url, Pool: 2, Wait: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, e)
	var open sync.WaitGroup
	var refused atomic.Int32
	for range 6 {
		open.Go(func() {
			outer, err := e.Snapshot(context.Background())
			if err == nil {
				defer outer.Close()
				var inner store.Snapshot
				if inner, err = e.Snapshot(context.Background()); err == nil {
					inner.Close()
				}
			}
			if errors.Is(err, store.ErrOverloaded) {
				refused.Add(1)
			} else if err != nil {
				t.Errorf("Snapshot: %v", err)
			}
		})
	}
	open.Wait()
	look(t, e, "k")
}

func TestCreateAndOpen(t *testing.T) {
	t.Parallel()
	url, err := database.URL(t.Name() + pgtest.Name())
	if err != nil {
		t.Fatal(err)
	}
	options := postgres.Options{URL: url}
	open := func() error {
		e, err := postgres.Open(t.Context(), options)
		if err == nil {
			mustClose(t, e)
		}
		return err
	}
	wantErr := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", what, err, want)
		}
	}
	wantErr("an empty database", open(), postgres.ErrNoStore)
	for range 2 { // what was cut off is replaced
		e, err := postgres.Create(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		if value, _ := look(t, e, "k"); value != "" {
			t.Errorf("a new store holds %q", value)
		}
		if err := e.Commit(t.Context(), nil, put("k", "v")); err != nil {
			t.Error(err)
		}
		mustClose(t, e)
		wantErr("an incomplete store", open(), postgres.ErrIncomplete)
	}
	e, err := postgres.Create(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Complete(t.Context()); err != nil {
		t.Error(err)
	}
	mustClose(t, e)
	wantErr("a complete store", open(), nil)
	_, err = postgres.Create(t.Context(), options)
	wantErr("Create on top of a store", err, postgres.ErrExists)
	sql(t, url, "update dsappd_store set schema = schema + 1")
	newer, is := errors.AsType[*postgres.SchemaError](open())
	if !is || newer.Found != store.Schema+1 || newer.Older() {
		t.Errorf("a store of a newer schema: %v", newer)
	}
}

// A server that forgets what it has acknowledged is refused. What a session could
// choose itself is no excuse.
func TestUnsafeServer(t *testing.T) {
	t.Parallel()
	_, url := fresh(t)
	for _, setting := range []string{"synchronous_commit"} {
		_, err := postgres.Open(t.Context(), postgres.Options{URL: url + "&" + setting + "=off"})
		if !errors.Is(err, postgres.ErrUnsafe) || !strings.Contains(err.Error(), setting) {
			t.Errorf("%s=off: %v", setting, err)
		}
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ url, want string }{
		{"", "postgres://"},
		{"mysql://h/db", "postgres://"},
		{"postgres://user:sec%ret@h:5432/db", "postgres://"},
		{"postgres://user:secret@db.example/db?sslmode=prefer", "verify-full"},
		{"postgres://user:secret@db.example/db?sslmode=wrong", "sslmode"},
		{"postgres://user:secret@db.example:port/db", "postgres://"},
	} {
		_, err := postgres.Open(t.Context(), postgres.Options{URL: test.url})
		if !errors.Is(err, postgres.ErrURL) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v", test.url, err)
		}
		if err != nil && strings.Contains(err.Error(), "sec") {
			t.Errorf("%q: the error has the password: %v", test.url, err)
		}
	}
}

// Check names what no commit has written.
func TestCheck(t *testing.T) {
	t.Parallel()
	e, url := fresh(t)
	if err := e.Commit(t.Context(), nil, put("k", "v")); err != nil {
		t.Fatal(err)
	}
	problems, err := e.Check(t.Context())
	if err != nil || len(problems) > 0 {
		t.Errorf("a sound store: %v, %v", problems, err)
	}
	sql(t, url, "update dsappd_records set revision = revision + 1000")
	if problems, err = e.Check(t.Context()); err != nil || len(problems) != 1 || !strings.Contains(problems[0].String(), "revision") {
		t.Errorf("a revision of the future: %v, %v", problems, err)
	}
}
