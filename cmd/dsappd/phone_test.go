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

// envelopeAround is what somebody with curl puts around an operation.
const envelopeAround = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
	`<prov:%[1]s xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">%[2]s</prov:%[1]s>` +
	`</soapenv:Body></soapenv:Envelope>`

// send has the server at $URL, trusted by $CA if it speaks TLS, carry out an
// operation, and returns the reply.
func send(ts *testscript.TestScript, operation, content string) string {
	client := http.DefaultClient
	if ca := ts.Getenv("CA"); ca != "" {
		trusted, err := trusting(ts.MkAbs(ca))
		ts.Check(err)
		client = &http.Client{Transport: &http.Transport{TLSClientConfig: trusted}}
	}
	response, err := client.Post(ts.Getenv("URL"), "text/xml", strings.NewReader(fmt.Sprintf(envelopeAround, operation, content)))
	ts.Check(err)
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	ts.Check(err)
	return string(reply)
}

// found is the first match of a pattern's group in a reply.
func found(ts *testscript.TestScript, reply, pattern string) string {
	match := regexp.MustCompile(pattern).FindStringSubmatch(reply)
	if match == nil {
		ts.Fatalf("the reply holds no %s: %s", pattern, reply)
	}
	return match[1]
}

// register USER TYPE [COMPONENT] asks the server at $URL for a registration of
// a sample user, and sets $ID, $PASSWORD, $SERIAL and $IMAGE.
func register(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: register USER TYPE [COMPONENT]")
	}
	component := append(args, "srp-component")[2]
	reply := send(ts, "dsappSRPRegister", fmt.Sprintf("<activationType>%s</activationType><componentType>%s</componentType>"+
		"<user><userID>%s</userID></user><credential><staticPassword>Password2</staticPassword></credential>", args[1], component, args[0]))
	field := func(name string) string { return found(ts, reply, "<"+name+">([^<]+)</") }
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

// mdl COMMAND ATTRIBUTE VALUE is the site of an offline activation: it has the
// server at $URL carry out a command for the registration $ID, and sets
// $MESSAGE2 if the reply holds one.
func mdl(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: mdl COMMAND ATTRIBUTE VALUE")
	}
	attributes := ""
	for _, a := range [][2]string{{"COMPONENT_TYPE", "mdl-component"}, {"REGISTRATIONID", ts.Getenv("ID")}, {args[1], args[2]}} {
		attributes += fmt.Sprintf("<attributes><value>%s</value><attributeID>PROVFLD_%s</attributeID></attributes>", a[1], a[0])
	}
	reply := send(ts, "provisioningExecute", "<cmd>PROVISIONCMD_MDL_"+args[0]+"</cmd><attributeSet>"+attributes+"</attributeSet>")
	found(ts, reply, "<statusCodeEnum>(STAT_SUCCESS)</")
	if args[0] == "ADD_DEVICE" {
		ts.Setenv("MESSAGE2", found(ts, reply, ">([0-9A-F]{98})</value>"))
	}
}

// capture NAME sets the variable to the one line that the last command printed.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: capture NAME")
	}
	ts.Setenv(args[0], strings.TrimSuffix(ts.ReadFile("stdout"), "\n"))
}
