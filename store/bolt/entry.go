package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"go.etcd.io/bbolt"
)

// An entry of the records bucket is led by its revision, 8 bytes, and the
// CRC-32C of its key, its revision and its value, 4 bytes, both big-endian.
const (
	revisionSize = 8
	checksumSize = 4
	entryHead    = revisionSize + checksumSize
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// The damages of one entry.
var (
	// ErrNoRevision is a stored value too short to hold its revision: another
	// program has written to the file.
	ErrNoRevision = errors.New("stored value holds no revision")

	// ErrChecksum is a stored value that is not the one that was committed.
	ErrChecksum = errors.New("stored value does not match its checksum: the disk or another program has changed it")
)

// checksum covers a key and an entry without the checksum inside it.
func checksum(key, entry []byte) uint32 {
	sum := crc32.Update(0, castagnoli, key)
	sum = crc32.Update(sum, castagnoli, entry[:revisionSize])
	return crc32.Update(sum, castagnoli, entry[entryHead:])
}

// appendEntry appends room for the head of an entry and its value.
func appendEntry(to, value []byte) []byte {
	var head [entryHead]byte
	return append(append(to, head[:]...), value...)
}

// seek returns the entry under a key, nil where there is none. Unlike Get of the
// bucket, it works in the memory of one cursor, which may be used again after
// writes.
func seek(cursor *bbolt.Cursor, key []byte) []byte {
	if found, entry := cursor.Seek(key); bytes.Equal(found, key) {
		return entry
	}
	return nil
}

// stamp fills in the head of an entry.
func stamp(key, entry []byte, revision uint64) {
	binary.BigEndian.PutUint64(entry, revision)
	binary.BigEndian.PutUint32(entry[revisionSize:], checksum(key, entry))
}

// storedChecksum returns the one inside an entry; 0 where there is no entry.
func storedChecksum(entry []byte) uint32 {
	if len(entry) < entryHead {
		return 0
	}
	return binary.BigEndian.Uint32(entry[revisionSize:])
}

// openEntry takes an entry apart. Errors: ErrNoRevision, ErrChecksum.
func openEntry(key, entry []byte) (value []byte, revision uint64, err error) {
	if len(entry) < entryHead {
		return nil, 0, fmt.Errorf("key %.80q: %w", key, ErrNoRevision)
	}
	if storedChecksum(entry) != checksum(key, entry) {
		return nil, 0, fmt.Errorf("key %.80q: %w", key, ErrChecksum)
	}
	return entry[entryHead:], revisionOf(entry), nil
}

// totals is what the head of the file says of all entries. Every commit
// brings it up to date, so Check finds an entry that is missing or too many,
// which no checksum of a single entry can show.
type totals struct {
	Count    uint64 // of entries
	Sum      uint64 // of their checksums
	Sequence uint64 // the newest revision
}

const totalsSize = 24

// ErrNoTotals is a head without totals: the file was not written by this
// version of the program.
var ErrNoTotals = errors.New("the head of the file does not say what it holds")

func readTotals(tx *bbolt.Tx) (totals, error) {
	head := tx.Bucket([]byte(headBucket))
	if head == nil {
		return totals{}, ErrNoTotals
	}
	stored := head.Get([]byte(totalsKey))
	if len(stored) != totalsSize {
		return totals{}, ErrNoTotals
	}
	return totals{
		Count:    binary.BigEndian.Uint64(stored),
		Sum:      binary.BigEndian.Uint64(stored[8:]),
		Sequence: binary.BigEndian.Uint64(stored[16:]),
	}, nil
}

func (t totals) write(tx *bbolt.Tx) error {
	stored := make([]byte, 0, totalsSize)
	for _, n := range []uint64{t.Count, t.Sum, t.Sequence} {
		stored = binary.BigEndian.AppendUint64(stored, n)
	}
	return tx.Bucket([]byte(headBucket)).Put([]byte(totalsKey), stored)
}

// add counts an entry in; take counts the one out that stands under a key.
func (t *totals) add(entry []byte) {
	t.Count++
	t.Sum += uint64(storedChecksum(entry))
}

func (t *totals) take(entry []byte) {
	if entry == nil {
		return
	}
	t.Count--
	t.Sum -= uint64(storedChecksum(entry))
}

func revisionOf(entry []byte) uint64 { return binary.BigEndian.Uint64(entry) }
