package provision

import (
	"crypto/subtle"
	"time"

	"github.com/dsappd/dsappd/store"
)

// GatewaySide says who holds an API key of the gateway, and so which of its
// services the key opens.
type GatewaySide string

// The sides.
const (
	FrontEnd GatewaySide = "front" // phones
	BackEnd  GatewaySide = "back"  // the site
)

func (s GatewaySide) known() bool { return s == FrontEnd || s == BackEnd }

// GatewayKey is an API key of the gateway. A side may have several, so that
// one can follow another without a moment in which neither is accepted.
type GatewayKey struct {
	store.Revised
	Name string
	Side GatewaySide

	// Digest is SHA-256 of the key. The key itself has 256 bits that nobody
	// chose, so that a digest without salt or cost is no way to it.
	Digest    []byte
	CreatedAt time.Time
}

// is compares in constant time.
func (k GatewayKey) is(digest []byte) bool { return subtle.ConstantTimeCompare(k.Digest, digest) == 1 }
