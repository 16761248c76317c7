package phone

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Fault is something that a device does wrong on purpose, to see what a server
// says. Faults lists them.
type Fault struct {
	Name string
	Does string // what the device does, as the rest of "the device ..."
	// Single and MDL are what a server answers by its documented statuses, on a
	// single-device authenticator and on a licence for several devices; empty
	// where the fault cannot be committed.
	Single, MDL Outcome

	wrong map[Call]wrong // in place of the right call
	after bool           // wrong comes after the right call, and the activation goes on
	drop  int            // the number of the connection whose reply is lost
	stale bool           // one-time passwords are made with an old moving factor
	ends  bool           // the activation ends at the fault in any case
}

// Activates reports whether the registration is used up by the fault: no other
// can be committed on it.
func (f Fault) Activates() bool {
	return f.after && (f.wrong[CallActivate] != nil || f.wrong[CallActivateInstance] != nil)
}

// Ending returns the fault with the activation ended there, also where it comes
// after a right call, so that others can be committed on the registration.
func (f Fault) Ending() Fault {
	f.ends = true
	return f
}

// Outcome is a status as it is answered, or ReplyLost.
type Outcome string

// ReplyLost is the outcome of a fault after which the device hears nothing.
const ReplyLost Outcome = "(reply lost)"

func outcome(codes ResultCodes) Outcome {
	return Outcome(fmt.Sprintf("%s (%d)", codes.StatusCodeEnum, codes.StatusCode))
}

// wrong is a call that a fault makes, given what the right one would send.
type wrong func(ctx context.Context, t Transport, r request) error

// request is what a call sends: the value is A, M1 or the device code.
type request struct {
	registrationID, value string
	credential            Credential
	proof                 InstanceCredential
}

// FaultNamed returns the fault of a name.
func FaultNamed(name string) (Fault, error) {
	all := Faults()
	at := slices.IndexFunc(all, func(f Fault) bool { return f.Name == name })
	if at >= 0 {
		return all[at], nil
	}
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.Name
	}
	return Fault{}, fmt.Errorf("%w: %q is not among %s", ErrFault, name, strings.Join(names, ", "))
}

// Trial is what came of a fault.
type Trial struct {
	Fault     Fault
	Got, Want Outcome
	Words     []string // with which it was refused
}

// AsDocumented reports whether the server answered as it should.
func (t Trial) AsDocumented() bool { return t.Got == t.Want }

// Try takes the steps of ActivateImage with one fault in them. The activation
// ends there, unless the fault comes after a right call; in either case it may
// be begun again while the registration lives: three wrong proofs close it. An
// error says that the fault was not committed, or what went wrong beside it.
func (d *Device) Try(ctx context.Context, s State, a Activation, f Fault) (Trial, State, error) {
	device, server := *d, &faulty{Transport: d.Transport, fault: f}
	device.Transport, device.stale = server, f.stale
	after, err := device.ActivateImage(ctx, s, a)
	if errors.Is(err, errTried) {
		err = nil
	}
	if err == nil && server.trial.Got == "" {
		err = fmt.Errorf("%w: %s does not apply to this registration, which was activated", ErrFault, f.Name)
	}
	return server.trial, after, err
}

// faulty is a transport that commits a fault.
type faulty struct {
	Transport
	fault Fault
	calls int
	trial Trial
}

// send makes a call rightly or, if the fault is about it, wrongly.
func send[T any](ctx context.Context, f *faulty, call Call, r request, right func() (T, error)) (T, error) {
	var none T
	f.calls++
	wrong := f.fault.wrong[call]
	if wrong != nil && !f.fault.after {
		return none, f.answered(call, wrong(ctx, f.Transport, r))
	}
	result, err := right()
	switch {
	case err != nil:
		return none, err
	case f.fault.drop == f.calls:
		f.trial = Trial{Fault: f.fault, Got: ReplyLost, Want: ReplyLost}
		return none, errTried
	case wrong == nil:
		return result, nil
	}
	if err := f.answered(call, wrong(ctx, f.Transport, r)); f.fault.ends || !errors.Is(err, errTried) {
		return none, err
	}
	return result, nil
}

// answered notes what a fault was answered with.
func (f *faulty) answered(call Call, err error) error {
	refusal, refused := errors.AsType[*Refusal](err)
	if err != nil && !refused {
		return err
	}
	f.trial = Trial{Fault: f.fault, Got: success, Want: f.fault.Single}
	if refused {
		f.trial.Got, f.trial.Words = outcome(refusal.ResultCodes), refusal.Words
	}
	if call == CallAddDevice || call == CallActivateInstance {
		f.trial.Want = f.fault.MDL
	}
	return errTried
}

func (f *faulty) GenerateEphemeralKey(ctx context.Context, registrationID, clientEphemeralPublicKey string) (EphemeralKeyResult, error) {
	return send(ctx, f, CallGenerateEphemeralKey, request{registrationID: registrationID, value: clientEphemeralPublicKey}, func() (EphemeralKeyResult, error) {
		return f.Transport.GenerateEphemeralKey(ctx, registrationID, clientEphemeralPublicKey)
	})
}

func (f *faulty) GenerateActivationData(ctx context.Context, registrationID, clientEvidenceMessage string) (ActivationDataResult, error) {
	return send(ctx, f, CallGenerateActivationData, request{registrationID: registrationID, value: clientEvidenceMessage}, func() (ActivationDataResult, error) {
		return f.Transport.GenerateActivationData(ctx, registrationID, clientEvidenceMessage)
	})
}

func (f *faulty) AddDevice(ctx context.Context, registrationID, deviceCode string) (activationMessage2 string, err error) {
	return send(ctx, f, CallAddDevice, request{registrationID: registrationID, value: deviceCode}, func() (string, error) {
		return f.Transport.AddDevice(ctx, registrationID, deviceCode)
	})
}

func (f *faulty) Activate(ctx context.Context, registrationID string, c Credential) (ActivateResult, error) {
	return send(ctx, f, CallActivate, request{registrationID: registrationID, credential: c}, func() (ActivateResult, error) {
		return f.Transport.Activate(ctx, registrationID, c)
	})
}

func (f *faulty) ActivateInstance(ctx context.Context, registrationID string, c InstanceCredential) (ActivateResult, error) {
	return send(ctx, f, CallActivateInstance, request{registrationID: registrationID, proof: c}, func() (ActivateResult, error) {
		return f.Transport.ActivateInstance(ctx, registrationID, c)
	})
}
