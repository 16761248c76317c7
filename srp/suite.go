package srp

import (
	"crypto/subtle"
	"fmt"
	"hash"

	"filippo.io/bigmod"
)

// PrivateSize is the length in bytes of a and b: 256 bits, the least that
// RFC 5054 section 2.5.3 allows. The length is fixed because the time of an
// exponentiation depends on it, and on nothing else of the exponent.
const PrivateSize = 32

// Error is a value that an exchange must not go on with.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrPublicKey says that A or B is not a number from 1 to N-1.
	ErrPublicKey Error = "public key outside 1..N-1"
	// ErrPrivateKey says that a or b is not PrivateSize bytes long, or that x
	// has not the length of the hash.
	ErrPrivateKey Error = "private key of a wrong length"
	// ErrVerifier says that v is not a number from 1 to N-1.
	ErrVerifier Error = "verifier outside 1..N-1"
	// ErrDrawAgain says that B came out as zero: another b is needed.
	ErrDrawAgain Error = "server public key is zero, draw b again"
	// ErrScrambler says that u is zero, so that B would not be bound to v.
	ErrScrambler Error = "scrambler u is zero"
	// ErrGroup says that a group and a hash do not make a suite.
	ErrGroup Error = "group does not make a suite"
)

// A Suite is a group and a hash. It is safe for concurrent use.
type Suite struct {
	hash     func() hash.Hash
	n        *bigmod.Modulus
	g        generator
	k        *bigmod.Nat
	groupMix []byte // H(N) xor H(g), the first field of M1
}

// New makes a suite of a group and a hash, SHA-256 in the DSAPP profile.
func New(group Group, hash func() hash.Hash) (*Suite, error) {
	if hash().Size() >= len(group.N) {
		return nil, fmt.Errorf("%w: N must be longer than the hash", ErrGroup)
	}
	n, err := bigmod.NewModulus(group.N)
	if err != nil || n.Nat().IsOdd() == 0 || group.G < 2 {
		return nil, fmt.Errorf("%w: N must be an odd prime and g at least 2", ErrGroup)
	}
	s := &Suite{hash: hash, n: n}
	g := []byte{group.G}
	s.g.n, s.g.longest = n, max(PrivateSize, hash().Size())
	if s.g.g, err = bigmod.NewNat().SetBytes(g, n); err != nil {
		return nil, fmt.Errorf("%w: g: %w", ErrGroup, err)
	}
	if s.k, err = bigmod.NewNat().SetBytes(s.digest(s.pad(group.N), s.pad(g)), n); err != nil {
		return nil, fmt.Errorf("%w: k: %w", ErrGroup, err)
	}
	s.groupMix = make([]byte, hash().Size())
	subtle.XORBytes(s.groupMix, s.digest(group.N), s.digest(g))
	return s, nil
}

// Size returns the length in bytes of N, and so of v, A and B.
func (s *Suite) Size() int { return s.n.Size() }

// digest returns the hash over all parts in a row.
func (s *Suite) digest(parts ...[]byte) []byte {
	h := s.hash()
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// pad returns PAD of RFC 5054 section 2.4: zero bytes in front up to the length
// of N. Longer input has no PAD and stays as it is; CheckPublicKey refuses it.
func (s *Suite) pad(b []byte) []byte {
	if len(b) >= s.Size() {
		return b
	}
	padded := make([]byte, s.Size())
	copy(padded[s.Size()-len(b):], b)
	return padded
}

// element reads a number from 1 to N-1; reason is the error for all others.
func (s *Suite) element(b []byte, reason Error) (*bigmod.Nat, error) {
	if len(b) > s.Size() {
		return nil, reason
	}
	element, err := bigmod.NewNat().SetBytes(b, s.n)
	if err != nil || element.IsZero() == 1 {
		return nil, reason
	}
	return element, nil
}

// power returns base^exponent mod N, constant-time for exponents of one length.
func (s *Suite) power(base *bigmod.Nat, exponent []byte) *bigmod.Nat {
	return bigmod.NewNat().Exp(base, exponent, s.n)
}

// scrambler returns u = H(PAD(A) | PAD(B)), refused when it is zero.
func (s *Suite) scrambler(A, B []byte) ([]byte, error) {
	u := s.digest(s.pad(A), s.pad(B))
	if subtle.ConstantTimeCompare(u, make([]byte, len(u))) == 1 {
		return nil, ErrScrambler
	}
	return u, nil
}

// CheckPublicKey refuses an A or B outside 1..N-1 (RFC 5054 sections 2.5.3
// and 2.5.4). Such a number is never reduced: the formulas would then agree
// on a key that needs no password.
func (s *Suite) CheckPublicKey(key []byte) error {
	_, err := s.element(key, ErrPublicKey)
	return err
}

// X returns the private key x = H(s | H(I | ":" | P)).
func (s *Suite) X(salt []byte, identity, password string) []byte {
	return s.digest(salt, s.digest([]byte(identity), []byte(":"), []byte(password)))
}

// M1 returns the client's evidence H((H(N) xor H(g)) | H(I) | s | PAD(A) |
// PAD(B) | K). H(g) is over the one byte of g, not over its PAD.
func (s *Suite) M1(identity string, salt, A, B, K []byte) []byte {
	return s.digest(s.groupMix, s.digest([]byte(identity)), salt, s.pad(A), s.pad(B), K)
}

// M2 returns the server's evidence H(PAD(A) | M1 | K).
func (s *Suite) M2(A, M1, K []byte) []byte {
	return s.digest(s.pad(A), M1, K)
}
