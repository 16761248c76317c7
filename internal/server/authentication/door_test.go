package authentication_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/authentication"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
	"github.com/dsappd/dsappd/wsdl"
)

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// serve serves user1 with VDS1000140 (HOTP, the secret of RFC 4226) to the
// component login.
func serve(t *testing.T, strict bool) *httptest.Server {
	t.Helper()
	s := labtest.Service(t, store.New(new(memory.Engine), []byte("record key")), "login", time.Now)
	ctx, by := t.Context(), provision.Operator{Name: "tester", RequestID: "test"}
	must(s.AddDomain(ctx, by, provision.AddDomain{Name: "master"}))(t)
	must(s.AddPolicy(ctx, by, provision.AddPolicy{Name: "login", Set: json.RawMessage(`{"GenericStatusCodes":false,"LockThreshold":0}`)}))(t)
	must(s.AddComponent(ctx, by, provision.AddComponent{ComponentType: "login", Location: "127.0.0.1", Policy: "login"}))(t)
	must(s.AddUser(ctx, by, provision.AddUser{UserID: "user1", StaticPassword: "Password2"}))(t)
	must(s.AddAuthenticator(ctx, by, provision.AddAuthenticator{SerialNumber: "VDS1000140", Secret: []byte("12345678901234567890"),
		Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}}))(t)
	must(s.AssignAuthenticator(ctx, by, provision.AssignAuthenticator{SerialNumber: "VDS1000140", UserID: "user1"}))(t)
	handler := must(provisioning.NewHandler(provisioning.Config{Service: s, Log: slog.New(slog.DiscardHandler), Strict: strict,
		Interfaces: []operation.Interface{authentication.Operations}}))(t)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// attribute is one of a request, in the order of the schema.
func attribute(id, xsdType, value string) string {
	return fmt.Sprintf(`<attributes><value xsi:type="xsd:%s">%s</value><attributeID>CREDFLD_%s</attributeID></attributes>`, xsdType, value, id)
}

func login(password string) string {
	return attribute("COMPONENT_TYPE", "string", "login") + attribute("USERID", "string", "user1") +
		attribute("PASSWORD_FORMAT", "unsignedInt", "0") + attribute("PASSWORD", "string", password)
}

// ask sends authUser with attributes, and returns the reply as text.
func ask(t *testing.T, server *httptest.Server, attributes string) string {
	t.Helper()
	body := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><s:Body>` +
		`<a:authUser xmlns:a="` + wsdl.Authentication + `"><credentialAttributeSet>` + attributes + `</credentialAttributeSet></a:authUser></s:Body></s:Envelope>`
	response := must(http.Post(server.URL, "text/xml; charset=utf-8", strings.NewReader(body)))(t)
	defer response.Body.Close()
	reply := must(io.ReadAll(response.Body))(t)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("HTTP %d: %s", response.StatusCode, reply)
	}
	return string(reply)
}

// Each rule of the reply breaks a client that is known, if it is not kept.
func TestReplyStyle(t *testing.T) {
	t.Parallel()
	server := serve(t, false)
	for password, status := range map[string]string{"755224": "STAT_SUCCESS", "000000": "STAT_OTP_INCORRECT", "wrong": "STAT_LOCAL_PASSWORD_MISMATCH"} {
		reply := ask(t, server, login(password))
		document := etree.NewDocument()
		must(0, document.ReadFromString(reply))(t)
		if got := document.FindElement("//statusCodeEnum").Text(); got != status {
			t.Errorf("%s is answered with %s, want %s", password, got, status)
		}
		if !strings.Contains(reply, "<SOAP-ENV:Body><AUTH-TYPES:authUserResponse><authUserResults><results><resultCodes>") {
			t.Errorf("the prefixes are others: %s", reply)
		}
		for _, e := range document.FindElement("//authUserResponse").FindElements(".//*") {
			checkElement(t, e)
		}
		message := document.FindElement("//attributes[attributeID='CREDFLD_STATUS_MESSAGE']")
		errors := document.FindElements("//errors")
		if failed := status != "STAT_SUCCESS"; failed != (message != nil) || failed != (len(errors) == 1) {
			t.Errorf("%s: a message %v, %d errors", status, message != nil, len(errors))
		}
		if document.FindElement("//resultAttribute/attributes") == nil {
			t.Errorf("%s: there is no attribute", status)
		}
	}
}

func checkElement(t *testing.T, e *etree.Element) {
	t.Helper()
	children := e.ChildElements()
	switch {
	case e.Space != "":
		t.Errorf("%s has the prefix %s", e.Tag, e.Space)
	case e.Tag == "value", e.Tag == "resultAttribute", e.Tag == "errorStack":
		if e.SelectAttrValue("xsi:type", "") == "" {
			t.Errorf("%s has no xsi:type", e.Tag)
		}
	case len(e.Attr) > 0:
		t.Errorf("%s has attributes", e.Tag)
	}
	if e.Tag == "attributes" && (len(children) != 2 || children[0].Tag != "value" || children[1].Tag != "attributeID") {
		t.Errorf("attributes holds %d elements, or in another order", len(children))
	}
	if len(children) == 0 && e.Text() == "" && e.Tag != "errorStack" {
		t.Errorf("%s is empty", e.Tag)
	}
}

// A strict server takes each attribute once, of its own type, in the schema's
// order; a lenient one takes what clients send.
func TestStrict(t *testing.T) {
	t.Parallel()
	lenient, strict := serve(t, false), serve(t, true)
	for name, more := range map[string]string{
		"another order": `<attributes><attributeID>CREDFLD_DOMAIN</attributeID><value xsi:type="xsd:string">master</value></attributes>`,
		"twice":         attribute("DOMAIN", "string", "master") + attribute("DOMAIN", "string", "master"),
		"of others":     attribute("LAST_LOGON_TIME", "dateTime", "2026-01-31T12:00:00Z"),
		"empty":         attribute("SERIAL_NO", "string", ""),
	} {
		if reply := ask(t, lenient, login("Password2")+more); !strings.Contains(reply, "STAT_SUCCESS") {
			t.Errorf("lenient, %s: %s", name, reply)
		}
		if reply := ask(t, strict, login("Password2")+more); strings.Contains(reply, "STAT_SUCCESS") {
			t.Errorf("strict, %s: %s", name, reply)
		}
	}
	if reply := ask(t, strict, login("Password2")); !strings.Contains(reply, "STAT_SUCCESS") {
		t.Errorf("strict: %s", reply)
	}
}
