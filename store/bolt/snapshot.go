package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/store"
)

type snapshot struct {
	tx      *bbolt.Tx
	records *bbolt.Bucket
	single  *bbolt.Cursor // of Get
}

func (s *snapshot) Close() { _ = s.tx.Rollback() }

func (s *snapshot) Get(key string) ([]byte, uint64, error) {
	if s.single == nil {
		s.single = s.records.Cursor()
	}
	name := []byte(key)
	entry := seek(s.single, name)
	if entry == nil {
		return nil, 0, nil
	}
	return openEntry(name, entry)
}

func (s *snapshot) GetMany(keys []string) ([]store.Entry, error) {
	return store.GetEach(s, keys)
}

// Scan insists that keys grow: in a damaged file they may lead round in a
// circle.
func (s *snapshot) Scan(prefix, after string) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		cursor := s.records.Cursor()
		begin := max(prefix, after)
		key, entry := cursor.Seek([]byte(begin))
		if after == begin && string(key) == after {
			key, entry = cursor.Next()
		}
		last := after
		for ; bytes.HasPrefix(key, []byte(prefix)) && key != nil; key, entry = cursor.Next() {
			name := string(key)
			value, revision, err := openEntry(key, entry)
			if name <= last && last != "" {
				err = fmt.Errorf("key %.80q after %.80q: %w", name, last, ErrKeyOrder)
			}
			if !yield(store.Entry{Key: name, Value: value, Revision: revision}, err) || err != nil {
				return
			}
			last = name
		}
	}
}

// ErrKeyOrder is a key that does not come after the one before it: the file
// is damaged.
var ErrKeyOrder = errors.New("the keys of the file are out of order: it is damaged")
