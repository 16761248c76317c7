package provision

import (
	"net/netip"

	"github.com/dsappd/dsappd/dsapp"
)

// Caller is who asks: the door fills it in from the request and the
// connection.
type Caller struct {
	ComponentType string
	Address       netip.Addr
	RequestID     string

	// Doubt says why it is not known for whom a proxy speaks. Address is the
	// proxy's then, and no component stands there.
	Doubt error

	// OwnDoor says that a door of the server's own asks for a caller of whom
	// it has made sure itself. Its component stands at 0.0.0.0, which is the
	// address of no peer, so that nobody else can call in its name.
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

// DSAPPSRPRegister asks for a registration of the user.
type DSAPPSRPRegister struct {
	ActivationType *int // nil: absent
	UserID         string
	Domain         string
	StaticPassword string
	SerialNumber   string
	MDL            bool // the authenticator must be a licence
}

// DSAPPSRPRegisterResult is what register hands out. The activation password
// is shown here once and kept nowhere.
type DSAPPSRPRegisterResult struct {
	RegistrationID     string
	ActivationPassword string
	User               UserOutput
	SerialNumber       string
	DigipassGatewayID  string
}

// UserOutput is a user as replies name it.
type UserOutput struct {
	UserID, Domain string
	OrgUnit        string // empty: absent
}

// DSAPPSRPGenerateEphemeralKey opens a key exchange.
type DSAPPSRPGenerateEphemeralKey struct {
	RegistrationID           string
	ClientEphemeralPublicKey string // A in hex, 1 to 512 characters
}

// DSAPPSRPGenerateEphemeralKeyResult is the server's half.
type DSAPPSRPGenerateEphemeralKeyResult struct {
	ServerEphemeralPublicKey string // B, 512 hex characters
	Salt                     string // s, 32 hex characters
}

// DSAPPSRPGenerateActivationData proves the key.
type DSAPPSRPGenerateActivationData struct {
	RegistrationID        string
	ClientEvidenceMessage string // M1, 64 hex characters
}

// DSAPPSRPGenerateActivationDataResult holds the encrypted items and M2.
type DSAPPSRPGenerateActivationDataResult struct {
	ActivationMessage        *dsapp.EncryptedData // on a licence, instead of the other two
	ActivationCode           dsapp.EncryptedData
	EventReactivationCounter dsapp.EncryptedData
	ServerEvidenceMessage    string // M2, 64 hex characters
}

// DSAPPSRPActivate ends a registration: exactly one of Response and
// DerivationCode is set.
type DSAPPSRPActivate struct {
	RegistrationID string
	Response       string
	DerivationCode string
}

// DSAPPSRPActivateResult says who was activated on what.
type DSAPPSRPActivateResult struct {
	User         UserOutput
	SerialNumber string
}
