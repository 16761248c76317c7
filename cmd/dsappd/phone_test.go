package main

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dsappd/dsappd/dsapp"
)

// registerEnvelope is what somebody with curl sends: the user's ID and the
// activation type are its two blanks.
const registerEnvelope = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
	`<prov:dsappSRPRegister xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">` +
	`<activationType>%s</activationType><componentType>srp-component</componentType><user><userID>%s</userID></user>` +
	`<credential><staticPassword>Password2</staticPassword></credential></prov:dsappSRPRegister>` +
	`</soapenv:Body></soapenv:Envelope>`

// register USER TYPE asks the server at $URL for a registration of a sample
// user, and sets $ID, $PASSWORD, $SERIAL and $IMAGE.
func register(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: register USER TYPE")
	}
	response, err := http.Post(ts.Getenv("URL"), "text/xml", strings.NewReader(fmt.Sprintf(registerEnvelope, args[1], args[0])))
	ts.Check(err)
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	ts.Check(err)
	field := func(name string) string {
		found := regexp.MustCompile("<" + name + ">([^<]+)</").FindSubmatch(reply)
		if found == nil {
			ts.Fatalf("the reply holds no %s: %s", name, reply)
		}
		return string(found[1])
	}
	image, err := dsapp.Image{
		UserID: field("userID"), Domain: field("domain"), RegistrationID: field("registrationID"),
		ActivationPassword: field("activationPassword"), DigipassGatewayID: field("digipassGatewayID"),
	}.Hex()
	ts.Check(err)
	ts.Setenv("ID", field("registrationID"))
	ts.Setenv("PASSWORD", field("activationPassword"))
	ts.Setenv("SERIAL", field("serialNumber"))
	ts.Setenv("IMAGE", image)
}

// capture NAME sets the variable to the one line that the last command printed.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: capture NAME")
	}
	ts.Setenv(args[0], strings.TrimSuffix(ts.ReadFile("stdout"), "\n"))
}
