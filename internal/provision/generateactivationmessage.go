package provision

import (
	"context"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// GenerateActivationMessage makes an Activation Message 1 for a licence before
// there is a registration. A device that has read it answers with a device
// code, with which Enroll opens the registration. A newer message replaces it.
// The policy has to allow offline activations, as the message holds the message
// key in the clear (profile section 8).
func (s *Service) GenerateActivationMessage(ctx context.Context, caller Caller, serialNumber string) (string, error) {
	return perform(ctx, s, callEvent("generate-activation-message", caller), func(f *frame) (string, error) {
		a, err := f.entrusted(caller, serialNumber)
		if err != nil {
			return "", err
		}
		if err := a.usable(true); err != nil {
			return "", err
		}
		if err := f.mayBeOffline(); err != nil {
			return "", err
		}
		if err := f.placeLeft(*a.Licence); err != nil {
			return "", err
		}
		message, err := f.newMessage(a)
		if err != nil {
			return "", err
		}
		sealed, err := f.service.Sealer.Seal(authenticatorPlace(a.SerialNumber, "message 1"), []byte(message))
		if err != nil {
			return "", err
		}
		a.Licence = a.Licence.withMessage(&LicenceMessage{Sealed: sealed})
		put(f, Authenticators, a)
		return message, nil
	})
}

// entrusted reads the authenticator that a caller names who vouches for users.
func (f *frame) entrusted(caller Caller, serialNumber string) (Authenticator, error) {
	var a Authenticator
	err := f.read(func(v *store.View) error {
		component, err := f.component(v, caller)
		if err != nil {
			return err
		}
		if err := f.govern(v, component.Policy); err != nil {
			return err
		}
		f.paid = true
		f.checked("authenticator", serialNumber)
		a, err = f.authenticator(v, serialNumber)
		return err
	})
	return a, err
}

// withMessage returns the licence with another message that waits.
func (l Licence) withMessage(m *LicenceMessage) *Licence {
	l.Message = m
	return &l
}

// answered checks that a device code answers the message that waits, which the
// registration takes over. Wrong ones are counted, and too many end the message.
func (f *frame) answered(a Authenticator, r *Registration, code dsapp.DeviceCode) (Authenticator, error) {
	waiting := a.Licence.Message
	f.checked("activation message 1", "")
	if waiting == nil {
		return a, refuse(NotFound, "No activation message waits for an answer: generate one, and have the device read it.")
	}
	text, err := f.service.Sealer.Open(authenticatorPlace(a.SerialNumber, "message 1"), waiting.Sealed)
	if err != nil {
		return a, err
	}
	message, err := dsapp.ParseActivationMessage1(string(text))
	if err != nil {
		return a, err
	}
	if !f.now.Before(message.Expiry) {
		return a, refuse(MessageExpired, "Activation Message 1 has expired: generate another.")
	}
	if !code.Answers(message) {
		next := &LicenceMessage{Sealed: waiting.Sealed, Wrong: waiting.Wrong + 1}
		if next.Wrong >= f.settings.Attempts {
			next = nil
		}
		a.Licence = a.Licence.withMessage(next)
		put(f, Authenticators, a)
		return a, refuse(InvalidCredentials, "The device code does not answer the licence's Activation Message 1.")
	}
	a.Licence = a.Licence.withMessage(nil)
	return a, f.keepMessage(r, string(text))
}
