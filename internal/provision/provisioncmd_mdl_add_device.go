package provision

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/dsappd/dsappd/dsapp"
)

// AddDevice is a device's answer to Activation Message 1.
type AddDevice struct {
	RegistrationID string
	DeviceCode     string // 26 digits
	Description    string // what operators are shown; at most 255 characters, may be empty
}

// AddDeviceResult carries an instance to the device.
type AddDeviceResult struct {
	ActivationMessage2 string // 98 hex characters
	User               UserOutput
	SerialNumber       string // of the instance
}

// AddDevice performs PROVISIONCMD_MDL_ADD_DEVICE: it takes a place on the
// licence for the device and makes its Activation Message 2. The same code gets
// the same message again; another code gets a new instance in place of the
// pending one.
func (s *Service) AddDevice(ctx context.Context, caller Caller, in AddDevice) (AddDeviceResult, error) {
	return perform(ctx, s, callEvent("PROVISIONCMD_MDL_ADD_DEVICE", caller), func(f *frame) (AddDeviceResult, error) {
		var none AddDeviceResult
		l, err := f.step(caller, in.RegistrationID)
		if err != nil {
			return none, err
		}
		f.checked("form of the device code", "")
		code, err := dsapp.ParseDeviceCode(in.DeviceCode)
		if err != nil {
			return none, refuse(InvalidParameter, fmt.Sprintf("The device code is refused: %v.", err))
		}
		if unwritable(in.Description) || utf8.RuneCountInString(in.Description) > maxName {
			return none, refuse(InvalidParameter, "The description must be at most 255 characters, without control characters.")
		}
		if err := f.alive(l); err != nil {
			return none, err
		}
		same, err := f.sameDevice(l, in.DeviceCode)
		if err != nil {
			return none, err
		}
		step := StepAddDevice
		if l.registration.State == DeviceAdded && same {
			step = StepAddSameDevice
		} else if l.registration.State == DeviceAdded {
			step = StepAddOtherDevice
		}
		row, err := f.inOrder(l, step)
		switch {
		case err != nil:
			return none, err
		case same:
			return f.sameMessage(l)
		}
		return f.addDevice(l, row, code, in.Description)
	})
}

// sameDevice recognises the code of the pending instance.
func (f *frame) sameDevice(l living, code string) (bool, error) {
	r := l.registration
	if len(r.DeviceCode) == 0 || l.authenticator.Licence == nil {
		return false, nil
	}
	if _, pending := l.authenticator.Licence.pending(r.ID); !pending {
		return false, nil
	}
	added, err := f.service.Sealer.Open(registrationPlace(r.ID, "device code"), r.DeviceCode)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(added, []byte(code)) == 1, nil
}

func (f *frame) sameMessage(l living) (AddDeviceResult, error) {
	r := l.registration
	f.checked("device code", "repeated")
	text, err := f.service.Sealer.Open(registrationPlace(r.ID, "message 2"), r.Message2)
	if err != nil {
		return AddDeviceResult{}, err
	}
	i, _ := l.authenticator.Licence.pending(r.ID)
	f.checked("instance", dsapp.InstanceName(r.SerialNumber, i.SequenceNumber))
	return AddDeviceResult{string(text), l.user.output(), dsapp.InstanceName(r.SerialNumber, i.SequenceNumber)}, nil
}

func (f *frame) addDevice(l living, row Transition, code dsapp.DeviceCode, description string) (AddDeviceResult, error) {
	var none AddDeviceResult
	message1, err := f.openMessage(l.registration)
	if err != nil {
		return none, err
	}
	f.checked("activation message 1", "until "+message1.Expiry.Format("2006-01-02T15:04:05Z07:00"))
	if !f.now.Before(message1.Expiry) {
		return none, refuse(MessageExpired, "Activation Message 1 has expired: begin anew.")
	}
	f.checked("device code", "")
	if !code.Answers(message1) {
		return none, f.wrongProof(l, row, "The device code does not answer this registration's Activation Message 1.")
	}
	licence := l.authenticator.Licence.without(l.registration.ID, f.now)
	if err := f.placeLeft(*licence); err != nil {
		return none, err
	}
	f.checked("device codes", fmt.Sprintf("%d of %d", l.registration.DeviceCodes, f.settings.DeviceCodes))
	if l.registration.DeviceCodes >= f.settings.DeviceCodes {
		return none, refuse(NotFound, "The registration has taken all its device codes: register again.")
	}
	l.authenticator.Licence = licence
	message2, err := f.newInstance(&l, message1, code, description)
	if err != nil {
		return none, err
	}
	f.checked("instance", dsapp.InstanceName(l.registration.SerialNumber, message2.SequenceNumber))
	l.registration.State = row.Right
	put(f, Registrations, l.registration)
	put(f, Authenticators, l.authenticator)
	return AddDeviceResult{message2.String(), l.user.output(), dsapp.InstanceName(l.registration.SerialNumber, message2.SequenceNumber)}, nil
}

// newInstance spends a sequence number and draws the instance's secret.
func (f *frame) newInstance(l *living, message1 dsapp.ActivationMessage1, code dsapp.DeviceCode, description string) (dsapp.ActivationMessage2, error) {
	r, licence := &l.registration, l.authenticator.Licence
	instance := Instance{
		SequenceNumber: uint8(licence.NextSequenceNumber), State: InstancePending,
		RegistrationID: r.ID, ExpiresAt: r.ExpiresAt, DeviceType: code.Type, Description: description,
	}
	licence.NextSequenceNumber++
	r.DeviceCodes++
	secret := make([]byte, dsapp.InstanceSecretSize)
	if _, err := io.ReadFull(f.service.Rand, secret); err != nil {
		return dsapp.ActivationMessage2{}, fmt.Errorf("draw an instance's secret: %w", err)
	}
	message2, err := dsapp.NewActivationMessage2(message1, code, instance.SequenceNumber, secret)
	if err != nil {
		return message2, fmt.Errorf("activation message 2: %w", err)
	}
	if instance.Secret, err = f.service.Sealer.Seal(instancePlace(r.SerialNumber, instance.SequenceNumber, "secret"), secret); err != nil {
		return message2, err
	}
	if r.DeviceCode, err = f.service.Sealer.Seal(registrationPlace(r.ID, "device code"), []byte(code.String())); err != nil {
		return message2, err
	}
	r.Message2, err = f.service.Sealer.Seal(registrationPlace(r.ID, "message 2"), []byte(message2.String()))
	licence.Instances = append(licence.Instances, instance)
	return message2, err
}
