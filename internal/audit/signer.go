package audit

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"sync"
)

// Signer makes and checks the MACs of events, seals and anchors.
type Signer struct{ hashes sync.Pool }

// hashes is room to make a line in, and its MAC.
type hashes struct {
	hash hash.Hash
	line []byte
}

// NewSigner derives the audit's key from the master key of 32 bytes.
func NewSigner(master []byte) (*Signer, error) {
	key, err := hkdf.Key(sha256.New, master, nil, "dsappd/1 audit", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of the audit: %w", err)
	}
	s := new(Signer)
	s.hashes.New = func() any { return &hashes{hash: hmac.New(sha256.New, key)} }
	return s, nil
}

// sum authenticates the line as one of a kind.
func (h *hashes) sum(kind string) (mac Digest) {
	h.hash.Reset()
	_, _ = io.WriteString(h.hash, kind+"\x00")
	_, _ = h.hash.Write(h.line)
	var full [sha256.Size]byte
	return Digest(h.hash.Sum(full[:0]))
}
