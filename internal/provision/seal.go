package provision

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/store"
)

// Sealer keeps secrets unreadable in the store: AES-256-GCM under a key that
// the store does not hold in the clear, with associated data that binds each
// secret to its record's kind, key and field, so that none can stand in another's
// place. A sealed secret is the KeyID of its key, 4 bytes, the nonce, 12 bytes,
// and what AES-GCM makes of it. Programs before keys had IDs left the first out.
type Sealer struct {
	keys   atomic.Pointer[Keys]
	signer *audit.Signer
	rand   io.Reader

	rotation sync.Mutex   // held while the keys are changed
	commits  sync.RWMutex // held for reading by commits of what was sealed, and for writing while other keys are put in force
}

// MaxSealed is how many secrets a key may seal. Beyond that, two of the random
// nonces of 96 bits may be the same with a probability of more than 2^-32 (NIST
// SP 800-38D, section 8.3), which would give both secrets away.
const MaxSealed = 1 << 32

// ErrSealedOut means that the key has sealed MaxSealed secrets.
var ErrSealedOut = errors.New("the sealing key has sealed as many secrets as it may: make a new one with: dsappd key rotate")

// Sealed is how many secrets the current key is known to have sealed.
func (s *Sealer) Sealed() uint64 { return s.keys.Load().current().total() }

// NewSealer seals under a key of 32 bytes, by nonces from rand.
func NewSealer(key []byte, rand io.Reader) (*Sealer, error) {
	keys, err := NewKeys(key)
	if err != nil {
		return nil, err
	}
	return keys.Sealer(rand)
}

// Sealer seals under the current one of the keys, by nonces from rand.
func (k *Keys) Sealer(rand io.Reader) (*Sealer, error) {
	signer, err := audit.NewSigner(k.root.key)
	if err != nil {
		return nil, err
	}
	s := &Sealer{signer: signer, rand: rand}
	s.keys.Store(k)
	return s, nil
}

// place says where a sealed secret stands.
type place struct{ kind, key, field string }

func (p place) associatedData() []byte {
	return []byte(p.kind + "\x00" + p.key + "\x00" + p.field)
}

func authenticatorPlace(serialNumber, field string) place {
	return place{"authenticator", serialNumber, field}
}

func registrationPlace(id, field string) place { return place{"registration", id, field} }

// use puts other keys in force. When it returns, nothing that was sealed under
// those before is still to be committed.
func (s *Sealer) use(keys *Keys) {
	s.commits.Lock()
	defer s.commits.Unlock()
	s.keys.Store(keys)
}

// under runs a commit of what was sealed while the keys were in force. It returns
// store.ErrMoved where others are by now.
func (s *Sealer) under(keys *Keys, commit func() error) error {
	s.commits.RLock()
	defer s.commits.RUnlock()
	if s.keys.Load() != keys {
		return store.ErrMoved
	}
	return commit()
}

func (s *Sealer) seal(at place, plaintext []byte) ([]byte, error) {
	return s.keys.Load().current().seal(at, plaintext, s.rand)
}

func (s *Sealer) open(at place, sealed []byte) ([]byte, error) {
	return s.keys.Load().open(at, sealed)
}

// errSealed means a damaged store or another folder's key.
var errSealed = errors.New("a sealed secret does not open under this key")
