package lab

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/phone"
)

// Phone asks a simulated phone to activate, by an activation image or by what
// register answered.
type Phone struct {
	Image              string `json:"image,omitempty"` // the text of the QR code, in hex
	RegistrationID     string `json:"registrationID,omitempty"`
	ActivationPassword string `json:"activationPassword,omitempty"`
	ComponentType      string `json:"componentType,omitempty"` // that the phone calls as; empty: srp-component
}

// Activated is what became of a phone.
type Activated struct {
	Calls        []string    `json:"calls"` // that the server granted, in order
	SerialNumber string      `json:"serialNumber"`
	UserID       string      `json:"userID,omitempty"`
	Domain       string      `json:"domain,omitempty"`
	OTP          string      `json:"otp"` // the phone's next one-time password
	State        phone.State `json:"-"`   // of the phone, which goes on from it
}

const phoneExample = `{"registrationID":"pQ3xT9aB","activationPassword":"kD82mPq1"} or {"image":"…"}`

// Activate has a phone go through a whole activation at the SOAP interface at a
// URL, by the lab's clock. The error wraps ErrRefused where the server refused
// the phone.
func (l *Lab) Activate(ctx context.Context, url string, over *http.Client, in Phone) (Activated, error) {
	registration := phone.Registration{ID: in.RegistrationID, Password: in.ActivationPassword}
	switch byImage := in.Image != ""; {
	case byImage == (in.RegistrationID != "" || in.ActivationPassword != ""), !byImage && (in.RegistrationID == "" || in.ActivationPassword == ""):
		return Activated{}, fmt.Errorf("%w: a phone needs an image, or a registrationID and an activationPassword: give %s", ErrRefused, phoneExample)
	case byImage:
		image, err := dsapp.ParseImage(in.Image)
		if err != nil {
			return Activated{}, fmt.Errorf("%w: the image cannot be read: %w: give %s", ErrRefused, err, phoneExample)
		}
		registration = phone.RegistrationOf(image)
	}
	client, err := phone.NewClient(url, over)
	if err != nil {
		return Activated{}, err
	}
	device := &phone.Device{Transport: &phone.SOAP{Client: client, ComponentType: in.ComponentType}, Rand: rand.Reader, Now: l.Clock.Now}
	fingerprint := make([]byte, 32)
	if _, err := rand.Read(fingerprint); err != nil {
		return Activated{}, fmt.Errorf("draw a fingerprint: %w", err)
	}
	done := Activated{Calls: []string{}}
	state, err := device.ActivateImage(ctx, phone.State{}, phone.Activation{
		Registration: registration, Fingerprint: fingerprint, DeviceType: dsapp.Android,
		Progress: func(c phone.Connection) { done.Calls = append(done.Calls, string(c.Call)) },
	})
	if refusal, is := errors.AsType[*phone.Refusal](err); is {
		return done, fmt.Errorf("%w: the server granted the phone %d calls, then: %w", ErrRefused, len(done.Calls), refusal)
	}
	if err != nil {
		return done, fmt.Errorf("the phone after %d calls: %w", len(done.Calls), err)
	}
	done.SerialNumber, done.UserID, done.Domain = state.SerialNumber, state.UserID, state.Domain
	if instances := state.MDL.Instances; len(state.Secret) == 0 && len(instances) == 1 {
		done.SerialNumber = instances[0].Name()
		done.OTP, err = device.InstanceOTP(state, done.SerialNumber)
	} else {
		done.OTP, state, err = device.OTP(state)
	}
	done.State = state
	return done, err
}
