package phone

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
)

// ActivateInstance sends the signature of an instance or, if response is not
// empty, that one-time password of it in place of the signature, as a server's
// policy may allow. The name may be empty, for the instance that came last.
func (d *Device) ActivateInstance(ctx context.Context, s State, name, response string) (State, error) {
	at, err := s.waiting(name)
	if err != nil {
		return s, err
	}
	instance := s.MDL.Instances[at]
	if instance.RegistrationID == "" {
		return s, fmt.Errorf("%w: the device does not know the registration: have the site send the signature", ErrStep)
	}
	proof := InstanceCredential{Response: response}
	if response == "" {
		proof.Signature = instance.Signature
	}
	result, err := d.Transport.ActivateInstance(ctx, instance.RegistrationID, proof)
	if err != nil {
		return s, err
	}
	if result.SerialNumber != instance.Name() {
		return s, fmt.Errorf("%w: the server activated %s, this device is %s", ErrReply, result.SerialNumber, instance.Name())
	}
	return s.activated(at, result), nil
}

// InstanceOTP returns the one-time password of an instance for now. It changes
// nothing, and may be had before the instance is activated.
func (d *Device) InstanceOTP(s State, name string) (string, error) {
	instance, err := s.Instance(name)
	if err != nil {
		return "", err
	}
	return oath.OTP(instance.Secret, oath.TimeStep(d.Now()), dsapp.InstanceParameters())
}
