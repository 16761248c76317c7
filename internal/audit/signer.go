package audit

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
)

// Signer makes and checks the MACs of events, seals and anchors.
type Signer struct{ key []byte }

// NewSigner derives the audit's key from the master key of 32 bytes.
func NewSigner(master []byte) (*Signer, error) {
	key, err := hkdf.Key(sha256.New, master, nil, "dsappd/1 audit", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of the audit: %w", err)
	}
	return &Signer{key}, nil
}

// mac authenticates a line as one of a kind.
func (s *Signer) mac(kind string, line []byte) Digest {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(kind + "\x00"))
	h.Write(line)
	return Digest(h.Sum(nil))
}
