// Package memory is an engine of the store that keeps nothing: what is in it
// is gone with it. It is for throw-away servers, which begin in no time.
package memory

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/btree"

	"github.com/dsappd/dsappd/store"
)

// Engine implements store.Engine. Its zero value is empty and ready.
type Engine struct {
	// Drops reports whether what is written under a key is not kept; nil: all
	// is.
	Drops func(key string) bool

	mutex    sync.Mutex
	entries  btree.Map[string, entry]
	revision uint64 // of the last commit
	closed   bool
}

// entry is never changed: snapshots share it.
type entry struct {
	value    []byte
	revision uint64
}

// Copy returns an engine that begins with what is in this one. The two share
// what neither writes, so that a copy costs next to nothing.
func (e *Engine) Copy() *Engine {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return &Engine{Drops: e.Drops, entries: *e.entries.Copy(), revision: e.revision}
}

// Snapshot freezes the state by a copy that shares what is not written later.
func (e *Engine) Snapshot(ctx context.Context) (store.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.closed {
		return nil, store.ErrClosed
	}
	return &snapshot{ctx: ctx, entries: e.entries.Copy()}, nil
}

// Commit applies all of writes, or nothing.
func (e *Engine) Commit(ctx context.Context, reads []store.Read, writes []store.Write) error {
	for _, w := range writes {
		if len(w.Key) == 0 || len(w.Key) > store.MaxKeySize {
			return fmt.Errorf("key of %d bytes: 1 to %d are allowed", len(w.Key), store.MaxKeySize)
		}
		if len(w.Value) > store.MaxValueSize {
			return fmt.Errorf("value of %d bytes: at most %d are allowed", len(w.Value), store.MaxValueSize)
		}
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.closed {
		return store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, r := range reads {
		if seen, _ := e.entries.Get(r.Key); seen.revision != r.Revision {
			return store.ErrConflict
		}
	}
	e.revision++
	for _, w := range writes {
		if e.Drops != nil && e.Drops(w.Key) {
			continue
		}
		if w.Delete {
			e.entries.Delete(w.Key)
			continue
		}
		e.entries.Set(w.Key, entry{value: slices.Clone(w.Value), revision: e.revision})
	}
	return nil
}

// Check finds nothing: there is no file to be damaged.
func (e *Engine) Check(context.Context) ([]store.Problem, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.closed {
		return nil, store.ErrClosed
	}
	return nil, nil
}

// Close ends the engine. Closing again does nothing.
func (e *Engine) Close() error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.closed = true
	return nil
}

type snapshot struct {
	ctx     context.Context
	entries *btree.Map[string, entry]
}

func (s *snapshot) Get(key string) (value []byte, revision uint64, err error) {
	if err := s.ctx.Err(); err != nil {
		return nil, 0, err
	}
	found, _ := s.entries.Get(key)
	return found.value, found.revision, nil
}

func (s *snapshot) GetMany(keys []string) ([]store.Entry, error) {
	return store.GetEach(s, keys)
}

func (s *snapshot) Scan(prefix, after string) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		at := s.entries.Iter()
		for ok := at.Seek(max(prefix, after)); ok && (at.Key() <= after || strings.HasPrefix(at.Key(), prefix)); ok = at.Next() {
			if at.Key() <= after {
				continue
			}
			if err := s.ctx.Err(); err != nil {
				yield(store.Entry{}, err)
				return
			}
			if !yield(store.Entry{Key: at.Key(), Value: at.Value().value, Revision: at.Value().revision}, nil) {
				return
			}
		}
	}
}

func (s *snapshot) Close() {}
