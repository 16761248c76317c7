package phone

import (
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
)

// State is what a device remembers: one single-device authenticator, and
// instances on licences for several devices, either of which may be missing.
// It holds secrets: it is printed as its names only, and stored sealed.
type State struct {
	RegistrationID string
	dsapp.ActivationData
	Activated bool
	Binding   *Binding `json:",omitempty"`
	MDL       MDL      `json:",omitzero"`
}

// Binding is a derivation code that the server has not accepted yet. Until it
// has, the old secret stays: a lost request must not lose the phone.
type Binding struct {
	Code   string
	Secret []byte // K', which replaces the secret
}

// single refuses the steps of a single-device authenticator where there is
// none.
func (s State) single() error {
	if len(s.Secret) == 0 {
		return fmt.Errorf("%w: the device has no single-device authenticator", ErrStep)
	}
	return nil
}

// String names the device and its registration and the instances, and nothing
// secret.
func (s State) String() string {
	var parts []string
	if s.SerialNumber != "" || len(s.MDL.Instances) == 0 {
		parts = append(parts, fmt.Sprintf("%s of registration %s", s.SerialNumber, s.RegistrationID))
	}
	if len(s.MDL.Instances) > 0 {
		parts = append(parts, s.MDL.names())
	}
	return strings.Join(parts, ", ")
}

// GoString returns String, so that %#v shows nothing secret either.
func (s State) GoString() string { return s.String() }

// String names the instances, and nothing secret.
func (m MDL) String() string { return m.names() }

// GoString returns String, so that %#v shows nothing secret either.
func (m MDL) GoString() string { return m.String() }
