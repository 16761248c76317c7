package audit

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/dsappd/dsappd/store"
)

// Log writes and reads the audit of a store. One Log belongs to one run of the
// server. Every field without a note is required.
type Log struct {
	Store  *store.Store
	Signer *Signer

	// Run names this run of the server in the keys of its events and seals.
	Run string

	// Now and Rand are the only clock and the only source of randomness. Rand
	// is read from many goroutines.
	Now  func() time.Time
	Rand io.Reader

	// WithSeal returns what else the commit of a seal writes, and what is
	// called once it is written; nil: nothing.
	WithSeal func() (write func(*store.Tx) error, written func())

	// Followers returns the names of those whose events Prune keeps until they have
	// taken them; nil: there are none.
	Followers func() []string

	chain chain
}

// Entry holds an event with its key and its MAC, ready to be written.
type Entry struct {
	Event
	digest Digest
}

// Sign draws a key for an event of the given time and completes the event by
// its MAC. Texts must be printable already.
func (l *Log) Sign(event Event, at time.Time) (Entry, error) {
	var random [8]byte
	if _, err := io.ReadFull(l.Rand, random[:]); err != nil {
		return Entry{}, fmt.Errorf("draw an audit key: %w", err)
	}
	event.EventKey = EventKey{Run: l.Run, Time: l.chain.notBefore(at).UTC().Round(0), Random: hex.EncodeToString(random[:])}
	event, digest, err := sign(l.Signer, event)
	return Entry{event, digest}, err
}

// Insert commits what write does together with the entry. It returns ErrEnded
// after Finish. The error wraps store.ErrMoved where write returned it: then
// nothing was written.
func (l *Log) Insert(ctx context.Context, entry Entry, write func(*store.Tx) error) error {
	return l.chain.insert(entry.Event, entry.digest, func() error {
		return l.Store.Update(ctx, func(tx *store.Tx) error {
			if err := write(tx); err != nil {
				return err
			}
			return putEvent(tx, entry.Event)
		})
	})
}

// Beside commits what write does without an event. It returns ErrEnded after
// Finish.
func (l *Log) Beside(ctx context.Context, write func(*store.Tx) error) error {
	return l.chain.beside(func() error { return l.Store.Update(ctx, write) })
}

// Unsealed returns how many events of this run are known to await a seal. There
// may be more after a failed commit, or beyond what is kept in memory.
func (l *Log) Unsealed() int {
	l.chain.mu.Lock()
	defer l.chain.mu.Unlock()
	return len(l.chain.unsealed)
}

// putEvent inserts an event and its entry in the index of requests.
func putEvent(tx *store.Tx, event Event) error {
	if event.RequestID != "" {
		request := Request{RequestKey: RequestKey{RequestID: event.RequestID, EventKey: event.EventKey}}
		if err := store.Put(tx, Requests, request); err != nil {
			return err
		}
	}
	return store.Put(tx, Events, event)
}
