package phone

import (
	"context"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
)

// Transport carries the calls of a device to a server. Values travel as text,
// as the protocol has them: a transport checks that a reply has its fields and
// leaves what they mean to the Device. A reply that says no is a *Refusal, one
// without a field ErrReply. It may be used by many devices at once.
type Transport interface {
	// GenerateEphemeralKey takes A in hex.
	GenerateEphemeralKey(ctx context.Context, registrationID, clientEphemeralPublicKey string) (EphemeralKeyResult, error)
	// GenerateActivationData takes M1 in hex.
	GenerateActivationData(ctx context.Context, registrationID, clientEvidenceMessage string) (ActivationDataResult, error)
	// Activate ends the registration of a single-device authenticator.
	Activate(ctx context.Context, registrationID string, c Credential) (ActivateResult, error)
	// AddDevice takes a device code and returns Activation Message 2 in hex.
	AddDevice(ctx context.Context, registrationID, deviceCode string) (activationMessage2 string, err error)
	// ActivateInstance ends a registration on a licence for several devices.
	ActivateInstance(ctx context.Context, registrationID string, c InstanceCredential) (ActivateResult, error)
}

// EphemeralKeyResult is B and the salt, in hex.
type EphemeralKeyResult struct{ ServerEphemeralPublicKey, Salt string }

// ActivationDataResult is M2 in hex, and the items that were in the reply; the
// others are nil.
type ActivationDataResult struct {
	ServerEvidenceMessage    string
	ActivationCode           *dsapp.EncryptedData
	EventReactivationCounter *dsapp.EncryptedData
	ActivationMessage        *dsapp.EncryptedData
}

// Credential is what proves that the device holds the secret: one of a
// one-time password and a derivation code.
type Credential struct{ Response, DerivationCode string }

// InstanceCredential is what proves that the device opened Activation Message
// 2: its signature or, where the server's policy takes it, a one-time password
// of the instance.
type InstanceCredential struct{ Signature, Response string }

// ActivateResult is whom the server activated what for. The serial number is
// an instance's name on a licence for several devices.
type ActivateResult struct{ UserID, Domain, SerialNumber string }

// ResultCodes are those that every reply has, over whichever transport.
type ResultCodes struct {
	ReturnCodeEnum, StatusCodeEnum string
	ReturnCode, StatusCode         int32
}

// Refusal is a reply that says no, with the codes as they came.
type Refusal struct {
	Operation   string
	ResultCodes ResultCodes
	Words       []string // of its error stack
}

func (r *Refusal) Error() string {
	words := []string{fmt.Sprintf("%s was refused: %s (%d)", r.Operation, r.ResultCodes.StatusCodeEnum, r.ResultCodes.StatusCode)}
	return strings.Join(append(words, r.Words...), ": ")
}
