package phone

import (
	"context"
	"errors"

	"github.com/dsappd/dsappd/dsapp"
)

// Activation is a whole activation: what the image said and how the device
// goes about it.
type Activation struct {
	Registration
	Fingerprint []byte           // 1 to 255 bytes, to which a single-device authenticator is bound
	DeviceType  dsapp.DeviceType // of an instance on a licence

	// Keep is given each state that the device must not lose: what a server
	// has accepted or may have. Its error ends the activation; nil keeps
	// nothing.
	Keep func(State) error
	// Progress is told of each connection when the server has granted it; nil:
	// nobody is told.
	Progress func(Connection)
}

// Connection is one call of an activation.
type Connection struct {
	Number int // from 1
	Call   Call
}

// statusNotFound is that of a registration that is over (STAT_NOT_FOUND).
const statusNotFound = -13

// RegistrationOf returns what an image tells the device.
func RegistrationOf(image dsapp.Image) Registration {
	return Registration{ID: image.RegistrationID, Password: image.ActivationPassword}
}

// ActivateImage takes an activation from the scan of its image to its end: an
// ephemeral key, the activation data and, by what those are, the activation
// with a derivation code, or a device on a licence and its signature. The
// state is that of the device before, zero for a new one; a single-device
// authenticator takes the place of one before it, and an instance stands
// beside the others.
//
// Whatever ends it, the same call may be made again with the state that was
// kept last: it starts over, from any step. Should the server have activated a
// single-device authenticator without the device hearing of it, the derivation
// code that it accepted is sent again.
func (d *Device) ActivateImage(ctx context.Context, s State, a Activation) (State, error) {
	if err := s.MDL.roomFor(a.ID); err != nil {
		return s, err
	}
	device := *d
	device.Transport = &progressTransport{Transport: d.Transport, progress: a.Progress}
	h, issued, err := device.exchange(ctx, a.Registration)
	switch {
	case err != nil && over(err) && s.RegistrationID == a.ID && s.Binding != nil:
		return a.repeat(ctx, &device, s, err)
	case err != nil:
		return s, err
	case issued.ActivationMessage != nil:
		return a.activateInstance(ctx, &device, s, h, issued)
	}
	return a.activateSingle(ctx, &device, s, h, issued)
}

func over(err error) bool {
	refusal, ok := errors.AsType[*Refusal](err)
	return ok && refusal.ResultCodes.StatusCode == statusNotFound
}

// repeat sends the derivation code that waits for its answer. If the server
// knows nothing of it, the registration is over for another reason.
func (a Activation) repeat(ctx context.Context, d *Device, s State, why error) (State, error) {
	next, err := d.Activate(ctx, s, Credential{DerivationCode: s.Binding.Code})
	if over(err) {
		return s, why
	}
	if err != nil {
		return s, err
	}
	return next, a.keep(next)
}

func (a Activation) activateSingle(ctx context.Context, d *Device, s State, h *handshake, issued ActivationDataResult) (State, error) {
	next, err := h.takeData(a.Registration, issued)
	if err != nil {
		return s, err
	}
	next.MDL = s.MDL
	code, next, err := d.DerivationCode(next, a.Fingerprint)
	if err != nil {
		return s, err
	}
	return a.keeping(next, func() (State, error) {
		return d.Activate(ctx, next, Credential{DerivationCode: code})
	})
}

func (a Activation) activateInstance(ctx context.Context, d *Device, s State, h *handshake, issued ActivationDataResult) (State, error) {
	s, err := d.takeMessage1(s, a.Registration, h, issued)
	if err != nil {
		return s, err
	}
	_, s, err = d.DeviceCode(s, a.DeviceType)
	if err != nil {
		return s, err
	}
	s, err = a.keeping(s, func() (State, error) { return d.AddDevice(ctx, s) })
	if err != nil {
		return s, err
	}
	next, err := d.ActivateInstance(ctx, s, "", "")
	if err != nil {
		return s, err
	}
	return next, a.keep(next)
}

// keeping keeps a state, takes the step from it, and keeps the state after it.
func (a Activation) keeping(s State, step func() (State, error)) (State, error) {
	if err := a.keep(s); err != nil {
		return s, err
	}
	next, err := step()
	if err != nil {
		return s, err
	}
	return next, a.keep(next)
}

func (a Activation) keep(s State) error {
	if a.Keep == nil {
		return nil
	}
	return a.Keep(s)
}
