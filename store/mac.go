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
// record, so that nobody without the key of the store can change a record, or
// put it in another's place.
const (
	encodingJSON = 1

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
type authenticator struct{ pool sync.Pool }

func newAuthenticator(key []byte) *authenticator {
	a := &authenticator{}
	a.pool.New = func() any { return hmac.New(sha256.New, key) }
	return a
}

func (a *authenticator) mac(version byte, key string, record []byte) [macSize]byte {
	h := a.pool.Get().(hash.Hash)
	defer a.pool.Put(h)
	h.Reset()
	head := [5]byte{version}
	binary.BigEndian.PutUint32(head[1:], uint32(len(key)))
	_, _ = h.Write(head[:])
	_, _ = h.Write([]byte(key))
	_, _ = h.Write(record)
	var full [sha256.Size]byte
	return [macSize]byte(h.Sum(full[:0]))
}

// seal makes a value of a record in JSON.
func (a *authenticator) seal(key string, record []byte) []byte {
	value := make([]byte, valueHead, valueHead+len(record))
	value[0] = encodingJSON
	mac := a.mac(encodingJSON, key, record)
	copy(value[1:], mac[:])
	return append(value, record...)
}

// open returns the record of a value, in JSON. Errors: ErrEncoding, ErrMAC.
func (a *authenticator) open(key string, value []byte) ([]byte, error) {
	if len(value) < valueHead {
		return nil, ErrMAC
	}
	mac := a.mac(value[0], key, value[valueHead:])
	if !hmac.Equal(mac[:], value[1:valueHead]) {
		return nil, ErrMAC
	}
	if value[0] != encodingJSON {
		return nil, fmt.Errorf("%w: %d", ErrEncoding, value[0])
	}
	return value[valueHead:], nil
}

// Convert returns what makes values of this schema of those of an older one,
// under the key of the store that they are for.
func Convert(schema int, key []byte) func(recordKey string, value []byte) ([]byte, error) {
	a := newAuthenticator(key)
	return func(recordKey string, value []byte) ([]byte, error) {
		if schema > 1 {
			_, err := a.open(recordKey, value)
			return value, err
		}
		return a.seal(recordKey, value), nil // schema 1 had the record alone
	}
}
