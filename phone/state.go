package phone

import (
	"fmt"

	"github.com/dsappd/dsappd/dsapp"
)

// State is what a device remembers. It holds the secret: it is printed as its
// names only, and stored sealed.
type State struct {
	RegistrationID string
	dsapp.ActivationData
	Activated bool
	Binding   *Binding `json:",omitempty"`
}

// Binding is a derivation code that the server has not accepted yet. Until it
// has, the old secret stays: a lost request must not lose the phone.
type Binding struct {
	Code   string
	Secret []byte // K', which replaces the secret
}

// String names the device and its registration, and nothing secret.
func (s State) String() string {
	return fmt.Sprintf("%s of registration %s", s.SerialNumber, s.RegistrationID)
}

// GoString is String, so that %#v shows nothing secret either.
func (s State) GoString() string { return s.String() }
