package bolt

import (
	"bytes"
	"encoding/binary"
	"iter"

	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/store"
)

type snapshot struct {
	tx      *bbolt.Tx
	records *bbolt.Bucket
}

func (s *snapshot) Close() { _ = s.tx.Rollback() }

func (s *snapshot) Get(key string) ([]byte, uint64, error) {
	value := s.records.Get([]byte(key))
	if value == nil {
		return nil, 0, nil
	}
	return splitRevision(value)
}

func (s *snapshot) Scan(prefix, after string) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		cursor := s.records.Cursor()
		begin := max(prefix, after)
		key, value := cursor.Seek([]byte(begin))
		if after == begin && string(key) == after {
			key, value = cursor.Next()
		}
		for ; bytes.HasPrefix(key, []byte(prefix)) && key != nil; key, value = cursor.Next() {
			data, revision, err := splitRevision(value)
			if !yield(store.Entry{Key: string(key), Value: data, Revision: revision}, err) || err != nil {
				return
			}
		}
	}
}

// splitRevision takes a stored value apart.
func splitRevision(value []byte) ([]byte, uint64, error) {
	if len(value) < revisionSize {
		return nil, 0, ErrNoRevision
	}
	return value[revisionSize:], binary.BigEndian.Uint64(value), nil
}

// ErrNoRevision is a stored value too short to hold its revision: another
// program has written to the file.
const ErrNoRevision store.Error = "stored value holds no revision"
