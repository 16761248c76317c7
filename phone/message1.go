package phone

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dsappd/dsappd/dsapp"
)

// ExchangeMDL agrees on a key with the server and takes Activation Message 1
// from it, in place of an activation that has no message 2 yet.
func (d *Device) ExchangeMDL(ctx context.Context, s State, r Registration) (State, error) {
	if err := s.MDL.roomFor(r.ID); err != nil {
		return s, err
	}
	h, issued, err := d.exchange(ctx, r)
	if err != nil {
		return s, err
	}
	return d.takeMessage1(s, r, h, issued)
}

// takeMessage1 opens the one item of an activation on a licence.
func (d *Device) takeMessage1(s State, r Registration, h *handshake, issued ActivationDataResult) (State, error) {
	if issued.ActivationMessage == nil || issued.ActivationCode != nil || issued.EventReactivationCounter != nil {
		return s, fmt.Errorf("%w: an activation on a licence for several devices has an activation message, and nothing else", ErrItems)
	}
	message1, err := dsapp.Decrypt(h.K, dsapp.ItemActivationMessage, *issued.ActivationMessage)
	if err != nil {
		return s, err
	}
	return d.TakeMessage1(s, r.ID, message1)
}

// TakeMessage1 takes Activation Message 1 as it is typed or scanned, in place
// of an activation that has no message 2 yet. Offline the activation password
// is the message. The registration ID may be empty: without it AddDevice and
// ActivateInstance have nothing to say to a server, and the site sends what
// the device shows.
func (d *Device) TakeMessage1(s State, registrationID, message1 string) (State, error) {
	if err := s.MDL.roomFor(registrationID); err != nil {
		return s, err
	}
	opening := &Opening{RegistrationID: registrationID, Message1: message1}
	if _, err := d.message1(opening); err != nil {
		return s, err
	}
	s.MDL.Opening, s.MDL.Instances = opening, s.MDL.without(registrationID)
	return s, nil
}

// DeviceCode returns the device's answer to Activation Message 1, 26 digits,
// with a fresh nonce. The code before is forgotten, and a message 2 for it
// refused.
func (d *Device) DeviceCode(s State, t dsapp.DeviceType) (string, State, error) {
	if s.MDL.Opening == nil {
		return "", s, fmt.Errorf("%w: a device code answers an Activation Message 1, and the device has none", ErrStep)
	}
	message1, err := d.message1(s.MDL.Opening)
	if err != nil {
		return "", s, err
	}
	var nonce [6]byte
	if err := d.draw(nonce[:]); err != nil {
		return "", s, fmt.Errorf("draw a nonce: %w", err)
	}
	code, err := dsapp.NewDeviceCode(message1, t, nonce)
	if err != nil {
		return "", s, err
	}
	opening := *s.MDL.Opening
	opening.DeviceCode = code.String()
	s.MDL.Opening = &opening
	return opening.DeviceCode, s, nil
}

// message1 reads the message of an opening, and refuses an expired one by the
// device's clock.
func (d *Device) message1(o *Opening) (dsapp.ActivationMessage1, error) {
	m, err := dsapp.ParseActivationMessage1(o.Message1)
	if err == nil && !d.Now().Before(m.Expiry) {
		err = fmt.Errorf("%w: it was good until %s", ErrExpired, m.Expiry.Format(time.RFC3339))
	}
	return m, err
}

// roomFor refuses an activation that would end with more instances than a
// device keeps, before a server was asked for it.
func (m MDL) roomFor(registrationID string) error {
	if len(m.without(registrationID)) >= maxInstances {
		return fmt.Errorf("%w: the device has %d and keeps no more, forget one", ErrInstanceThere, maxInstances)
	}
	return nil
}

// without returns the instances, less the one that waits on a registration that
// begins again: the server drops it, too.
func (m MDL) without(registrationID string) []Instance {
	return slices.DeleteFunc(slices.Clone(m.Instances), func(i Instance) bool {
		return registrationID != "" && i.RegistrationID == registrationID
	})
}
