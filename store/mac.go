package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"sync"
)

// A stored value is an encoding's version, 1 byte, a MAC, 16 bytes, and the
// record in that encoding. The MAC is HMAC-SHA-256, cut to its first half, of
// the version, the length of the key, 4 bytes, big-endian, the key and the
// record. Without the key of the store, nobody can change a record or put it in
// another's place.
const (
	encodingJSON   = 1 // up to schema 2
	encodingFields = 2

	macSize   = 16
	valueHead = 1 + macSize
)

// The damages of one value.
var (
	// ErrEncoding is a value in an encoding that this program does not know.
	ErrEncoding = errors.New("the record is in an encoding that this program does not know")

	// ErrMAC is a value that was not written by a store with this key, or not
	// under this key of a record.
	ErrMAC = errors.New("the record is not as the store wrote it: it was changed, or moved, or the store has another key")
)

// authenticator computes the MACs of values. It may be used by several
// goroutines at once.
type authenticator struct{ pool, work sync.Pool }

// work is room to encode, decode and authenticate in, which is used again.
type work struct {
	fields Fields
	room   []byte
}

func newAuthenticator(key []byte) *authenticator {
	a := &authenticator{}
	a.pool.New = func() any { return hmac.New(sha256.New, key) }
	a.work.New = func() any { return new(work) }
	return a
}

func (a *authenticator) mac(version byte, key string, record []byte) (mac [macSize]byte) {
	w := a.work.Get().(*work)
	defer a.work.Put(w)
	text := append(w.room[:0], version)
	text = binary.BigEndian.AppendUint32(text, uint32(len(key)))
	text = append(text, key...)
	text = append(text, record...)
	h := a.pool.Get().(hash.Hash)
	defer a.pool.Put(h)
	h.Reset()
	_, _ = h.Write(text)
	text = h.Sum(text[:0])
	copy(mac[:], text)
	w.room = text
	return mac
}

// seal fills in the head of a value, behind which there is a record's fields.
func (a *authenticator) seal(key string, value []byte) {
	value[0] = encodingFields
	mac := a.mac(encodingFields, key, value[valueHead:])
	copy(value[1:], mac[:])
}

// open returns the fields of a value's record. Errors: ErrEncoding, ErrMAC.
func (a *authenticator) open(key string, value []byte) ([]byte, error) {
	return a.openEncoding(encodingFields, key, value)
}

func (a *authenticator) openEncoding(encoding byte, key string, value []byte) ([]byte, error) {
	if len(value) < valueHead {
		return nil, ErrMAC
	}
	mac := a.mac(value[0], key, value[valueHead:])
	if !hmac.Equal(mac[:], value[1:valueHead]) {
		return nil, ErrMAC
	}
	if value[0] != encoding {
		return nil, fmt.Errorf("%w: %d", ErrEncoding, value[0])
	}
	return value[valueHead:], nil
}
