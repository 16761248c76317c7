package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/provision"
)

// Store is a provision.Store over an engine.
type Store struct {
	engine        Engine
	authenticator *authenticator
}

// New returns a store that keeps its records in the engine and closes it. The
// key authenticates every record: it opens no secret, and a record that was
// written under another key cannot be read.
func New(engine Engine, key []byte) *Store {
	return &Store{engine: engine, authenticator: newAuthenticator(key)}
}

// Close closes the engine, which finishes what is under way.
func (s *Store) Close() error { return s.engine.Close() }

// View runs read on a snapshot, in the caller's goroutine.
func (s *Store) View(ctx context.Context, read func(provision.View) error) error {
	snapshot, err := s.engine.Snapshot(ctx)
	if err != nil {
		return fmt.Errorf("view: %w", err)
	}
	v := &view{ctx: ctx, snapshot: snapshot}
	defer v.close()
	v.reader = reader{v, s.authenticator}
	return read(v)
}

// Update runs write in the caller's goroutine, on a snapshot and an overlay,
// and commits what it wrote unless something it read has moved; then it
// begins again, until it has committed or ctx ends. An error that is
// ErrUncertain leaves open whether the writes are kept; after any other they
// are not.
func (s *Store) Update(ctx context.Context, write func(provision.Tx) error) error {
	for {
		reads, writes, err := s.attempt(ctx, write)
		if err != nil {
			return err
		}
		if len(reads)+len(writes) == 0 {
			return nil
		}
		err = s.engine.Commit(ctx, reads, writes)
		if err == nil {
			return nil
		}
		if errors.Is(err, ErrUncertain) {
			return fmt.Errorf("update: %w: %w", provision.ErrUncertain, err)
		}
		if !errors.Is(err, ErrConflict) {
			return fmt.Errorf("update: %w", err)
		}
	}
}

// attempt runs the closure once. Its snapshot is closed before the commit,
// which may have to wait for it.
func (s *Store) attempt(ctx context.Context, write func(provision.Tx) error) ([]Read, []Write, error) {
	snapshot, err := s.engine.Snapshot(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("update: %w", err)
	}
	t := &tx{snapshot: snapshot}
	defer t.close()
	t.reader = reader{t, s.authenticator}
	if err := write(t); err != nil {
		return nil, nil, err
	}
	return t.reads, t.writes, t.failed
}
