package provision

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/dsappd/dsappd/internal/audit"
)

// Sealer keeps secrets unreadable in the store: AES-256-GCM under a key that
// the store never sees, with associated data that binds each secret to its
// record's kind, key and field, so that none can stand in another's place. It
// also holds the audit's signer, whose key is derived from the same one.
type Sealer struct {
	aead   cipher.AEAD
	signer *audit.Signer
	rand   io.Reader

	before atomic.Uint64 // secrets that were sealed before this run
	sealed atomic.Uint64 // and in it
	noted  atomic.Uint64 // of these, how many the store's count has
}

// MaxSealed is how many secrets a key may seal. Beyond that, two of the random
// nonces of 96 bits may be the same with a probability of more than 2^-32 (NIST
// SP 800-38D, section 8.3), which would give both secrets away.
const MaxSealed = 1 << 32

// ErrSealedOut means that the key has sealed MaxSealed secrets.
var ErrSealedOut = errors.New("the master key has sealed as many secrets as it may: make a new data folder, and add its users and authenticators there")

// Sealed is how many secrets the key is known to have sealed.
func (s *Sealer) Sealed() uint64 { return s.before.Load() + s.sealed.Load() }

// NewSealer takes a key of 32 bytes and the source of nonces.
func NewSealer(key []byte, rand io.Reader) (*Sealer, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("the sealing key has %d bytes, not 32", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("sealing key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("sealing key: %w", err)
	}
	signer, err := audit.NewSigner(key)
	if err != nil {
		return nil, err
	}
	return &Sealer{aead: aead, signer: signer, rand: rand}, nil
}

// RecordKey derives the key that authenticates the records of a store from
// its master key of 32 bytes.
func RecordKey(master []byte) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, master, nil, "dsappd/1 records", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of the records: %w", err)
	}
	return key, nil
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

func (s *Sealer) seal(at place, plaintext []byte) ([]byte, error) {
	if s.before.Load()+s.sealed.Add(1) > MaxSealed {
		return nil, fmt.Errorf("seal the %s of %s %s: %w", at.field, at.kind, at.key, ErrSealedOut)
	}
	size := s.aead.NonceSize()
	sealed := make([]byte, size, size+len(plaintext)+s.aead.Overhead())
	if _, err := io.ReadFull(s.rand, sealed); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return s.aead.Seal(sealed, sealed, plaintext, at.associatedData()), nil
}

func (s *Sealer) open(at place, sealed []byte) ([]byte, error) {
	size := s.aead.NonceSize()
	if len(sealed) < size {
		return nil, fmt.Errorf("open the %s of %s %s: %w", at.field, at.kind, at.key, errSealed)
	}
	plaintext, err := s.aead.Open(nil, sealed[:size], sealed[size:], at.associatedData())
	if err != nil {
		return nil, fmt.Errorf("open the %s of %s %s: %w", at.field, at.kind, at.key, errors.Join(errSealed, err))
	}
	return plaintext, nil
}

// errSealed means a damaged store or another folder's key.
var errSealed = errors.New("a sealed secret does not open under this key")
