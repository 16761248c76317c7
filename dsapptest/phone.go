package dsapptest

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/phone"
	"github.com/dsappd/dsappd/wsdl"
)

// Registration holds what register answered.
type Registration struct {
	ID, ActivationPassword, SerialNumber string
}

// registerReply is the part of a reply that is needed of it.
type registerReply struct {
	Status       string `xml:"Body>dsappSRPRegisterResponse>status>resultCodes>statusCodeEnum"`
	Desc         string `xml:"Body>dsappSRPRegisterResponse>status>errorStack>errors>errorDesc"`
	Fault        string `xml:"Body>Fault>faultstring"`
	ID           string `xml:"Body>dsappSRPRegisterResponse>result>registrationID"`
	Password     string `xml:"Body>dsappSRPRegisterResponse>result>activationPassword"`
	SerialNumber string `xml:"Body>dsappSRPRegisterResponse>result>serialNumber"`
}

// component of the sample by which a user registers.
func component(userID string) string {
	if userID == "user6" {
		return "mdl-component"
	}
	return "srp-component"
}

// Register asks by SOAP for a registration of a user of the sample.
func (s *Server) Register(userID string) Registration {
	s.t.Helper()
	var user bytes.Buffer
	s.failed("register", xml.EscapeText(&user, []byte(userID)))
	envelope := fmt.Sprintf(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:dsappSRPRegister xmlns:p="%s"><componentType>%s</componentType>`+
		`<user><userID>%s</userID></user><credential><staticPassword>%s</staticPassword></credential></p:dsappSRPRegister></e:Body></e:Envelope>`,
		wsdl.Provisioning, component(userID), user.String(), Password)
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.URL, bytes.NewReader([]byte(envelope)))
	s.failed("register", err)
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	response, err := s.Client.Do(request)
	s.failed("register", err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	s.failed("register", err)
	var reply registerReply
	s.failed("read the reply of register", xml.Unmarshal(text, &reply))
	if reply.ID == "" {
		s.t.Fatalf("dsapptest: register %s: HTTP %d %s %s", userID, response.StatusCode, reply.Status, cmp.Or(reply.Desc, reply.Fault))
	}
	return Registration{ID: reply.ID, ActivationPassword: reply.Password, SerialNumber: reply.SerialNumber}
}

// Phone simulates an activated phone. It goes by the server's clock.
type Phone struct {
	SerialNumber string   // or an instance's name on a licence
	Calls        []string // that it made for its activation

	server *Server
	state  phone.State
}

// Activate registers a user of the sample, and has a phone activate.
func (s *Server) Activate(userID string) *Phone {
	s.t.Helper()
	return s.ActivateRegistration(s.Register(userID))
}

// ActivateRegistration has a phone activate by what register answered, whoever
// asked for that.
func (s *Server) ActivateRegistration(r Registration) *Phone {
	s.t.Helper()
	done, err := s.controls.Activate(s.t.Context(), s.URL, s.Client, lab.Phone{RegistrationID: r.ID, ActivationPassword: r.ActivationPassword, ComponentType: "srp-component"})
	s.failed("activate a phone", err)
	return &Phone{SerialNumber: done.SerialNumber, Calls: done.Calls, server: s, state: done.State}
}

// OTP returns the phone's next one-time password.
func (p *Phone) OTP() string {
	p.server.t.Helper()
	device := &phone.Device{Rand: rand.Reader, Now: p.server.Clock.Now}
	if len(p.state.Secret) == 0 {
		otp, err := device.InstanceOTP(p.state, p.SerialNumber)
		p.server.failed("make a one-time password", err)
		return otp
	}
	otp, next, err := device.OTP(p.state)
	p.server.failed("make a one-time password", err)
	p.state = next
	return otp
}

// Wait bounds how long Server.Await waits.
const Wait = 30 * time.Second
