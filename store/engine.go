package store

import (
	"context"
	"errors"
	"iter"
)

// Schema is the version of the keys and records that this package writes. An
// engine keeps it beside them and refuses another.
const Schema = 3

// The limits of one entry, in bytes.
const (
	MaxKeySize   = 4096
	MaxValueSize = 1 << 20
)

// The errors of every engine, and of a store over it.
var (
	// ErrNotFound is what Get answers for a record that is not there.
	ErrNotFound = errors.New("record not found")

	// ErrConflict is what Commit answers when something read has moved.
	// Nothing was written.
	ErrConflict = errors.New("a record that was read has moved")

	// ErrUncertain is what Commit answers when it cannot say whether the
	// writes are kept, and Update after it. Any other error of either means
	// that they are not.
	ErrUncertain = errors.New("commit failed, and it is not known whether it was written")

	// ErrOverloaded is what Commit answers when the engine has not come to it
	// in the time that it allows itself. Nothing was written.
	ErrOverloaded = errors.New("the store does not keep up: a commit has waited too long")

	// ErrUnreachable is what an engine answers that is elsewhere and cannot be
	// reached. Nothing was written.
	ErrUnreachable = errors.New("the store cannot be reached")

	// ErrClosed is what a closed store answers.
	ErrClosed = errors.New("store is closed")
)

// The errors of views and transactions.
var (
	// ErrEnded is what a view or transaction answers outside its closure.
	ErrEnded = errors.New("the closure of this view or transaction has returned")

	// ErrMoved is what Update answers when a record does not have the revision
	// that Expect was given. Nothing was written.
	ErrMoved = errors.New("a record has moved since it was read")

	// ErrTooLarge is a record over MaxValueSize.
	ErrTooLarge = errors.New("record is too large")
)

// The faults that Check finds.
var (
	ErrUnknownKind = errors.New("there is no such kind of record")
	ErrMisplaced   = errors.New("the record belongs under another key")
)

// Engine keeps values under keys, in the byte order of the keys. Its methods
// may be called by several goroutines at once. They bound their own waiting,
// because operations go on when their callers have left.
type Engine interface {
	// Snapshot freezes the state for reading. It holds no more than what
	// was committed, and ctx bounds all that is read from it.
	Snapshot(ctx context.Context) (Snapshot, error)

	// Commit applies all of writes at once and returns nil when they are
	// durable, or applies nothing and returns ErrConflict when the revision
	// of something in reads is no longer the one given there. Without
	// writes, nil says that all of reads still holds and is durable. It
	// keeps none of its arguments.
	Commit(ctx context.Context, reads []Read, writes []Write) error

	// Check looks for damage below the level of records and names what it
	// finds. The error says that it could not look.
	Check(ctx context.Context) ([]Problem, error)

	// Close waits for the snapshots and commits under way.
	Close() error
}

// Snapshot is one frozen state, for one goroutine. The values it hands out
// are good until Close.
type Snapshot interface {
	// Get returns the value under key; revision 0 says that there is none.
	Get(key string) (value []byte, revision uint64, err error)

	// GetMany returns what stands under each of the keys, in their order, by
	// one round trip where the engine is remote. Revision 0 says that there
	// is nothing.
	GetMany(keys []string) ([]Entry, error)

	// Scan yields what stands under keys that begin with prefix and come
	// after the key after, in order, and at most one error, last.
	Scan(prefix, after string) iter.Seq2[Entry, error]

	Close()
}

// Entry is what stands under a key.
type Entry struct {
	Key   string
	Value []byte

	// Revision is above 0, and under one key it never comes twice, not even
	// after a deletion.
	Revision uint64
}

// Read is the revision that a key was seen with; 0: absent.
type Read struct {
	Key      string
	Revision uint64
}

// Write puts Value under Key, or deletes what is there.
type Write struct {
	Key    string
	Value  []byte
	Delete bool
}
