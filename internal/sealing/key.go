package sealing

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// KeyID names a key: the first bytes of HKDF-SHA-256 of it, without salt, with the
// info "dsappd/1 key id".
type KeyID [4]byte

func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// KeyIDOf returns the ID of the key that a sealed secret names.
func KeyIDOf(sealed []byte) (id KeyID) {
	copy(id[:], sealed)
	return id
}

// Key holds one key, and counts how often it has sealed.
type Key struct {
	ID     KeyID
	MadeAt time.Time // zero: with the store

	key  []byte
	aead cipher.AEAD

	before atomic.Uint64 // secrets that were sealed before this run
	sealed atomic.Uint64 // and in it
	noted  atomic.Uint64 // of these, how many the store's count has
}

func newKey(key []byte, madeAt time.Time) (*Key, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("the sealing key has %d bytes, not %d", len(key), KeySize)
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
	return &Key{ID: KeyID(id), MadeAt: madeAt, key: bytes.Clone(key), aead: aead}, nil
}

// MaxSealed bounds how many secrets a key may seal. Beyond that, two of the random
// nonces of 96 bits may be the same with a probability of more than 2^-32 (NIST
// SP 800-38D, section 8.3), which would give both secrets away.
const MaxSealed = 1 << 32

// ErrSealedOut means that the key has sealed MaxSealed secrets.
var ErrSealedOut = errors.New("the sealing key has sealed as many secrets as it may: make a new one with: dsappd key rotate")

// ErrSealed means a damaged store or another folder's key.
var ErrSealed = errors.New("a sealed secret does not open under this key")

// SealedBefore notes how many secrets the key has sealed before this run.
func (k *Key) SealedBefore(secrets uint64) { k.before.Store(secrets) }

// Sealed returns how many secrets the key is known to have sealed.
func (k *Key) Sealed() uint64 { return k.before.Load() + k.sealed.Load() }

// NotNoted returns how many secrets the key has sealed since Noted was told last.
func (k *Key) NotNoted() uint64 { return k.sealed.Load() - k.noted.Load() }

// Noted tells that so many more secrets were counted in the store.
func (k *Key) Noted(secrets uint64) { k.noted.Add(secrets) }

// Place says where a sealed secret stands. It opens nowhere else.
type Place struct{ Kind, Key, Field string }

func (p Place) associatedData() []byte {
	return []byte(p.Kind + "\x00" + p.Key + "\x00" + p.Field)
}

// Seal seals a secret for a place, by a nonce from rand. The error wraps
// ErrSealedOut where the key has sealed too many.
func (k *Key) Seal(at Place, plaintext []byte, rand io.Reader) ([]byte, error) {
	if k.before.Load()+k.sealed.Add(1) > MaxSealed {
		return nil, fmt.Errorf("seal the %s of %s %s: %w", at.Field, at.Kind, at.Key, ErrSealedOut)
	}
	head, size := len(k.ID), k.aead.NonceSize()
	sealed := make([]byte, head+size, head+size+len(plaintext)+k.aead.Overhead())
	copy(sealed, k.ID[:])
	if _, err := io.ReadFull(rand, sealed[head:]); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return k.aead.Seal(sealed, sealed[head:], plaintext, at.associatedData()), nil
}

// Open opens a secret that this key has sealed, or one from before keys had names.
func (k *Key) Open(at Place, sealed []byte) ([]byte, error) {
	if KeyIDOf(sealed) == k.ID {
		return k.open(at, sealed[len(k.ID):])
	}
	return k.open(at, sealed)
}

// open opens what stands behind the key's name.
func (k *Key) open(at Place, sealed []byte) ([]byte, error) {
	size := k.aead.NonceSize()
	if len(sealed) < size {
		return nil, fmt.Errorf("open the %s of %s %s: %w", at.Field, at.Kind, at.Key, ErrSealed)
	}
	plaintext, err := k.aead.Open(nil, sealed[:size], sealed[size:], at.associatedData())
	if err != nil {
		return nil, fmt.Errorf("open the %s of %s %s: %w", at.Field, at.Kind, at.Key, errors.Join(ErrSealed, err))
	}
	return plaintext, nil
}
