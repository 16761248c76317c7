package soap_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func client(t *testing.T, url string) *soap.Client {
	return &soap.Client{URL: url, HTTP: http.DefaultClient, Schema: schema(t), Namespaces: namespaces()}
}

func activate(t *testing.T) []byte {
	t.Helper()
	response := "755224"
	element, err := wsdl.AppendDsappSRPActivate(nil, &wsdl.DsappSRPActivate{ComponentType: "srp-direct", RegistrationID: "xiOb8GC2", Credential: wsdl.ActivateCredentialInput{Response: &response}})
	if err != nil {
		t.Fatal(err)
	}
	return element
}

// Both ends of the room speak with each other, strictly.
func TestCall(t *testing.T) {
	var h heard
	c := config(t, &h)
	c.Strict = true
	server := serve(t, c)
	var shown bytes.Buffer
	caller := client(t, server.URL)
	caller.Trace = &soap.Trace{Schema: caller.Schema, Writer: &shown}
	var reply wsdl.DsappSRPActivateResponse
	if err := caller.Call(context.Background(), activate(t), name("dsappSRPActivateResponse"), &reply); err != nil {
		t.Fatal(err)
	}
	if said := h.take(); !strings.Contains(said, `"Response":"755224"`) {
		t.Errorf("the operation heard %s", said)
	}
	if strings.Contains(shown.String(), "755224") || !strings.Contains(shown.String(), "<response>[hidden]</response>") {
		t.Errorf("trace: %s", shown.String())
	}
}

func TestCallFault(t *testing.T) {
	server := serve(t, config(t, &heard{}))
	err := client(t, server.URL).Call(context.Background(), []byte("<PROV-TYPES:unheardOf/>"), name("dsappSRPActivateResponse"), &struct{}{})
	var fault *soap.Fault
	if !errors.As(err, &fault) || fault.Code != soap.CodeClient || fault.Reason != soap.UnknownOperation || len(fault.RequestID) != 16 || !strings.Contains(fault.String, "?wsdl") {
		t.Errorf("%#v", err)
	}
}

// answering is an endpoint that always says the same.
func answering(t *testing.T, status int, media, reply string) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		fmt.Fprint(w, reply)
	}))
	t.Cleanup(server.Close)
	return server
}

// A reply with an element that the schema does not have passes, unless the
// client is strict.
func TestCallStrict(t *testing.T) {
	reply := wsdl.AppendDsappSRPActivateResponse(nil, &wsdl.DsappSRPActivateResponse{})
	extra := bytes.Replace(reply, []byte("</status>"), []byte("</status><extra/>"), 1)
	var envelope bytes.Buffer
	envelope.WriteString(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"`)
	for _, n := range namespaces() {
		fmt.Fprintf(&envelope, ` xmlns:%s="%s"`, n.Prefix, n.URI)
	}
	fmt.Fprintf(&envelope, "><e:Body>%s</e:Body></e:Envelope>", extra)
	caller := client(t, answering(t, http.StatusOK, "text/xml", envelope.String()).URL)
	call := func() error {
		return caller.Call(t.Context(), activate(t), name("dsappSRPActivateResponse"), &wsdl.DsappSRPActivateResponse{})
	}
	if err := call(); err != nil {
		t.Errorf("lenient: %v", err)
	}
	caller.Strict = true
	var field *soap.FieldError
	if err := call(); !errors.As(err, &field) || field.Path != "extra" {
		t.Errorf("strict: %v", err)
	}
}

func TestCallAnsweredOtherwise(t *testing.T) {
	envelope := func(inner string) string {
		return `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>` + inner + "</e:Body></e:Envelope>"
	}
	for name_, c := range map[string]struct {
		status       int
		media, reply string
		want         string
	}{
		"not found":      {404, "text/plain", "no", "HTTP status 404 and no SOAP envelope"},
		"html":           {200, "text/html", "<html/>", "HTTP status 200 and no SOAP envelope"},
		"proxy's XML":    {502, "text/xml", "<error/>", "HTTP status 502 and no SOAP envelope"},
		"truncated":      {200, "text/xml", envelope("")[:40], "read the reply: The message is not well-formed"},
		"empty":          {200, "text/xml", "", "read the reply: The message is empty"},
		"encoding":       {200, "text/xml; charset=utf-7", "<a/>", "read the reply: The message's encoding"},
		"too large":      {200, "text/xml", strings.Repeat(" ", soap.MaxSize+1), "read the reply: The message is larger"},
		"other element":  {200, "text/xml", envelope("<other/>"), "holds no element dsappSRPActivateResponse"},
		"broken fault":   {500, "text/xml", envelope("<e:Fault>")[:100], "read the reply: "},
		"field":          {200, "text/xml", envelope(`<p:dsappSRPActivateResponse xmlns:p="` + wsdl.Provisioning + `"/>`), "status is missing"},
		"broken in body": {200, "text/xml", envelope(`<p:dsappSRPActivateResponse xmlns:p="` + wsdl.Provisioning + `"><x></p:dsappSRPActivateResponse>`), "read the reply: "},
	} {
		server := answering(t, c.status, c.media, c.reply)
		var reply wsdl.DsappSRPActivateResponse
		err := client(t, server.URL).Call(context.Background(), activate(t), name("dsappSRPActivateResponse"), &reply)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name_, err, c.want)
		}
		var fault *soap.Fault
		if errors.As(err, &fault) {
			t.Errorf("%s: taken for a fault of the endpoint's: %v", name_, err)
		}
	}
}

// A server may send an optional element empty.
func TestCallReplyForms(t *testing.T) {
	const status = `<status><resultCodes><returnCodeEnum>RET_FAILURE</returnCodeEnum><statusCodeEnum>X</statusCodeEnum><returnCode>-1</returnCode><statusCode>1</statusCode></resultCodes><errorStack>` +
		`<errors><errorCode>1</errorCode><errorDesc/></errors><errors><errorCode>2</errorCode><errorDesc>b</errorDesc></errors></errorStack></status>`
	reply := func(result string) wsdl.DsappSRPRegisterResponse {
		server := answering(t, 200, "text/xml", `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:dsappSRPRegisterResponse xmlns:p="`+wsdl.Provisioning+`">`+status+result+`</p:dsappSRPRegisterResponse></e:Body></e:Envelope>`)
		var reply wsdl.DsappSRPRegisterResponse
		if err := client(t, server.URL).Call(context.Background(), activate(t), name("dsappSRPRegisterResponse"), &reply); err != nil {
			t.Errorf("%s: %v", result, err)
		}
		return reply
	}
	for _, absent := range []string{"", "<result/>", `<result xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`} {
		if got := reply(absent); got.Result != nil || len(got.Status.ErrorStack.Errors) != 2 || got.Status.ErrorStack.Errors[1].ErrorCode != 2 {
			t.Errorf("%q: %+v", absent, got)
		}
	}
}
