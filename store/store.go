package store

import (
	"context"
	"errors"
	"fmt"
)

// Store keeps records in an engine. Both closures see one consistent snapshot.
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

// View runs read on a snapshot, in the caller's goroutine. The closure must not
// outlive the call nor wait for a peer: page through long lists.
func (s *Store) View(ctx context.Context, read func(*View) error) error {
	snapshot, err := s.engine.Snapshot(ctx)
	if err != nil {
		return fmt.Errorf("view: %w", err)
	}
	v := &View{authenticator: s.authenticator, ctx: ctx, snapshot: snapshot}
	defer v.close()
	return read(v)
}

// Update runs write in the caller's goroutine, on a snapshot and an overlay,
// and commits what it wrote unless something it read has moved; then it
// begins again, until it has committed or ctx ends. It is serialisable, and
// durable when it returns nil. The closure may run more than once: it draws no
// randomness, reads no clock and does no cryptography. If it returns an error or
// panics, nothing is written, and the error or panic reaches this caller alone.
// The error is ErrMoved where a record that the closure expects has moved: read
// anew what it is based on. One that is ErrUncertain leaves open whether the writes are kept; after
// any other they are not.
func (s *Store) Update(ctx context.Context, write func(*Tx) error) error {
	for n := 0; ; n++ {
		if n > 0 {
			if err := Pause(ctx, n); err != nil {
				return fmt.Errorf("update: %w", err)
			}
		}
		t, err := s.attempt(ctx, write)
		if err != nil {
			return err
		}
		if len(t.reads)+len(t.writes) == 0 {
			return s.View(ctx, func(*View) error { return nil }) // a closed store says so
		}
		err = s.engine.Commit(ctx, t.reads, t.writes)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrConflict) && t.expects:
			return ErrMoved
		case !errors.Is(err, ErrConflict):
			return fmt.Errorf("update: %w", err)
		}
	}
}

// attempt runs the closure once. Its snapshot is closed before the commit,
// which may have to wait for it.
func (s *Store) attempt(ctx context.Context, write func(*Tx) error) (*Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("update: %w", err)
	}
	t := &Tx{authenticator: s.authenticator, open: func() (Snapshot, error) {
		snapshot, err := s.engine.Snapshot(ctx)
		if err != nil {
			return nil, fmt.Errorf("update: %w", err)
		}
		return snapshot, nil
	}}
	defer t.close()
	if err := write(t); err != nil {
		return nil, err
	}
	return t, t.failed
}
