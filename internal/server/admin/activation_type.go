package admin

import (
	"fmt"

	"github.com/dsappd/dsappd/internal/provision"
)

// ActivationType is provision's, by name.
type ActivationType string

// The activation types.
const (
	Online  ActivationType = "online"
	Offline ActivationType = "offline"
)

func showActivationType(t provision.ActivationType) ActivationType {
	if t == provision.Offline {
		return Offline
	}
	return Online
}

// parse reads a type; the empty one is online.
func (t ActivationType) parse() (provision.ActivationType, error) {
	switch t {
	case "", Online:
		return provision.Online, nil
	case Offline:
		return provision.Offline, nil
	}
	return 0, malformed(fmt.Sprintf("The activation type is %q: it is %q or %q.", string(t), Online, Offline))
}
