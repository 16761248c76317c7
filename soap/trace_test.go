package soap_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/soap"
)

// canary is the secret that no trace may show, in any form.
const canary = "Sesame4711"

func TestTraceHides(t *testing.T) {
	inBase64, split := "U2VzYW1lNDcxMQ==", canary[:4]+"]]><![CDATA["+canary[4:]
	type form struct{ from, to string }
	for _, c := range []form{
		{"Password2", canary},
		{"Password2", "<![CDATA[" + split + "]]>"},
		{"Password2", canary[:4] + "<!-- x -->" + canary[4:]},
		{"Password2", "&#83;" + canary[1:]},
		{"<staticPassword>Password2", `<staticPassword xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xsi:type="xsd:base64Binary">` + inBase64},
		{"<credential>", `<credential staticPassword="` + canary + `">`},
		{"<componentType>", `<componentType password="` + canary + `">`},
		{"staticPassword>", "p:staticPassword>"},
		{"Password2", "<" + canary + ">" + canary + "</" + canary + ">"},
		{"<credential>", "<credential><static_password>" + canary + "</static_password>"},
		{"<credential>", "<credential>" + canary},
		{"<credential>", "<!-- " + canary + " --><credential>"},
		{"</prov:dsappSRPRegister>", "<derivationCode>" + canary + "</derivationCode></prov:dsappSRPRegister>"},
		{"<soapenv:Header/>", "<soapenv:Header><Security>" + canary + "</Security></soapenv:Header>"},
		{"</soapenv:Envelope>", "<x>" + canary + "</x></soapenv:Envelope>"},
		// Not well-formed.
		{"</credential>", "<userID>" + canary},
		{"<staticPassword>Password2</staticPassword>", "staticPassword>" + canary + "</staticPassword>"},
		{"Password2</staticPassword>", canary + "</staticPasswrd>"},
		{"<staticPassword>Password2", "<staticPassword " + canary + ">"},
		{"Password2", canary + "&" + canary + ";"},
		{"</soapenv:Envelope>", canary},
		{"Password2", "\x01" + canary},
	} {
		var shown bytes.Buffer
		cfg := config(t, &heard{})
		cfg.Trace = &soap.Trace{Schema: cfg.Schema, Writer: &shown}
		server := serve(t, cfg)
		envelope := strings.ReplaceAll(string(body(t, "documented-register")), c.from, c.to)
		envelope = strings.ReplaceAll(envelope, "xmlns:soapenv", `xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning" xmlns:soapenv`)
		envelope = strings.Replace(envelope, "Password2", canary, 1)
		post(t, server, strings.NewReader(envelope), nil)
		for _, secret := range []string{canary, canary[:4], canary[4:], inBase64} {
			if strings.Contains(shown.String(), secret) {
				t.Errorf("%q shows %q:\n%s", c.to, secret, shown.String())
			}
		}
		if strings.Count(shown.String(), "\n\n") < 1 {
			t.Errorf("%q: nothing traced", c.to)
		}
	}
}

func TestTraceShows(t *testing.T) {
	var shown bytes.Buffer
	c := config(t, &heard{})
	c.Trace = &soap.Trace{Schema: c.Schema, Writer: &shown}
	server := serve(t, c)
	response, _ := post(t, server, bytes.NewReader(body(t, "soap-lite")), nil)
	id := response.Header.Get("Request-Id")
	for _, want := range []string{
		"> " + id + " 127.0.0.1:", "< " + id + " 200\n",
		`<componentType xmlns="" xsi:type="xsd:string">srp-component</componentType>`,
		`<staticPassword xsi:type="xsd:base64Binary">[hidden]</staticPassword>`,
		"<PROV-TYPES:dsappSRPActivateResponse>", `<errorStack xsi:type="BASIC-TYPES:ErrorStack">`, "<returnCode>0</returnCode>",
	} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("the trace lacks %s:\n%s", want, shown.String())
		}
	}
}

// Escape sequences of terminals do not come through.
func TestTraceIsPlain(t *testing.T) {
	var shown bytes.Buffer
	c := config(t, &heard{})
	c.Trace = &soap.Trace{Schema: c.Schema, Writer: &shown}
	envelope := bytes.Replace(body(t, "documented-register"), []byte("user1"), []byte("a\u009b31m\u007fb"), 1)
	post(t, serve(t, c), bytes.NewReader(envelope), nil)
	if !strings.Contains(shown.String(), "<userID>a&#155;31m&#127;b</userID>") {
		t.Errorf("%q", shown.String())
	}
}
