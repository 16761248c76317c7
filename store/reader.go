package store

import (
	"errors"
	"fmt"
	"iter"
)

// Reader is a View or a Tx: what single records are read from.
type Reader interface {
	// get returns the value under a key; revision 0 with a value is one that
	// is not committed yet.
	get(key string) (value []byte, revision uint64, err error)

	// getMany does so for many keys.
	getMany(keys []string) ([]Entry, error)

	macs() *authenticator
}

// Get returns the record of a kind under its key. The error is ErrNotFound
// where there is none, an *UnreadableError where it is damaged, or wraps
// ErrEnded, the context's or the engine's.
func Get[K, R any](r Reader, kind Kind[K, R], key K) (R, error) {
	record, _, err := Look(r, kind, key)
	return record, err
}

// Look reads a record as Get does, and returns the revision that Expect takes: 0
// where there is no record.
func Look[K, R any](r Reader, kind Kind[K, R], key K) (record R, revision uint64, err error) {
	whole, err := kind.Key(key)
	if err != nil {
		// No record can be there, and a peer that asks for it must not
		// learn more than one that asks for any other.
		return record, 0, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	value, revision, err := r.get(whole)
	if err != nil {
		return record, 0, err
	}
	if value == nil {
		return record, 0, ErrNotFound
	}
	record, err = kind.decode(r.macs(), Entry{Key: whole, Value: value, Revision: revision})
	return record, revision, err
}

// Scan yields the records of a kind in the order of their keys, beginning after
// the key after (zero: from the start). It is confined to the keys that share
// the leading parts of within that are set (zero: all). It yields at most one
// error, last.
func Scan[K, R any](v *View, kind Kind[K, R], within, after K) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		prefix, prefixErr := kind.prefix(within)
		start, startErr := kind.after(after)
		if err := errors.Join(prefixErr, startErr); err != nil {
			yield(none, err)
			return
		}
		for entry, err := range v.entries(prefix, start) {
			record := none
			if err == nil {
				record, err = kind.decode(v.authenticator, entry)
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// Put writes a record under its own key.
func Put[K, R any](t *Tx, kind Kind[K, R], record R) error {
	key, err := kind.Key(kind.KeyOf(record))
	if err != nil {
		return t.fail(err)
	}
	value, err := kind.encode(t.authenticator, key, record)
	if err != nil {
		return t.fail(err)
	}
	if err := moveVersion(t, kind); err != nil {
		return err
	}
	return t.write(Write{Key: key, Value: value})
}

// Delete removes the record under a key. There needs to be none.
func Delete[K, R any](t *Tx, kind Kind[K, R], key K) error {
	whole, err := kind.Key(key)
	if err != nil {
		return t.fail(err)
	}
	if err := moveVersion(t, kind); err != nil {
		return err
	}
	return t.write(Write{Key: whole, Delete: true})
}

// Expect makes Update check that the record under a key still has the revision
// that a View read it with; 0: there is none. It does not read the record.
func Expect[K, R any](t *Tx, kind Kind[K, R], key K, revision uint64) error {
	return ExpectAll(t, []Seen{See(kind, key, revision)})
}

// Seen holds a revision under a key, for ExpectAll.
type Seen struct {
	key      string // empty: no record can be there, and none was
	revision uint64
	err      error
}

// See notes the revision that a View read a record with; 0: there is none.
func See[K, R any](kind Kind[K, R], key K, revision uint64) Seen {
	whole, err := kind.Key(key)
	if err != nil && revision == 0 {
		return Seen{}
	}
	return Seen{whole, revision, err}
}

// ExpectAll expects all that was seen, as Expect does one of it.
func ExpectAll(t *Tx, all []Seen) error {
	for _, seen := range all {
		if seen.err != nil {
			return t.fail(seen.err)
		}
		if seen.key == "" {
			continue
		}
		if err := t.expect(seen.key, seen.revision); err != nil {
			return err
		}
	}
	return nil
}
