// Package sealing keeps secrets unreadable where they are stored: by
// AES-256-GCM, each bound to its place. It knows no record.
package sealing

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// KeySize gives the size of every key here, in bytes.
const KeySize = 32

// Keys holds the keys of one store. The master key opens the others, which the
// store keeps sealed; before the first rotation it is all of them itself. Keys
// never change: a rotation makes others.
type Keys struct {
	master  *Key
	root    *Key   // the keys of the records' MACs and of the audit follow from it
	sealing []*Key // seal and open secrets; the last is current
}

// New returns the keys of a store that has had no rotation.
func New(master []byte) (*Keys, error) {
	key, err := newKey(master, time.Time{})
	if err != nil {
		return nil, err
	}
	return &Keys{master: key, root: key, sealing: []*Key{key}}, nil
}

// keyring is what the master key seals of the others.
type keyring struct {
	Root    []byte    `json:"root"`
	Sealing []keptKey `json:"sealing"`
}

type keptKey struct {
	Key    []byte    `json:"key"`
	MadeAt time.Time `json:"madeAt,omitzero"`
}

// OpenRing returns the keys that a keyring at a place holds. The keys here have
// the master key that sealed it.
func (k *Keys) OpenRing(at Place, sealed []byte) (*Keys, error) {
	text, err := k.Open(at, sealed)
	if err != nil {
		return nil, err
	}
	return k.unpack(text)
}

func (k *Keys) unpack(text []byte) (*Keys, error) {
	var ring keyring
	if err := json.Unmarshal(text, &ring); err != nil {
		return nil, errors.New("the store's keys cannot be read") // the library's words quote them
	}
	root, err := newKey(ring.Root, time.Time{})
	if err != nil {
		return nil, err
	}
	opened := &Keys{master: k.master, root: root}
	for _, kept := range ring.Sealing {
		key := root
		if !bytes.Equal(kept.Key, root.key) {
			if key, err = newKey(kept.Key, kept.MadeAt); err != nil {
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

// SealRing seals all keys but the master key under the master key, for a place.
func (k *Keys) SealRing(at Place, rand io.Reader) ([]byte, error) {
	ring := keyring{Root: k.root.key}
	for _, key := range k.sealing {
		ring.Sealing = append(ring.Sealing, keptKey{key.key, key.MadeAt})
	}
	text, err := json.Marshal(ring)
	if err != nil {
		return nil, fmt.Errorf("encode the keys: %w", err)
	}
	return k.master.Seal(at, text, rand)
}

// Rotated returns the keys with a new one that seals from now on.
func (k *Keys) Rotated(key []byte, madeAt time.Time) (*Keys, error) {
	next, err := newKey(key, madeAt)
	if err != nil {
		return nil, err
	}
	return &Keys{master: k.master, root: k.root, sealing: append(slices.Clip(k.sealing), next)}, nil
}

// WithMaster returns the keys under another master key.
func (k *Keys) WithMaster(master []byte) (*Keys, error) {
	key, err := newKey(master, time.Time{})
	if err != nil {
		return nil, err
	}
	return &Keys{master: key, root: k.root, sealing: k.sealing}, nil
}

// CurrentAlone returns the keys without those that older secrets are under.
func (k *Keys) CurrentAlone() *Keys {
	return &Keys{master: k.master, root: k.root, sealing: k.sealing[len(k.sealing)-1:]}
}

// Root returns the key that those of the audit follow from.
func (k *Keys) Root() []byte { return bytes.Clone(k.root.key) }

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

// Master returns the master key.
func (k *Keys) Master() *Key { return k.master }

// Current returns the key that seals.
func (k *Keys) Current() *Key { return k.sealing[len(k.sealing)-1] }

// Sealing returns the keys that secrets may be under, the current one last.
func (k *Keys) Sealing() []*Key { return slices.Clone(k.sealing) }

// Rotating reports whether there may be secrets under older keys.
func (k *Keys) Rotating() bool { return len(k.sealing) > 1 }

// Stale reports whether a sealed secret is under another key than the current
// one.
func (k *Keys) Stale(sealed []byte) bool { return KeyIDOf(sealed) != k.Current().ID }

// Open opens a secret by the key that it names. One that names none is under the
// root, as secrets were before keys had names. The error wraps ErrSealed where no
// key opens it.
func (k *Keys) Open(at Place, sealed []byte) ([]byte, error) {
	id := KeyIDOf(sealed)
	var failed error
	for _, key := range slices.Backward(k.sealing) {
		if key.ID == id {
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
