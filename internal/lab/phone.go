package lab

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
)

// Phone asks a simulated phone to activate: by an activation image, by what
// register answered, or for a user, whom the lab then registers as Register does.
type Phone struct {
	Image              string `json:"image,omitempty"` // the text of the QR code, in hex
	RegistrationID     string `json:"registrationID,omitempty"`
	ActivationPassword string `json:"activationPassword,omitempty"`
	UserID             string `json:"userID,omitempty"`
	Domain             string `json:"domain,omitempty"`        // of the user; empty: master
	Password           string `json:"password,omitempty"`      // of the user; empty: the one that the lab knows
	ComponentType      string `json:"componentType,omitempty"` // to call as; empty: that of the sample
}

// Activated is what became of a phone.
type Activated struct {
	Calls        []string `json:"calls"` // that the server granted, in order
	SerialNumber string   `json:"serialNumber"`
	UserID       string   `json:"userID,omitempty"`
	Domain       string   `json:"domain,omitempty"`
	OTP          string   `json:"otp"` // the phone's next one-time password, which OTP makes first
}

const phoneExample = `{"userID":"user1"}, {"registrationID":"pQ3xT9aB","activationPassword":"kD82mPq1"} or {"image":"…"}`

// check refuses a phone that is told nothing to activate by, or too much.
func (in Phone) check() error {
	ways := 0
	for _, given := range []bool{in.Image != "", in.RegistrationID != "" && in.ActivationPassword != "", in.UserID != ""} {
		if given {
			ways++
		}
	}
	half := (in.RegistrationID == "") != (in.ActivationPassword == "")
	if ways != 1 || half || in.UserID == "" && in.Password+in.Domain != "" {
		return fmt.Errorf("%w: a phone needs a userID, a registrationID with its activationPassword, or an image: give %s", ErrRefused, phoneExample)
	}
	return nil
}

// Activate takes a phone through a whole activation at the SOAP interface at a
// URL, by the lab's clock. The error wraps ErrRefused where the server refused
// the phone.
func (l *Lab) Activate(ctx context.Context, url string, over *http.Client, in Phone) (Activated, error) {
	if err := in.check(); err != nil {
		return Activated{}, err
	}
	registration := phone.Registration{ID: in.RegistrationID, Password: in.ActivationPassword}
	switch {
	case in.UserID != "":
		made, err := l.Register(ctx, url, over, Register{UserID: in.UserID, Domain: in.Domain, Password: in.Password, ComponentType: in.ComponentType})
		if err != nil {
			return Activated{}, err
		}
		registration, in.ComponentType = phone.Registration{ID: made.RegistrationID, Password: made.ActivationPassword}, made.ComponentType
	case in.Image != "":
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
	device := &phone.Device{Transport: &phone.SOAP{Client: client, ComponentType: cmp.Or(in.ComponentType, sampleComponent)}, Rand: rand.Reader, Now: l.Clock.Now}
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
	done.SerialNumber, done.UserID, done.Domain = state.SerialNumber, cmp.Or(state.UserID, in.UserID), cmp.Or(state.Domain, in.Domain)
	if instances := state.MDL.Instances; len(state.Secret) == 0 && len(instances) == 1 {
		done.SerialNumber = instances[0].Name()
	}
	activated := activatedPhone{State: state, next: oath.TimeStep(l.Clock.Now()) + 1}
	done.OTP, _, err = activated.otp(done.SerialNumber, l.Clock.Now())
	l.State.keepPhone(done.SerialNumber, activated)
	return done, err
}

// activatedPhone makes one-time passwords after its activation.
type activatedPhone struct {
	phone.State
	next uint64 // the first time step that no one-time password was made for
}

// otp returns the next one-time password, and the phone after it. By the time, it
// is that of now, or of the next step where one was used in this: its owner would
// wait for that.
func (p activatedPhone) otp(serialNumber string, now time.Time) (string, activatedPhone, error) {
	if oath.TimeStep(now) < p.next {
		now = time.Unix(int64(p.next)*int64(oath.Period/time.Second), 0)
	}
	device := &phone.Device{Rand: rand.Reader, Now: func() time.Time { return now }}
	p.next = oath.TimeStep(now) + 1
	var otp string
	var err error
	if len(p.Secret) > 0 {
		otp, p.State, err = device.OTP(p.State)
	} else {
		otp, err = device.InstanceOTP(p.State, serialNumber)
	}
	return otp, p, err
}

// OTP has a phone that has activated make its next one-time password, another
// each time.
func (l *Lab) OTP(serialNumber string) (string, error) {
	l.State.mu.Lock()
	defer l.State.mu.Unlock()
	kept, is := l.State.beside.phones[serialNumber]
	if !is {
		return "", fmt.Errorf("%w: no phone of the lab has activated %q: have one activate first, with POST /lab/phone", ErrRefused, serialNumber)
	}
	otp, kept, err := kept.otp(serialNumber, l.Clock.Now())
	l.State.beside.phones[serialNumber] = kept
	return otp, err
}

// maxPhones bounds how many phones are kept.
const maxPhones = 10_000

// keepPhone keeps a phone, unless there are too many.
func (s *State) keepPhone(serialNumber string, activated activatedPhone) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.beside.phones == nil {
		s.beside.phones = make(map[string]activatedPhone)
	}
	if _, again := s.beside.phones[serialNumber]; again || len(s.beside.phones) < maxPhones {
		s.beside.phones[serialNumber] = activated
	}
}
