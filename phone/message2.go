package phone

import (
	"context"
	"fmt"
	"slices"

	"github.com/dsappd/dsappd/dsapp"
)

// AddDevice sends the last device code and takes the Activation Message 2 that
// comes back. Should the reply be lost, the same call with the same state may
// be made again: the same code gets the same message.
func (d *Device) AddDevice(ctx context.Context, s State) (State, error) {
	o, err := s.answered()
	if err != nil {
		return s, err
	}
	if o.RegistrationID == "" {
		return s, fmt.Errorf("%w: the device does not know the registration: have the site send the device code", ErrStep)
	}
	message2, err := d.Transport.AddDevice(ctx, o.RegistrationID, o.DeviceCode)
	if err != nil {
		return s, err
	}
	return d.TakeMessage2(s, message2)
}

// TakeMessage2 takes the one Activation Message 2 that there is for the last
// device code, and with it an instance, whose one-time passwords the device
// makes from then on. The message key, which nothing else needs, is gone.
// Another device's message is dsapp.ErrAuthentication. A message 1 that
// expired meanwhile is no matter: the server had its answer in time.
func (d *Device) TakeMessage2(s State, message2 string) (State, error) {
	o, err := s.answered()
	if err != nil {
		return s, err
	}
	instance, err := o.open(message2)
	if err != nil {
		return s, err
	}
	if _, err := s.find(instance.Name()); err == nil {
		return s, fmt.Errorf("%w: the device has a %s, forget it first", ErrInstanceThere, instance.Name())
	}
	s.MDL.Instances = append(slices.Clone(s.MDL.Instances), instance)
	s.MDL.Opening = nil
	return s, nil
}

// answered returns the opening if it has a device code.
func (s State) answered() (*Opening, error) {
	switch o := s.MDL.Opening; {
	case o == nil:
		return nil, fmt.Errorf("%w: no device code waits for an Activation Message 2: a code takes one", ErrStep)
	case o.DeviceCode == "":
		return nil, fmt.Errorf("%w: an Activation Message 2 answers a device code, and the device has made none", ErrStep)
	default:
		return o, nil
	}
}

// open takes the instance out of message 2 and signs that.
func (o *Opening) open(message2 string) (Instance, error) {
	message1, err := dsapp.ParseActivationMessage1(o.Message1)
	if err != nil {
		return Instance{}, err
	}
	code, err := dsapp.ParseDeviceCode(o.DeviceCode)
	if err != nil {
		return Instance{}, err
	}
	m, err := dsapp.ParseActivationMessage2(message2)
	if err != nil {
		return Instance{}, err
	}
	secret, err := m.Open(message1, code)
	if err != nil {
		return Instance{}, err
	}
	signature, err := m.Signature(secret)
	return Instance{
		SerialNumber: m.SerialNumber, SequenceNumber: m.SequenceNumber, DeviceType: code.Type,
		Secret: secret, RegistrationID: o.RegistrationID, Signature: signature,
	}, err
}
