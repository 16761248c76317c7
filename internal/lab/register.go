package lab

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"

	"github.com/dsappd/dsappd/wsdl"
)

// Register asks for a registration of a user, as a client would.
type Register struct {
	UserID        string `json:"userID"`
	Domain        string `json:"domain,omitempty"`        // empty: master
	Password      string `json:"password,omitempty"`      // empty: the one that the lab knows
	ComponentType string `json:"componentType,omitempty"` // empty: that of the sample
}

// Registered holds what register answered.
type Registered struct {
	RegistrationID     string `json:"registrationID"`
	ActivationPassword string `json:"activationPassword"`
	SerialNumber       string `json:"serialNumber"`
	ComponentType      string `json:"componentType"` // that was called as
}

// The component types of the sample, for one device and for licences.
const (
	sampleComponent    = "srp-component"
	sampleMDLComponent = "mdl-component"
)

const registerExample = `{"userID":"user1"} or {"userID":"anna","domain":"lab","password":"Password2","componentType":"my-bank"}`

// Register registers a user at the SOAP interface at a URL. The error wraps
// ErrRefused where the server refused that.
func (l *Lab) Register(ctx context.Context, url string, over *http.Client, in Register) (Registered, error) {
	in, err := l.complete(ctx, in)
	if err != nil {
		return Registered{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(in.envelope()))
	if err != nil {
		return Registered{}, err
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	response, err := over.Do(request)
	if err != nil {
		return Registered{}, fmt.Errorf("register %s: %w", in.UserID, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	var reply registerReply
	if err == nil {
		err = xml.Unmarshal(text, &reply)
	}
	if err != nil {
		return Registered{}, fmt.Errorf("%w: register %s got no reply that can be read, but HTTP %d: %w", ErrRefused, in.UserID, response.StatusCode, err)
	}
	if reply.ID == "" {
		return Registered{}, fmt.Errorf("%w: the server does not register %s: %s %s", ErrRefused, in.UserID, reply.Status, cmp.Or(reply.Desc, reply.Fault))
	}
	return Registered{RegistrationID: reply.ID, ActivationPassword: reply.Password, SerialNumber: reply.SerialNumber, ComponentType: in.ComponentType}, nil
}

// complete fills in what was left out.
func (l *Lab) complete(ctx context.Context, in Register) (Register, error) {
	if in.UserID == "" {
		return in, fmt.Errorf("%w: there is no userID: give %s", ErrRefused, registerExample)
	}
	in.Domain = cmp.Or(in.Domain, "master")
	if in.Password == "" {
		in.Password = l.State.Credentials().Passwords[userKey(in.Domain, in.UserID)]
	}
	if in.Password == "" {
		return in, fmt.Errorf("%w: the lab knows no password of user %q in domain %q: give it, as in %s", ErrRefused, in.UserID, in.Domain, registerExample)
	}
	if in.ComponentType != "" {
		return in, nil
	}
	in.ComponentType = sampleComponent
	users, err := l.Users(ctx, in.UserID, in.Domain)
	if err == nil && len(users) > 0 && users[0].Type == licence {
		in.ComponentType = sampleMDLComponent
	}
	return in, err
}

func (in Register) envelope() []byte {
	escaped := func(text string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(text)) // a bytes.Buffer takes all
		return b.String()
	}
	return fmt.Appendf(nil, `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:dsappSRPRegister xmlns:p="%s"><componentType>%s</componentType>`+
		`<user><userID>%s</userID><domain>%s</domain></user><credential><staticPassword>%s</staticPassword></credential></p:dsappSRPRegister></e:Body></e:Envelope>`,
		wsdl.Provisioning, escaped(in.ComponentType), escaped(in.UserID), escaped(in.Domain), escaped(in.Password))
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
