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

// telling is a transport that tells of the calls that were granted.
type telling struct {
	Transport
	progress func(Connection)
	granted  int
}

func tell[T any](t *telling, call Call, result T, err error) (T, error) {
	if err == nil && t.progress != nil {
		t.granted++
		t.progress(Connection{Number: t.granted, Call: call})
	}
	return result, err
}

func (t *telling) GenerateEphemeralKey(ctx context.Context, registrationID, clientEphemeralPublicKey string) (EphemeralKeyResult, error) {
	result, err := t.Transport.GenerateEphemeralKey(ctx, registrationID, clientEphemeralPublicKey)
	return tell(t, CallGenerateEphemeralKey, result, err)
}

func (t *telling) GenerateActivationData(ctx context.Context, registrationID, clientEvidenceMessage string) (ActivationDataResult, error) {
	result, err := t.Transport.GenerateActivationData(ctx, registrationID, clientEvidenceMessage)
	return tell(t, CallGenerateActivationData, result, err)
}

func (t *telling) AddDevice(ctx context.Context, registrationID, deviceCode string) (activationMessage2 string, err error) {
	result, err := t.Transport.AddDevice(ctx, registrationID, deviceCode)
	return tell(t, CallAddDevice, result, err)
}

func (t *telling) Activate(ctx context.Context, registrationID string, c Credential) (ActivateResult, error) {
	result, err := t.Transport.Activate(ctx, registrationID, c)
	return tell(t, CallActivate, result, err)
}

func (t *telling) ActivateInstance(ctx context.Context, registrationID string, c InstanceCredential) (ActivateResult, error) {
	result, err := t.Transport.ActivateInstance(ctx, registrationID, c)
	return tell(t, CallActivateInstance, result, err)
}
