package provisioning_test

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/srp"
	"github.com/dsappd/dsappd/wsdl"
)

func TestRegister(t *testing.T) {
	l := newLab(t, true)
	reply := l.ask("0", envelope(t, "dsappsrpregister"))
	wrapper := reply.FindElement("/Envelope/Body/dsappSRPRegisterResponse")
	if got := wrapper.NamespaceURI(); got != wsdl.Provisioning {
		t.Errorf("the response is in %q", got)
	}
	for _, e := range wrapper.FindElements(".//*") {
		if e.NamespaceURI() != "" {
			t.Errorf("%s is in a namespace", e.GetPath())
		}
	}
	result := wrapper.FindElement("result")
	if got := result.SelectAttrValue("xsi:type", ""); got != "PROVISIONING-TYPES:DSAPPSRPRegisterResult2" {
		t.Errorf("the result is a %q", got)
	}
	for path, want := range map[string]string{
		"//resultCodes/returnCodeEnum": "RET_SUCCESS", "//resultCodes/statusCodeEnum": "STAT_SUCCESS", "//resultCodes/returnCode": "0",
		"//result/user/userID": "user1", "//result/user/domain": "master", "//result/user/orgUnit": "R&D",
		"//result/serialNumber": "VDS1000140", "//result/digipassGatewayID": "0123456789",
	} {
		if got := text(reply, path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	for _, path := range []string{"//result/registrationID", "//result/activationPassword"} {
		if len(text(reply, path)) != 8 {
			t.Errorf("%s is %q", path, text(reply, path))
		}
	}
	stack := reply.FindElement("//status/errorStack")
	if stack.SelectAttrValue("xsi:type", "") != "BASIC-TYPES:ErrorStack" || len(stack.Child) != 0 {
		t.Error("the error stack is not there, empty and typed")
	}
}

// phone is the other end of one exchange.
type phone struct {
	suite          *srp.Suite
	id, password   string
	a, A, B, K, M1 []byte
}

// openExchange goes from register to the proof of the key, over SOAP.
func (l *lab) openExchange(registered *etree.Document) phone {
	l.t.Helper()
	p := phone{suite: l.service.SRP, id: text(registered, "//registrationID"), password: text(registered, "//activationPassword"), a: make([]byte, srp.PrivateSize)}
	must(rand.Read(p.a))(l.t)
	p.A = must(p.suite.ClientPublicKey(p.a))(l.t)
	key := l.ask("0", envelope(l.t, "dsappsrpgenerateephemeralkey", "xiOb8GC2", p.id, ">A<", ">"+dsapp.EncodeHex(p.A)+"<"))
	salt := must(dsapp.DecodeHex(text(key, "//result/salt"), dsapp.SaltSize))(l.t)
	p.B = must(dsapp.ParseEphemeralKey(text(key, "//result/serverEphemeralPublicKey")))(l.t)
	p.K = must(p.suite.ClientKey(p.suite.X(salt, p.id, p.password), p.a, p.A, p.B))(l.t)
	p.M1 = p.suite.M1(p.id, salt, p.A, p.B, p.K)
	return p
}

// exchange goes from register to the activation data.
func (l *lab) exchange(registered *etree.Document) (p phone, delivered *etree.Document) {
	l.t.Helper()
	p = l.openExchange(registered)
	delivered = l.ask("0", envelope(l.t, "dsappsrpgenerateactivationdata", "xiOb8GC2", p.id, strings.Repeat("0", 64), dsapp.EncodeHex(p.M1)))
	if want := dsapp.EncodeHex(p.suite.M2(p.A, p.M1, p.K)); text(delivered, "//result/serverEvidenceMessage") != want {
		l.t.Errorf("M2 is %s, want %s", text(delivered, "//result/serverEvidenceMessage"), want)
	}
	return p, delivered
}

func (p phone) open(t *testing.T, delivered *etree.Document, item dsapp.Item) string {
	t.Helper()
	return p.openItem(t, delivered, "//result/standard/"+string(item)+"/", item)
}

// The whole of an activation, by a derivation code and then by a response.
func TestActivation(t *testing.T) {
	l := newLab(t, true)
	p, delivered := l.exchange(l.ask("0", envelope(t, "dsappsrpregister")))
	data := must(dsapp.ParseActivationData(p.open(t, delivered, dsapp.ItemActivationCode)))(t)
	if string(data.Secret) != rfc4226Secret || p.open(t, delivered, dsapp.ItemEventReactivationCounter) != "000" {
		t.Errorf("delivered %+v", data)
	}
	diversifier := must(dsapp.Diversifier("VDS1000140", []byte("a phone")))(t)
	derived := must(dsapp.DeriveSecret(data.Secret, diversifier, "VDS1000140"))(t)
	code := must(dsapp.NewDerivationCode(diversifier, derived, 0, data.Parameters))(t).String()
	reply := l.ask("0", envelope(t, "dsappsrpactivate", "xiOb8GC2", p.id, "123456", code))
	if text(reply, "//result/user/userID") != "user1" || text(reply, "//result/serialNumber") != "VDS1000140" || text(reply, "//result/user/orgUnit") != "R&D" {
		t.Errorf("%s", must(reply.WriteToString())(t))
	}
	a := must(l.service.ShowAuthenticator(t.Context(), "VDS1000140"))(t)
	if a.State != provision.Active {
		t.Errorf("the authenticator is %v", a.State)
	}

	registered := l.ask("0", envelope(t, "dsappsrpregister", "srp-component", "srp-direct"))
	otp := must(oath.OTP(derived, 1, data.Parameters))(t)
	l.ask("0", envelope(t, "dsappsrpactivate", "srp-component", "srp-direct", "xiOb8GC2", text(registered, "//registrationID"),
		"<derivationCode>123456</derivationCode>", "<response>"+otp+"</response>"))
}

// Every kind of refusal is a reply of HTTP 200 whose error stack has the
// status code again.
func TestRefusals(t *testing.T) {
	l := newLab(t, false)
	open := text(l.ask("0", envelope(t, "dsappsrpregister")), "//registrationID")
	for name, c := range map[string]struct{ status, names, envelope, words string }{
		"wrong password":    {"1000", "STAT_INVCREDENTIALS", envelope(t, "dsappsrpregister", "Password2", "Password3"), "not accepted"},
		"unknown user":      {"1000", "STAT_INVCREDENTIALS", envelope(t, "dsappsrpregister", "user1", "nobody"), "not accepted"},
		"no component":      {"1005", "STAT_PERMISSION", envelope(t, "dsappsrpregister", "srp-component", "far"), "far"},
		"no such serial":    {"-13", "STAT_NOT_FOUND", envelope(t, "dsappsrpregister", "</credential>", "</credential><serialNumber>VDS9999999</serialNumber>"), "serialNumber"},
		"no registration":   {"-13", "STAT_NOT_FOUND", envelope(t, "dsappsrpgenerateephemeralkey"), ""},
		"out of order":      {"-1", "STAT_ERROR", envelope(t, "dsappsrpgenerateactivationdata", "xiOb8GC2", open), "Registered"},
		"A is zero":         {"-2", "STAT_INVPARAM", envelope(t, "dsappsrpgenerateephemeralkey", "xiOb8GC2", open, ">A<", ">0<"), "clientEphemeralPublicKey"},
		"missing field":     {"-2", "STAT_INVPARAM", envelope(t, "dsappsrpregister", "<userID>user1</userID>", ""), "user/userID is missing"},
		"repeated field":    {"-2", "STAT_INVPARAM", envelope(t, "dsappsrpregister", "<userID>", "<userID>user2</userID><userID>"), "more than once"},
		"wrong form":        {"-2", "STAT_INVPARAM", envelope(t, "dsappsrpactivate", "123456", "hello"), "credential/derivationCode"},
		"neither of two":    {"-2", "STAT_INVPARAM", envelope(t, "dsappsrpactivate", "<derivationCode>123456</derivationCode>", ""), "response or derivationCode"},
		"both of two":       {"-2", "STAT_INVPARAM", envelope(t, "dsappsrpactivate", "<derivationCode>", "<response>1</response><derivationCode>"), "response or derivationCode"},
		"response in words": {"-2", "STAT_INVPARAM", envelope(t, "dsappsrpactivate", "<derivationCode>123456</derivationCode>", "<response>hello</response>", "xiOb8GC2", open), "response"},
	} {
		reply := l.ask(c.status, c.envelope)
		errors := reply.FindElements("//status/errorStack/errors")
		if len(errors) != 1 || errors[0].FindElement("errorCode").Text() != c.status || !strings.Contains(errors[0].FindElement("errorDesc").Text(), c.words) {
			t.Errorf("%s: %s", name, must(reply.WriteToString())(t))
		}
		if text(reply, "//statusCodeEnum") != c.names || text(reply, "//returnCode") != "-1" || text(reply, "//returnCodeEnum") != "RET_FAILURE" {
			t.Errorf("%s: codes %s", name, must(reply.WriteToString())(t))
		}
		if reply.FindElement("//result") != nil {
			t.Errorf("%s: there is a result", name)
		}
	}
}

// A wrong field counts for nothing: no attempt, no event.
func TestFieldErrorChangesNothing(t *testing.T) {
	l := newLab(t, false)
	for range 5 {
		l.ask("-2", envelope(t, "dsappsrpregister", "<domain>", "<domain>x</domain><domain>", "Password2", "wrong"))
	}
	l.ask("0", envelope(t, "dsappsrpregister"))
}

func TestFaults(t *testing.T) {
	l := newLab(t, false)
	for what, body := range map[string]string{
		"UnknownOperation": envelope(t, "dsappsrpregister", "dsappSRPRegister", "dsappSRPForget"),
		"NotWellFormed":    envelope(t, "dsappsrpregister", "</credential>", ""),
	} {
		response, reply := l.post(body)
		detail := reply.FindElement("/Envelope/Body/Fault/detail/provisioningFault")
		if response.StatusCode != http.StatusInternalServerError || detail == nil || detail.FindElement("reason").Text() != what || detail.NamespaceURI() != wsdl.Provisioning {
			t.Errorf("%s: %d %s", what, response.StatusCode, must(reply.WriteToString())(t))
			continue
		}
		if detail.FindElement("line").Text() == "" || detail.FindElement("requestID").Text() != response.Header.Get("Request-Id") {
			t.Errorf("%s: %s", what, must(reply.WriteToString())(t))
		}
	}
}

// What nobody foresaw is an error of the store here: it is in the log, and
// the peer hears constant words.
func TestUnforeseen(t *testing.T) {
	l := newLab(t, false)
	l.service.Store.Close()
	response, reply := l.post(envelope(t, "dsappsrpregister"))
	if response.StatusCode != http.StatusOK || text(reply, "//statusCode") != "-1" || text(reply, "//statusCodeEnum") != "STAT_ERROR" {
		t.Fatalf("%d %s", response.StatusCode, must(reply.WriteToString())(t))
	}
	if words := text(reply, "//errorDesc"); !strings.HasPrefix(words, "The server could not answer") || strings.Contains(words, "closed") {
		t.Errorf("the peer hears %q", words)
	}
	if want := "request_id=" + response.Header.Get("Request-Id") + " error="; !strings.Contains(l.log.String(), want) {
		t.Errorf("the log lacks %s: %s", want, l.log.String())
	}
}

// The address is the connection's, one of IPv4 by whichever socket it came.
func TestCallerAddress(t *testing.T) {
	l := newLab(t, false)
	handler := must(provisioning.NewHandler(provisioning.Config{Service: l.service, Log: discard()}))(t)
	for from, want := range map[string]string{
		"192.0.2.7:4711": "0", "[::ffff:192.0.2.7]:4711": "0",
		"192.0.2.8:4711": "1005", "[2001:db8::1%eth0]:4711": "1005", "nowhere": "-1",
	} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(envelope(t, "dsappsrpregister", "srp-component", "far")))
		r.Header.Set("Content-Type", "text/xml")
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if body := w.Body.String(); !strings.Contains(body, "<statusCode>"+want+"</statusCode>") && !strings.Contains(body, "<reason>"+want+"</reason>") {
			t.Errorf("%s: want %s: %s", from, want, w.Body)
		}
	}
}

// Nothing that a web page can have a browser send does anything here: neither
// from the page's own origin, nor by a name that it points to this machine,
// nor in the media types that need no leave.
func TestWebPages(t *testing.T) {
	l := newLab(t, false)
	wrong := envelope(t, "dsappsrpregister", "Password2", "wrong")
	for name, c := range map[string]struct {
		header map[string]string
		host   string
		status int
		reason soap.Reason
	}{
		"another origin":          {header: map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, status: 403, reason: soap.OtherOrigin},
		"in an older browser":     {header: map[string]string{"Origin": "https://evil.example"}, status: 403, reason: soap.OtherOrigin},
		"a file":                  {header: map[string]string{"Origin": "null"}, status: 403, reason: soap.OtherOrigin},
		"a name pointed here":     {host: "evil.example:8888", header: map[string]string{"Origin": "http://evil.example:8888"}, status: 421, reason: soap.StrangeHost},
		"a form":                  {header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, status: 415, reason: soap.UnsupportedMediaType},
		"a form with a file":      {header: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}, status: 415, reason: soap.UnsupportedMediaType},
		"plain text":              {header: map[string]string{"Content-Type": "text/plain;charset=UTF-8"}, status: 415, reason: soap.UnsupportedMediaType},
		"a blob without its type": {header: map[string]string{"Content-Type": ""}, status: 415, reason: soap.UnsupportedMediaType},
	} {
		for range 4 { // the threshold of the lock is 3
			r := must(http.NewRequest(http.MethodPost, l.server.URL, strings.NewReader(wrong)))(t)
			r.Header.Set("Content-Type", "text/xml")
			for key, value := range c.header {
				r.Header.Set(key, value)
			}
			if r.Header.Get("Content-Type") == "" {
				r.Header["Content-Type"] = nil
			}
			r.Host = c.host
			response := must(http.DefaultClient.Do(r))(t)
			reply := string(must(io.ReadAll(response.Body))(t))
			response.Body.Close()
			if response.StatusCode != c.status || !strings.Contains(reply, "<reason>"+string(c.reason)+"</reason>") {
				t.Errorf("%s: %d %s", name, response.StatusCode, reply)
			}
		}
	}
	if shown := l.audit(); strings.Contains(shown, "dsappSRPRegister") {
		t.Errorf("something was decided: %s", shown)
	}
	l.ask("0", envelope(t, "dsappsrpregister"))
}

// The log says why a request was refused, also what its sender is not told,
// and the journal has each under its ID.
func TestWhyIsInTheLog(t *testing.T) {
	l := newLab(t, false)
	by := provision.Operator{Name: "tester"}
	must(l.service.DisableUser(t.Context(), by, provision.NameUser{UserID: "user1"}))(t)
	for envelope, want := range map[string]struct{ reason, status string }{
		envelope(t, "dsappsrpregister"):                               {"The user is disabled", "1000 STAT_INVCREDENTIALS"},
		envelope(t, "dsappsrpregister", "user1", "nobody"):            {"unknown user or domain", "1000 STAT_INVCREDENTIALS"},
		envelope(t, "dsappsrpregister", "srp-component", ""):          {"componentType is missing: send it", "-2 STAT_INVPARAM"},
		envelope(t, "dsappsrpregister", "dsappSRPRegister", "dsappX"): {"The element dsappX in the Body is no operation", "HTTP 500"},
		"<a>": {"The message is XML but not a SOAP envelope", "HTTP 500"},
	} {
		before := len(l.log.String())
		response, _ := l.post(envelope)
		id := response.Header.Get("Request-Id")
		if line := l.log.String()[before:]; strings.Count(line, "\n") != 1 || !strings.Contains(line, `reason="`+want.reason) || !strings.Contains(line, id) {
			t.Errorf("want %s: %s", want.reason, line)
		}
		entry, found := l.journal.Find(id)
		if !found || !strings.HasPrefix(entry.Reason, want.reason) || entry.Status != want.status || entry.Door != "soap" {
			t.Errorf("want %s: %+v", want.reason, entry)
		}
	}
}

// No secret of an activation is in the trace or in the log.
func TestNothingSecretIsShown(t *testing.T) {
	l := newLab(t, false)
	p, delivered := l.exchange(l.ask("0", envelope(t, "dsappsrpregister")))
	uri := p.open(t, delivered, dsapp.ItemActivationCode)
	l.ask("0", envelope(t, "dsappsrpactivate", "xiOb8GC2", p.id, "<derivationCode>123456</derivationCode>", "<response>755224</response>"))
	shown := l.trace.String() + l.log.String()
	evidence := text(delivered, "//serverEvidenceMessage")
	for _, secret := range []string{"Password2", p.password, "755224", dsapp.EncodeHex(p.K), uri, rfc4226Secret, dsapp.EncodeHex(p.M1), evidence} {
		if strings.Contains(shown, secret) {
			t.Errorf("%q is shown", secret)
		}
	}
	if strings.Count(l.trace.String(), p.id) != 4 || strings.Count(l.log.String(), "status=STAT_SUCCESS") != 4 {
		t.Errorf("trace and log lack steps:\n%s\n%s", l.trace.String(), l.log.String())
	}
}

// What the WSDL declares is what the door answers, and the other way round.
func TestOperations(t *testing.T) {
	l := newLab(t, false)
	response := must(http.Get(l.server.URL + "/x?WSDL"))(t)
	defer response.Body.Close()
	document := etree.NewDocument()
	must(document.ReadFrom(response.Body))(t)
	if got := document.FindElement("//service/port/address").SelectAttrValue("location", ""); got != l.server.URL+"/x" {
		t.Errorf("endpoint %s", got)
	}
	declared := document.FindElements("//portType/operation")
	for _, operation := range declared {
		name := operation.SelectAttrValue("name", "")
		_, reply := l.post(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><o:` + name + ` xmlns:o="` + wsdl.Provisioning + `"/></e:Body></e:Envelope>`)
		if text(reply, "/Envelope/Body/"+name+"Response//resultCodes/statusCode") != "-2" {
			t.Errorf("%s: %s", name, must(reply.WriteToString())(t))
		}
	}
	if len(declared) != 7 {
		t.Errorf("%d operations", len(declared))
	}
}
