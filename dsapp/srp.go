package dsapp

import (
	"crypto/sha256"
	"sync"

	"github.com/dsappd/dsappd/srp"
)

// SaltSize is the length in bytes of s (section 1).
const SaltSize = 16

// NewSRP returns the SRP suite of the profile: the 2048-bit group with SHA-256
// (section 1). I is the registration ID, P the activation password. It is the
// same one each time, as a suite never changes.
func NewSRP() (*srp.Suite, error) { return theSRP() }

var theSRP = sync.OnceValues(func() (*srp.Suite, error) { return srp.New(srp.Group2048(), sha256.New) })
