package datafolder

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/bolt"
	"github.com/dsappd/dsappd/store/postgres"
)

// ErrShared means that something is not done to a store that several servers
// share.
var ErrShared = errors.New("the store is shared")

// engines is the one engine that a folder has, by its type.
type engines struct {
	store.Engine
	file   *bolt.Engine     // nil: it is none
	shared *postgres.Engine // nil: it is none
}

// openEngine opens the engine that the settings name.
func openEngine(ctx context.Context, dir string, settings Settings) (engines, error) {
	if !settings.Store.shared() {
		file, err := bolt.Open(filepath.Join(dir, storeName))
		return engines{Engine: file, file: file}, storeFault(dir, err)
	}
	options, err := settings.Store.options(dir)
	if err != nil {
		return engines{}, err
	}
	shared, err := postgres.Open(ctx, options)
	return engines{Engine: shared, shared: shared}, databaseFault(err)
}

// createEngine makes the engine of a new folder, which databases have complete only
// once it is declared so.
func createEngine(ctx context.Context, dir string, settings Settings) (engines, error) {
	if !settings.Store.shared() {
		file, err := bolt.Create(filepath.Join(dir, storeName))
		return engines{Engine: file, file: file}, err
	}
	options, err := settings.Store.options(dir)
	if err != nil {
		return engines{}, err
	}
	shared, err := postgres.Create(ctx, options)
	return engines{Engine: shared, shared: shared}, databaseFault(err)
}

// databaseFault says in the words of a data folder what the database refused.
func databaseFault(err error) error {
	schema, otherSchema := errors.AsType[*postgres.SchemaError](err)
	switch {
	case otherSchema && schema.Older():
		return hint.Add(fmt.Errorf("%w: %w", ErrSchema, err), "copy it to a folder with the dsappd that made it, migrate that, and copy it back: dsappd copy --help")
	case otherSchema:
		return hint.Add(fmt.Errorf("%w: %w", ErrSchema, err), "a newer dsappd made it, and one with schema version %d opens it", schema.Found)
	case errors.Is(err, postgres.ErrURL):
		return fmt.Errorf("%w: %w", ErrSettings, err)
	case errors.Is(err, postgres.ErrNoStore), errors.Is(err, postgres.ErrIncomplete):
		return hint.Add(fmt.Errorf("%w: %w", ErrNoStore, err), "make one with: dsappd init --store URL, or bring one there with: dsappd copy --to URL")
	case errors.Is(err, postgres.ErrExists):
		return hint.Add(fmt.Errorf("%w: %w", ErrNotEmpty, err), "join its servers with --key-file and the master key of one of them, or name another database or schema")
	case errors.Is(err, postgres.ErrUnsafe):
		return hint.Add(fmt.Errorf("%w: %w", ErrSettings, err), "turn it on in postgresql.conf")
	}
	return err
}

// mustBeFile refuses a folder whose store is no file of its own.
func (s Settings) mustBeFile(what string) error {
	if s.Store.shared() {
		return hint.Add(fmt.Errorf("%w: it is in PostgreSQL, and there is nothing to %s in the folder", ErrShared, what), "see docs/cluster.md")
	}
	return nil
}

// discard lets go of an engine whose store nobody is to open.
func (e engines) discard(ctx context.Context) error {
	if e.shared == nil {
		return e.Close()
	}
	return errors.Join(e.shared.Remove(context.WithoutCancel(ctx)), e.shared.Close())
}
