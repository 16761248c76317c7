package phone

import "context"

// Call names a method of Transport.
type Call string

// The calls, in the order of an activation.
const (
	CallGenerateEphemeralKey   Call = "GenerateEphemeralKey"
	CallGenerateActivationData Call = "GenerateActivationData"
	CallAddDevice              Call = "AddDevice"
	CallActivate               Call = "Activate"
	CallActivateInstance       Call = "ActivateInstance"
)

// progressTransport is a Transport that reports the calls that were granted.
type progressTransport struct {
	Transport
	progress func(Connection)
	granted  int
}

func report[T any](t *progressTransport, call Call, result T, err error) (T, error) {
	if err == nil && t.progress != nil {
		t.granted++
		t.progress(Connection{Number: t.granted, Call: call})
	}
	return result, err
}

func (t *progressTransport) GenerateEphemeralKey(ctx context.Context, registrationID, clientEphemeralPublicKey string) (EphemeralKeyResult, error) {
	result, err := t.Transport.GenerateEphemeralKey(ctx, registrationID, clientEphemeralPublicKey)
	return report(t, CallGenerateEphemeralKey, result, err)
}

func (t *progressTransport) GenerateActivationData(ctx context.Context, registrationID, clientEvidenceMessage string) (ActivationDataResult, error) {
	result, err := t.Transport.GenerateActivationData(ctx, registrationID, clientEvidenceMessage)
	return report(t, CallGenerateActivationData, result, err)
}

func (t *progressTransport) AddDevice(ctx context.Context, registrationID, deviceCode string) (activationMessage2 string, err error) {
	result, err := t.Transport.AddDevice(ctx, registrationID, deviceCode)
	return report(t, CallAddDevice, result, err)
}

func (t *progressTransport) Activate(ctx context.Context, registrationID string, c Credential) (ActivateResult, error) {
	result, err := t.Transport.Activate(ctx, registrationID, c)
	return report(t, CallActivate, result, err)
}

func (t *progressTransport) ActivateInstance(ctx context.Context, registrationID string, c InstanceCredential) (ActivateResult, error) {
	result, err := t.Transport.ActivateInstance(ctx, registrationID, c)
	return report(t, CallActivateInstance, result, err)
}
