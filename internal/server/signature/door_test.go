package signature_test

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

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/internal/server/signature"
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

var (
	secret     = []byte("12345678901234567890")
	parameters = oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}
)

// serve serves user1 with VDS1000140 to the component SIGNATURE.
func serve(t *testing.T, strict bool) *httptest.Server {
	t.Helper()
	s := labtest.Service(t, store.New(new(memory.Engine), []byte("record key")), "sign", time.Now)
	ctx, by := t.Context(), provision.Operator{Name: "tester", RequestID: "test"}
	must(s.AddDomain(ctx, by, provision.AddDomain{Name: "master"}))(t)
	must(s.AddPolicy(ctx, by, provision.AddPolicy{Name: "sign", Set: json.RawMessage(`{"GenericStatusCodes":false,"SecureChannel":true}`)}))(t)
	must(s.AddComponent(ctx, by, provision.AddComponent{ComponentType: "SIGNATURE", Location: "127.0.0.1", Policy: "sign"}))(t)
	must(s.AddUser(ctx, by, provision.AddUser{UserID: "user1", StaticPassword: "Password2"}))(t)
	must(s.AddAuthenticator(ctx, by, provision.AddAuthenticator{SerialNumber: "VDS1000140", Secret: secret, Parameters: parameters}))(t)
	must(s.AssignAuthenticator(ctx, by, provision.AssignAuthenticator{SerialNumber: "VDS1000140", UserID: "user1"}))(t)
	handler := must(provisioning.NewHandler(provisioning.Config{Service: s, Log: slog.New(slog.DiscardHandler), Strict: strict,
		Interfaces: []operation.Interface{signature.Operations}}))(t)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func attribute(id, value string) string {
	return fmt.Sprintf(`<attributes><value xsi:type="xsd:string">%s</value><attributeID>SIGNFLD_%s</attributeID></attributes>`, value, id)
}

// reply is the reply to an operation.
type reply struct{ *etree.Document }

func (r reply) text(path string) string {
	if e := r.FindElement(path); e != nil {
		return e.Text()
	}
	return ""
}

func (r reply) status() string { return r.text("//statusCodeEnum") }

func (r reply) value(id string) string {
	return r.text("//attributes[attributeID='SIGNFLD_" + id + "']/value")
}

// ask sends an operation for user1.
func ask(t *testing.T, server *httptest.Server, operation, attributes, list string) reply {
	t.Helper()
	body := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><s:Body>` +
		`<g:` + operation + ` xmlns:g="` + wsdl.Signature + `"><attributeSet>` + attribute("COMPONENT_TYPE", "SIGNATURE") + attribute("USERID", "user1") + attributes +
		`</attributeSet>` + list + `</g:` + operation + `></s:Body></s:Envelope>`
	response := must(http.Post(server.URL, "text/xml; charset=utf-8", strings.NewReader(body)))(t)
	defer response.Body.Close()
	text := must(io.ReadAll(response.Body))(t)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("HTTP %d: %s", response.StatusCode, text)
	}
	document := etree.NewDocument()
	must(0, document.ReadFromBytes(text))(t)
	return reply{document}
}

func TestAuthSignature(t *testing.T) {
	t.Parallel()
	server := serve(t, false)
	question := must(dsapp.DataQuestion([]string{"100", "", "EUR"}))(t)
	signed := must(dsapp.Sign(secret, 0, parameters, question))(t)
	asked := attribute("SIGNATURE", signed) + attribute("DATA_FIELD_1", "100") + attribute("DATA_FIELD_3", "EUR") + attribute("REQUEST_CONFIRM_CODE", "true")
	r := ask(t, server, "authSignature", asked, "<dataFieldList/>")
	code := must(dsapp.ConfirmationCode(secret, question, signed))(t)
	if r.status() != "STAT_SUCCESS" || r.value("CONFIRM_CODE") != code || r.value("VERIFIED_EVENT_VALUE") != "0" || r.value("SERIAL_NO") != "VDS1000140" {
		t.Errorf("%s: code %q, event %q, %q", r.status(), r.value("CONFIRM_CODE"), r.value("VERIFIED_EVENT_VALUE"), r.value("SERIAL_NO"))
	}
	r = ask(t, server, "authSignature", asked, "")
	if r.status() != "STAT_INVCREDENTIALS" || !strings.Contains(r.value("STATUS_MESSAGE"), "accepted before") {
		t.Errorf("%s: %q", r.status(), r.value("STATUS_MESSAGE"))
	}
	for name, attributes := range map[string]string{
		"malformed":     attribute("SIGNATURE", "abc") + attribute("DATA_FIELD_1", "100"),
		"deferred":      attribute("SIGNATURE", signed) + attribute("DATA_FIELD_1", "100") + attribute("DEFERRED_DATETIME", "yesterday"),
		"long":          attribute("SIGNATURE", signed) + attribute("DATA_FIELD_1", strings.Repeat("x", 256)),
		"no such truth": attribute("SIGNATURE", signed) + attribute("DATA_FIELD_1", "100") + attribute("REQUEST_CONFIRM_CODE", "perhaps"),
	} {
		if r := ask(t, server, "authSignature", attributes, ""); r.status() != "STAT_INVDATA" {
			t.Errorf("%s: %s", name, r.status())
		}
	}
	if r := ask(t, server, "authSignature", attribute("SIGNATURE", signed), "<dataFieldList><dataField><key>a</key><value>b</value></dataField></dataFieldList>"); r.status() != "STAT_INVPARAM" {
		t.Errorf("a list: %s", r.status())
	}
}

func TestGenRequest(t *testing.T) {
	t.Parallel()
	server := serve(t, true)
	r := ask(t, server, "genRequest", attribute("TRANSACTION_TITLE", "Pay"), "<dataFieldList><dataField><key>AMT</key><value>100</value></dataField></dataFieldList>")
	if r.status() != "STAT_SUCCESS" {
		t.Fatalf("%s: %s", r.status(), r.value("STATUS_MESSAGE"))
	}
	request := must(must(dsapp.ParseRequestMessage(r.value("REQUEST_MESSAGE")))(t).Open(secret))(t)
	if request.Title != "Pay" || len(request.Fields) != 1 || request.Fields[0] != (dsapp.RequestField{Key: "AMT", Value: "100"}) {
		t.Errorf("the device shows %+v", request)
	}
	answer := must(dsapp.Answer(secret, parameters, must(request.Question())(t)))(t)
	asked := attribute("SIGNATURE", answer) + attribute("REQUEST_KEY", r.value("REQUEST_KEY"))
	if r := ask(t, server, "authSignature", asked, ""); r.status() != "STAT_SUCCESS" {
		t.Errorf("%s: %s", r.status(), r.value("STATUS_MESSAGE"))
	}
	if r := ask(t, server, "authSignature", asked, ""); r.status() != "STAT_EXP_CHALLENGE" {
		t.Errorf("again: %s", r.status())
	}
	if r := ask(t, server, "genRequest", attribute("REQUEST_BODY", "b"), "<dataFieldList><dataField><value>a</value></dataField></dataFieldList>"); r.status() != "STAT_INVPARAM" {
		t.Errorf("body and list: %s", r.status())
	}
}
