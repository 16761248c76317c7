package provision

import (
	"crypto/subtle"
	"time"

	"github.com/dsappd/dsappd/store"
)

// OperatorKey opens the operator's console.
type OperatorKey struct {
	store.Revised
	Name     string
	ReadOnly bool // whoever signs in by it looks and changes nothing

	// Digest is SHA-256 of the key. The key itself has 256 bits that nobody
	// chose, so that a digest without salt or cost is no way to it.
	Digest    []byte
	CreatedAt time.Time
}

// is compares in constant time.
func (k OperatorKey) is(digest []byte) bool { return subtle.ConstantTimeCompare(k.Digest, digest) == 1 }
