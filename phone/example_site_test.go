package phone_test

import (
	"context"
	"encoding/xml"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/phone"
	"github.com/dsappd/dsappd/wsdl"
)

// What the examples of a phone have at the other end.

func fatal[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// sampleRegistration serves a sample folder and registers its user2.
func sampleRegistration() (url string, r phone.Registration, end func()) {
	ctx := context.Background()
	parent := fatal(os.MkdirTemp("", "phone-example-"))
	dir := filepath.Join(parent, "data")
	if err := datafolder.Init(ctx, dir, datafolder.InitOptions{Sample: true}); err != nil {
		log.Fatal(err)
	}
	server := fatal(dsappd.Open(ctx, dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"}))
	url = server.URLs().SOAP
	return url, register(ctx, url), func() {
		_ = server.Close()
		_ = os.RemoveAll(parent)
	}
}

func register(ctx context.Context, url string) phone.Registration {
	client := fatal(phone.NewClient(url, http.DefaultClient))
	element := fatal(wsdl.AppendDsappSRPRegister(nil, &wsdl.DsappSRPRegister{
		ComponentType: "srp-component", User: wsdl.UserInput{UserID: "user2"},
		Credential: wsdl.RegisterCredentialInput{StaticPassword: "Password2"},
	}))
	var reply wsdl.DsappSRPRegisterResponse
	if err := client.Call(ctx, element, xml.Name{Space: wsdl.Provisioning, Local: "dsappSRPRegisterResponse"}, &reply); err != nil || reply.Result == nil {
		log.Fatal("not registered: ", err)
	}
	return phone.Registration{ID: reply.Result.RegistrationID, Password: reply.Result.ActivationPassword}
}

// site makes the messages of a licence whose secrets are all zero.
type site struct{ opening dsapp.ActivationMessage1 }

func newSite(serialNumber string, expiry time.Time) site {
	return site{fatal(dsapp.NewActivationMessage1(make([]byte, dsapp.LicenceSecretSize), serialNumber, [8]byte{}, expiry))}
}

func (s site) message1() string { return s.opening.String() }

func (s site) message2(deviceCode string) string {
	code := fatal(dsapp.ParseDeviceCode(deviceCode))
	return fatal(dsapp.NewActivationMessage2(s.opening, code, 1, make([]byte, dsapp.InstanceSecretSize))).String()
}
