package store

import (
	"errors"
	"fmt"
)

// Found is where GetMany leaves one record. Err is what Look would answer for
// it: ErrNotFound, with Revision 0, or an *UnreadableError.
type Found[R any] struct {
	Record   R
	Revision uint64
	Err      error
}

// Wanted is one record that GetMany is to read.
type Wanted interface {
	whole() (key string, err error)
	found(a *authenticator, entry Entry, err error)
}

type wanted[K, R any] struct {
	kind Kind[K, R]
	key  K
	into *Found[R]
}

// Want asks GetMany for the record of a kind under a key.
func Want[K, R any](kind Kind[K, R], key K, into *Found[R]) Wanted {
	return wanted[K, R]{kind, key, into}
}

func (w wanted[K, R]) whole() (string, error) { return w.kind.Key(w.key) }

func (w wanted[K, R]) found(a *authenticator, entry Entry, err error) {
	*w.into = Found[R]{Revision: entry.Revision, Err: err}
	switch {
	case err != nil:
	case entry.Value == nil:
		*w.into = Found[R]{Err: ErrNotFound}
	default:
		w.into.Err = w.kind.decodeInto(a, entry, &w.into.Record)
	}
}

// GetMany reads several records, of any kinds, in one round trip. The error
// says that the engine could not be read; what became of a single record is in
// its Found.
func GetMany(r Reader, all ...Wanted) error {
	keys, asked := make([]string, 0, len(all)), make([]Wanted, 0, len(all))
	for _, w := range all {
		key, err := w.whole()
		if err != nil { // no record can be there
			w.found(r.macs(), Entry{}, fmt.Errorf("%w: %w", ErrNotFound, err))
			continue
		}
		keys, asked = append(keys, key), append(asked, w)
	}
	entries, err := r.getMany(keys)
	if err != nil {
		return err
	}
	for i, w := range asked {
		w.found(r.macs(), entries[i], nil)
	}
	return nil
}

// GetEach implements GetMany for an engine whose Get costs no round trip.
func GetEach(s Snapshot, keys []string) ([]Entry, error) {
	entries := make([]Entry, len(keys))
	for i, key := range keys {
		value, revision, err := s.Get(key)
		if err != nil {
			return nil, err
		}
		entries[i] = Entry{Key: key, Value: value, Revision: revision}
	}
	return entries, nil
}

func (v *View) getMany(keys []string) ([]Entry, error) {
	if err := v.living(); err != nil {
		return nil, err
	}
	return whole(keys)(v.snapshot.GetMany(keys))
}

// getMany reads what the transaction has not written itself.
func (t *Tx) getMany(keys []string) ([]Entry, error) {
	if t.ended {
		return nil, ErrEnded
	}
	entries := make([]Entry, len(keys))
	var unwritten []string
	var places []int
	for i, key := range keys {
		if at := t.written(key); at >= 0 {
			entries[i] = Entry{Key: key, Value: t.writes[at].Value}
			continue
		}
		unwritten, places = append(unwritten, key), append(places, i)
	}
	if len(unwritten) == 0 {
		return entries, nil
	}
	if err := t.begin(); err != nil {
		return nil, err
	}
	read, err := whole(unwritten)(t.snapshot.GetMany(unwritten))
	if err != nil {
		return nil, t.fail(err)
	}
	for i, entry := range read {
		entries[places[i]] = entry
		t.reads = append(t.reads, Read{entry.Key, entry.Revision})
	}
	return entries, nil
}

// errEntries is an engine's GetMany that did not answer what it was asked.
var errEntries = errors.New("the engine has not answered for each key")

// whole refuses the answer of an engine that is not for the keys.
func whole(keys []string) func([]Entry, error) ([]Entry, error) {
	return func(entries []Entry, err error) ([]Entry, error) {
		if err == nil && len(entries) != len(keys) {
			err = errEntries
		}
		for i := 0; err == nil && i < len(keys); i++ {
			if entries[i].Key != keys[i] {
				err = errEntries
			}
		}
		return entries, err
	}
}
