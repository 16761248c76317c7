package provision

import (
	"crypto/subtle"
	"slices"
	"time"

	"github.com/dsappd/dsappd/store"
)

// PlatformScope is a part of the Platform API that a key opens.
type PlatformScope string

// The scopes.
const (
	ScopeRegister   PlatformScope = "register"   // enrol users and activate their devices
	ScopeAdminister PlatformScope = "administer" // users and authenticators
	ScopeRender     PlatformScope = "render"     // draw visual codes
	ScopeLogin      PlatformScope = "login"      // authenticate users
)

// PlatformScopes returns all of them.
func PlatformScopes() []PlatformScope {
	return []PlatformScope{ScopeRegister, ScopeAdminister, ScopeRender, ScopeLogin}
}

// PlatformKey is a key of the Platform API.
type PlatformKey struct {
	store.Revised
	Name   string
	Scopes []PlatformScope // in the order of PlatformScopes

	// Digest is SHA-256 of the key. The key itself has 256 bits that nobody
	// chose, so that a digest without salt or cost is no way to it.
	Digest    []byte
	CreatedAt time.Time
}

// Opens reports whether the key has the scope.
func (k PlatformKey) Opens(scope PlatformScope) bool { return slices.Contains(k.Scopes, scope) }

// is compares in constant time.
func (k PlatformKey) is(digest []byte) bool { return subtle.ConstantTimeCompare(k.Digest, digest) == 1 }
