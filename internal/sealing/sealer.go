package sealing

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

// Sealer seals and opens secrets by the keys that are in force: AES-256-GCM under
// a key that the store does not hold in the clear, with associated data that binds
// each secret to its record's kind, key and field: none opens in another's place.
// A sealed secret is the KeyID of its key, 4 bytes, the nonce, 12 bytes, and what
// AES-GCM makes of it. Programs before keys had IDs left the first out.
type Sealer struct {
	keys atomic.Pointer[Keys]
	rand io.Reader

	commits sync.RWMutex // held for reading by commits of what was sealed, and for writing while other keys are put in force
}

// NewSealer seals under a key of 32 bytes, by nonces from rand.
func NewSealer(key []byte, rand io.Reader) (*Sealer, error) {
	keys, err := New(key)
	if err != nil {
		return nil, err
	}
	return keys.Sealer(rand), nil
}

// Sealer seals under the current one of the keys, by nonces from rand.
func (k *Keys) Sealer(rand io.Reader) *Sealer {
	s := &Sealer{rand: rand}
	s.keys.Store(k)
	return s
}

// Keys returns the keys in force.
func (s *Sealer) Keys() *Keys { return s.keys.Load() }

// Sealed returns how many secrets the current key is known to have sealed.
func (s *Sealer) Sealed() uint64 { return s.Keys().Current().Sealed() }

// Use puts other keys in force. When it returns, nothing that was sealed under
// those before is still to be committed.
func (s *Sealer) Use(keys *Keys) {
	s.commits.Lock()
	defer s.commits.Unlock()
	s.keys.Store(keys)
}

// ErrReplaced means that other keys are in force by now.
var ErrReplaced = errors.New("the keys have been replaced")

// Under runs a commit of what was sealed while the keys were in force. It returns
// ErrReplaced, and commits nothing, where others are by now.
func (s *Sealer) Under(keys *Keys, commit func() error) error {
	s.commits.RLock()
	defer s.commits.RUnlock()
	if s.keys.Load() != keys {
		return ErrReplaced
	}
	return commit()
}

// Seal seals a secret for a place.
func (s *Sealer) Seal(at Place, plaintext []byte) ([]byte, error) {
	return s.Keys().Current().Seal(at, plaintext, s.rand)
}

// Open opens the secret of a place. The error wraps ErrSealed where it does not
// open there.
func (s *Sealer) Open(at Place, sealed []byte) ([]byte, error) { return s.Keys().Open(at, sealed) }
