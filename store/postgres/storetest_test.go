package postgres_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/dsappd/dsappd/internal/pgtest"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/postgres"
	"github.com/dsappd/dsappd/store/storetest"
)

// database is the one server of these tests.
var database pgtest.Shared

// TestMain has the model draw fewer cases than for the other engines, whose
// stores cost nothing to make.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "12"); err != nil {
		panic(err)
	}
	os.Exit(pgtest.Run(m, &database))
}

// openIn opens the store that belongs to a folder, in a schema of its own.
func openIn(dir string) (store.Engine, error) {
	url, err := database.URL(dir)
	if err != nil {
		return nil, err
	}
	return openURL(url)
}

func openURL(url string) (*postgres.Engine, error) {
	options := postgres.Options{URL: url, Pool: 8}
	ctx := context.Background()
	engine, err := postgres.Open(ctx, options)
	if !errors.Is(err, postgres.ErrNoStore) {
		return engine, err
	}
	if engine, err = postgres.Create(ctx, options); err != nil {
		return nil, err
	}
	return engine, engine.Complete(ctx)
}

func TestRun(t *testing.T)           { storetest.Run(t, openIn) }
func TestRunConcurrent(t *testing.T) { storetest.RunConcurrent(t, openIn) }
func TestRunReopen(t *testing.T)     { storetest.RunReopen(t, openIn) }
func TestRunFaults(t *testing.T)     { storetest.RunFaults(t, openIn) }

func TestRunShared(t *testing.T) { storetest.RunShared(t, openIn) }

// TestRunOutage has a server of its own, which it kills.
func TestRunOutage(t *testing.T) {
	server, err := pgtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	open := func(dir string) (store.Engine, error) {
		url, err := pgtest.SchemaURL(server.URL(), dir)
		if err != nil {
			return nil, err
		}
		return openURL(url)
	}
	storetest.RunOutage(t, open, server)
}
