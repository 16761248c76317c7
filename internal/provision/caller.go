package provision

import (
	"net/netip"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/passwords"
)

// Caller is who asks. The door fills it in from the request and the connection.
type Caller struct {
	ComponentType string
	Address       netip.Addr
	RequestID     string

	// Doubt says why it is not known for whom a proxy speaks. Address is the
	// proxy's then, and no component stands there.
	Doubt error

	// OwnDoor says that a door of this server asks for a caller whom it has
	// authenticated itself. Its component stands at 0.0.0.0, which is the
	// address of no peer: nobody else can call in its name.
	OwnDoor bool

	// Confidential says that nobody between can read what is said: it is
	// encrypted all the way to the caller, or never leaves this machine.
	Confidential bool

	// Once has the answer kept for a request that is repeated; nil: it is not.
	Once *Once

	// Command is the provisioning command that asks for an operation, and
	// stands for it in the audit; empty: the operation itself was called.
	Command string
}

// callEvent returns the audit event of an operation that a component calls.
func callEvent(operation string, caller Caller) asked {
	if caller.Command != "" {
		operation = caller.Command
	}
	return asked{audit.Event{
		RequestID:     caller.RequestID,
		Operation:     operation,
		ComponentType: caller.ComponentType,
		Address:       caller.Address.String(),
	}, caller.Once}
}

// stands returns the address that the caller's component is found by.
func (c Caller) stands() netip.Addr {
	if c.OwnDoor {
		return netip.IPv4Unspecified()
	}
	return c.Address
}

// share returns what costly work of a caller is shared out by.
func (c Caller) share() passwords.Share {
	s := passwords.Share{Address: originOf(c.Address)}
	if c.OwnDoor {
		s.Door = c.ComponentType
	}
	return s
}
