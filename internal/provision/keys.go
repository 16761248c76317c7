package provision

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"time"

	"github.com/dsappd/dsappd/store"
)

// keySize is that of every key here, in bytes.
const keySize = 32

// KeyID names a key: the first bytes of HKDF-SHA-256 of it, without salt, with the
// info "dsappd/1 key id".
type KeyID [4]byte

func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// Keys are those of one store. The master key opens the others, which the store
// keeps sealed; before the first rotation it is all of them itself.
type Keys struct {
	master  *sealingKey
	root    *sealingKey   // the keys of the records' MACs and of the audit follow from it
	sealing []*sealingKey // seal and open secrets; the last is current
}

// sealingKey is one key, and how often it was used.
type sealingKey struct {
	id     KeyID
	key    []byte
	aead   cipher.AEAD
	madeAt time.Time

	before atomic.Uint64 // secrets that were sealed before this run
	sealed atomic.Uint64 // and in it
	noted  atomic.Uint64 // of these, how many the store's count has
}

func newSealingKey(key []byte, madeAt time.Time) (*sealingKey, error) {
	if len(key) != keySize {
		return nil, fmt.Errorf("the sealing key has %d bytes, not %d", len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("sealing key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("sealing key: %w", err)
	}
	id, err := hkdf.Key(sha256.New, key, nil, "dsappd/1 key id", len(KeyID{}))
	if err != nil {
		return nil, fmt.Errorf("name the sealing key: %w", err)
	}
	return &sealingKey{id: KeyID(id), key: bytes.Clone(key), aead: aead, madeAt: madeAt}, nil
}

// NewKeys returns the keys of a store that has had no rotation.
func NewKeys(master []byte) (*Keys, error) {
	key, err := newSealingKey(master, time.Time{})
	if err != nil {
		return nil, err
	}
	return &Keys{master: key, root: key, sealing: []*sealingKey{key}}, nil
}

// keyring is what the master key seals of the others.
type keyring struct {
	Root    []byte       `json:"root"`
	Sealing []keptSealer `json:"sealing"`
}

type keptSealer struct {
	Key    []byte    `json:"key"`
	MadeAt time.Time `json:"madeAt,omitzero"`
}

func keyringPlace() place { return place{"keycheck", masterKey, "keys"} }

// OpenKeys opens the keys of a store by its master key. get returns the value
// under a key of the store, unchecked: what it holds is sealed. The error wraps
// ErrWrongKey where the master key is not the store's.
func OpenKeys(master []byte, get func(key string) ([]byte, error)) (*Keys, error) {
	keys, err := NewKeys(master)
	if err != nil {
		return nil, err
	}
	name, err := KeyChecks.Key(masterKey)
	if err != nil {
		return nil, err
	}
	value, err := get(name)
	if err != nil || value == nil {
		return keys, err
	}
	check, err := store.Unchecked(KeyChecks, name, value)
	if err != nil || len(check.Keys) == 0 {
		return keys, nil // CheckKey says what is wrong with it
	}
	ring, err := keys.open(keyringPlace(), check.Keys)
	if err != nil {
		return nil, fmt.Errorf("%w %s; this one is %s", ErrWrongKey, keyIDOf(check.Keys), keys.master.id)
	}
	return keys.unpack(ring)
}

// unpack returns the keys that a keyring holds.
func (k *Keys) unpack(text []byte) (*Keys, error) {
	var ring keyring
	if err := json.Unmarshal(text, &ring); err != nil {
		return nil, errors.New("the store's keys cannot be read") // the library's words quote them
	}
	root, err := newSealingKey(ring.Root, time.Time{})
	if err != nil {
		return nil, err
	}
	opened := &Keys{master: k.master, root: root}
	for _, kept := range ring.Sealing {
		key := root
		if !bytes.Equal(kept.Key, root.key) {
			if key, err = newSealingKey(kept.Key, kept.MadeAt); err != nil {
				return nil, err
			}
		}
		opened.sealing = append(opened.sealing, key)
	}
	if len(opened.sealing) == 0 {
		return nil, errors.New("the store's keys lack one that seals")
	}
	return opened, nil
}

// sealed returns the keyring, sealed under the master key.
func (k *Keys) sealed(rand io.Reader) ([]byte, error) {
	ring := keyring{Root: k.root.key}
	for _, key := range k.sealing {
		ring.Sealing = append(ring.Sealing, keptSealer{key.key, key.madeAt})
	}
	text, err := json.Marshal(ring)
	if err != nil {
		return nil, fmt.Errorf("encode the keys: %w", err)
	}
	return k.master.seal(keyringPlace(), text, rand)
}

// RecordKey derives the key that authenticates the records of the store.
func (k *Keys) RecordKey() ([]byte, error) { return RecordKey(k.root.key) }

// RecordKey derives the key that authenticates the records of a store that has had
// no rotation from its master key of 32 bytes.
func RecordKey(master []byte) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, master, nil, "dsappd/1 records", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of the records: %w", err)
	}
	return key, nil
}

// MasterKey names the master key.
func (k *Keys) MasterKey() KeyID { return k.master.id }

func (k *Keys) current() *sealingKey { return k.sealing[len(k.sealing)-1] }

// rotating reports whether there are secrets under older keys, as far as is known.
func (k *Keys) rotating() bool { return len(k.sealing) > 1 }

// keyIDOf is the name that a sealed secret gives its key.
func keyIDOf(sealed []byte) (id KeyID) {
	copy(id[:], sealed)
	return id
}

// open opens a secret by the key that it names. One that names none is under the
// root, as secrets were before keys had names.
func (k *Keys) open(at place, sealed []byte) ([]byte, error) {
	id := keyIDOf(sealed)
	var failed error
	for _, key := range slices.Backward(k.sealing) {
		if key.id == id {
			plaintext, err := key.open(at, sealed[len(id):])
			if err == nil {
				return plaintext, nil
			}
			failed = err
		}
	}
	plaintext, err := k.root.open(at, sealed)
	if err != nil && failed != nil {
		err = failed
	}
	return plaintext, err
}

// total is how many secrets the key is known to have sealed.
func (k *sealingKey) total() uint64 { return k.before.Load() + k.sealed.Load() }

func (k *sealingKey) seal(at place, plaintext []byte, rand io.Reader) ([]byte, error) {
	if k.before.Load()+k.sealed.Add(1) > MaxSealed {
		return nil, fmt.Errorf("seal the %s of %s %s: %w", at.field, at.kind, at.key, ErrSealedOut)
	}
	head, size := len(k.id), k.aead.NonceSize()
	sealed := make([]byte, head+size, head+size+len(plaintext)+k.aead.Overhead())
	copy(sealed, k.id[:])
	if _, err := io.ReadFull(rand, sealed[head:]); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return k.aead.Seal(sealed, sealed[head:], plaintext, at.associatedData()), nil
}

// open opens what stands behind the key's name.
func (k *sealingKey) open(at place, sealed []byte) ([]byte, error) {
	size := k.aead.NonceSize()
	if len(sealed) < size {
		return nil, fmt.Errorf("open the %s of %s %s: %w", at.field, at.kind, at.key, errSealed)
	}
	plaintext, err := k.aead.Open(nil, sealed[:size], sealed[size:], at.associatedData())
	if err != nil {
		return nil, fmt.Errorf("open the %s of %s %s: %w", at.field, at.kind, at.key, errors.Join(errSealed, err))
	}
	return plaintext, nil
}
