package provision

import (
	"fmt"
	"io"
	"time"

	"github.com/dsappd/dsappd/dsapp"
)

// firstMessage makes a registration's Activation Message 1, which it keeps
// sealed: a device code is checked against it.
func (f *frame) firstMessage(r *Registration, a Authenticator) (string, error) {
	message, err := f.newMessage(a)
	if err != nil {
		return "", err
	}
	return message, f.keepMessage(r, message)
}

// newMessage draws an Activation Message 1 of a licence.
func (f *frame) newMessage(a Authenticator) (string, error) {
	secret, err := f.service.Sealer.Open(authenticatorPlace(a.SerialNumber, "secret"), a.Secret)
	if err != nil {
		return "", err
	}
	var challenge [8]byte
	if _, err := io.ReadFull(f.service.Rand, challenge[:]); err != nil {
		return "", fmt.Errorf("draw a challenge: %w", err)
	}
	expiry := f.now.Add(time.Duration(f.settings.MessageMinutes) * time.Minute)
	message, err := dsapp.NewActivationMessage1(secret, a.SerialNumber, challenge, expiry)
	if err != nil {
		return "", fmt.Errorf("activation message 1: %w", err)
	}
	return message.String(), nil
}

func (f *frame) keepMessage(r *Registration, message string) error {
	r.forgetDevice()
	var err error
	r.Message1, err = f.service.Sealer.Seal(registrationPlace(r.ID, "message 1"), []byte(message))
	return err
}

// openMessage reads the registration's Activation Message 1.
func (f *frame) openMessage(r Registration) (dsapp.ActivationMessage1, error) {
	text, err := f.service.Sealer.Open(registrationPlace(r.ID, "message 1"), r.Message1)
	if err != nil {
		return dsapp.ActivationMessage1{}, err
	}
	return dsapp.ParseActivationMessage1(string(text))
}

// forgetDevice drops what came of the messages.
func (r *Registration) forgetDevice() { r.Message1, r.DeviceCode, r.Message2 = nil, nil, nil }

// drawOffline makes the ID of a registration whose activation password is the
// message itself.
func (f *frame) drawOffline(r *Registration, a Authenticator) (string, error) {
	if err := f.drawID(r); err != nil {
		return "", err
	}
	return f.firstMessage(r, a)
}
