package phone

import (
	"fmt"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
)

// Answered is a request that the device has opened: what it shows to its user,
// and the answer, which is a signature where the request asks for one.
type Answered struct {
	dsapp.Request
	Answer string
}

// Answer opens a request message for the device (profile section 13) and answers
// it. Nothing is used up. A message for another authenticator is ErrInstance, one
// that was altered dsapp.ErrAuthentication, and one that is over by the device's
// clock ErrRequestExpired.
func (d *Device) Answer(s State, message string) (Answered, error) {
	m, err := dsapp.ParseRequestMessage(message)
	if err != nil {
		return Answered{}, err
	}
	secret, parameters, err := s.secretOf(m.RequestHeader)
	if err != nil {
		return Answered{}, err
	}
	request, err := m.Open(secret)
	if err != nil {
		return Answered{}, err
	}
	if !d.Now().Before(request.Expiry) {
		return Answered{}, fmt.Errorf("%w at %s", ErrRequestExpired, request.Expiry.Format(time.RFC3339))
	}
	question, err := request.Question()
	if err != nil {
		return Answered{}, err
	}
	answer, err := dsapp.Answer(secret, parameters, question)
	return Answered{request, answer}, err
}

// secretOf returns the secret of the authenticator or instance that a request is
// for.
func (s State) secretOf(h dsapp.RequestHeader) ([]byte, oath.Parameters, error) {
	if h.SequenceNumber == 0 && h.SerialNumber == s.SerialNumber && len(s.Secret) > 0 {
		return s.Secret, s.Parameters, nil
	}
	if h.SequenceNumber == 0 {
		return nil, oath.Parameters{}, fmt.Errorf("%w: the request is for %s", ErrInstance, h.Name())
	}
	instance, err := s.Instance(h.Name())
	return instance.Secret, dsapp.InstanceParameters(), err
}
