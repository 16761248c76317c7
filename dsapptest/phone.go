package dsapptest

import (
	"time"

	"github.com/dsappd/dsappd/internal/lab"
)

// Registration holds what register answered.
type Registration struct {
	ID, ActivationPassword, SerialNumber string
}

// Register asks by SOAP for a registration of a user of the sample.
func (s *Server) Register(userID string) Registration {
	s.t.Helper()
	made, err := s.controls.Register(s.t.Context(), s.URL, s.Client, lab.Register{UserID: userID})
	s.failed("register", err)
	return Registration{ID: made.RegistrationID, ActivationPassword: made.ActivationPassword, SerialNumber: made.SerialNumber}
}

// Phone simulates an activated phone. It goes by the server's clock, and is
// forgotten by Reset.
type Phone struct {
	SerialNumber string   // or an instance's name on a licence
	Calls        []string // that it made for its activation

	server *Server
}

// Activate registers a user of the sample, and has a phone activate.
func (s *Server) Activate(userID string) *Phone {
	s.t.Helper()
	return s.activate(lab.Phone{UserID: userID})
}

// ActivateRegistration lets a phone activate by what register answered, whoever
// asked for that.
func (s *Server) ActivateRegistration(r Registration) *Phone {
	s.t.Helper()
	return s.activate(lab.Phone{RegistrationID: r.ID, ActivationPassword: r.ActivationPassword})
}

func (s *Server) activate(in lab.Phone) *Phone {
	s.t.Helper()
	done, err := s.controls.Activate(s.t.Context(), s.URL, s.Client, in)
	s.failed("activate a phone", err)
	return &Phone{SerialNumber: done.SerialNumber, Calls: done.Calls, server: s}
}

// OTP returns the phone's next one-time password.
func (p *Phone) OTP() string {
	p.server.t.Helper()
	otp, err := p.server.controls.OTP(p.SerialNumber)
	p.server.failed("make a one-time password", err)
	return otp
}

// Wait bounds how long Server.Await waits.
const Wait = 30 * time.Second
