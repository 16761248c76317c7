package provisioning_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// typed is one attribute of a request as it is written.
type typed struct{ id, xsdType, value string }

func (a typed) String() string {
	return fmt.Sprintf(`<attributes><value xsi:type="xsd:%s">%s</value><attributeID>PROVFLD_%s</attributeID></attributes>`, a.xsdType, html.EscapeString(a.value), a.id)
}

func str(id, value string) typed { return typed{id, "string", value} }

// execute is an envelope with a command and what stands in its attribute set.
func execute[A any](command string, attributes ...A) string {
	var set strings.Builder
	for _, a := range attributes {
		fmt.Fprint(&set, a)
	}
	return `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><e:Body>` +
		`<p:provisioningExecute xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><cmd>PROVISIONCMD_` + command + `</cmd>` +
		`<attributeSet>` + set.String() + `</attributeSet></p:provisioningExecute></e:Body></e:Envelope>`
}

// run posts a command and wants a reply of HTTP 200 with the status code.
func (l *lab) run(statusCode, envelope string) *etree.Document {
	l.t.Helper()
	response, reply := l.post(envelope)
	if got := text(reply, "//results/resultCodes/statusCode"); response.StatusCode != http.StatusOK || got != statusCode {
		l.t.Fatalf("HTTP %d, status %q, want %s: %s", response.StatusCode, got, statusCode, must(reply.WriteToString())(l.t))
	}
	return reply
}

// attributeValue is that of an attribute in a reply, "" where there is none.
func attributeValue(d *etree.Document, id string) string {
	for _, a := range d.FindElements("//results/resultAttribute/attributes") {
		if a.FindElement("attributeID").Text() == "PROVFLD_"+id {
			return a.FindElement("value").Text()
		}
	}
	return ""
}

// userAttributes are user1's for a component.
func userAttributes(component string) []typed {
	return []typed{str("COMPONENT_TYPE", component), str("USERID", "user1"), str("DOMAIN", "master"), str("STATIC_PASSWORD", "Password2")}
}

func without(attributes []typed, id string) []typed {
	var out []typed
	for _, a := range attributes {
		if a.id != id {
			out = append(out, a)
		}
	}
	return out
}

// outside adds the component srp-outside, which may do without SRP.
func (l *lab) outside() {
	ctx, by := l.t.Context(), provision.Operator{Name: "tester"}
	must(l.service.AddPolicy(ctx, by, provision.AddPolicy{Name: "outside", Parent: "lab", Set: json.RawMessage(`{"ActivationCodeOutsideSRP":true}`)}))(l.t)
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "srp-outside", Location: "0.0.0.0/0", Policy: "outside"}))(l.t)
}

func TestActivationOutsideSRP(t *testing.T) {
	l := newLab(t, true)
	l.outside()
	registered := l.run("0", execute("REGISTER", append(userAttributes("srp-outside"), typed{"ACTIVATION_TYPE", "unsignedInt", "1"}, typed{"REQUEST_TYPE", "unsignedInt", "0"})...))
	code := attributeValue(registered, "ACTIVATION_CODE")
	if secret := must(dsapp.ParseActivationCode(code))(t); string(secret) != rfc4226Secret {
		t.Errorf("delivered %q", secret)
	}
	for _, a := range registered.FindElements("//resultAttribute/attributes") {
		masked := a.FindElement("attributeOptions/masked") != nil
		if id := a.FindElement("attributeID").Text(); masked != (id == "PROVFLD_ACTIVATION_CODE") || a.FindElement("value").SelectAttrValue("xsi:type", "") != "xsd:string" {
			t.Errorf("%s: masked %v", id, masked)
		}
	}
	who := []typed{str("COMPONENT_TYPE", "srp-outside"), str("USERID", "user1"), str("DOMAIN", "master")}
	l.run("1000", execute("ACTIVATE", append(who, str("DP_RESPONSE", "000000"))...))
	activated := l.run("0", execute("ACTIVATE", append(who, str("DP_RESPONSE", "755224"), str("SERIAL_NO", "VDS1000140"))...))
	for id, want := range map[string]string{"USERID": "user1", "DOMAIN": "master", "ORGANIZATIONAL_UNIT": "R&D", "SERIAL_NO": "VDS1000140"} {
		if got := attributeValue(activated, id); got != want {
			t.Errorf("%s is %q, want %q", id, got, want)
		}
	}
	l.run("-13", execute("ACTIVATE", append(who, str("DP_RESPONSE", "287082"))...))
	if shown := l.trace.String() + l.log.String(); strings.Contains(shown, code) || strings.Contains(shown, "755224") || strings.Contains(shown, "Password2") {
		t.Error("a secret is shown")
	}
	if problems, err := provision.CheckRecords(t.Context(), l.service.Store, l.service.Now()); err != nil || len(problems) != 0 {
		t.Errorf("%v %v", problems, err)
	}
}

// Nothing goes out in the clear that the policy or the connection would not
// have there.
func TestOutsideSRPIsGuarded(t *testing.T) {
	l := newLab(t, false)
	l.outside()
	l.run("1005", execute("REGISTER", userAttributes("srp-component")...))
	l.run("1005", execute("ACTIVATE", append(without(userAttributes("srp-component"), "STATIC_PASSWORD"), str("DP_RESPONSE", "755224"))...))
	handler := must(provisioning.NewHandler(provisioning.Config{Service: l.service, Log: discard()}))(t)
	for url, want := range map[string]string{"http://lab/": "1005", "https://lab/": "0"} {
		r := httptest.NewRequest(http.MethodPost, url, strings.NewReader(execute("REGISTER", userAttributes("srp-outside")...)))
		r.Header.Set("Content-Type", "text/xml")
		r.RemoteAddr = "192.0.2.7:4711"
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), "<statusCode>"+want+"</statusCode>") {
			t.Errorf("%s: want %s: %s", url, want, w.Body)
		}
	}
}

// A registration that was opened outside SRP has no key to exchange.
func TestOutsideSRPHasNoExchange(t *testing.T) {
	l := newLab(t, false)
	l.outside()
	l.run("0", execute("REGISTER", userAttributes("srp-outside")...))
	id := must(l.service.ShowAuthenticator(t.Context(), "VDS1000140"))(t).OpenRegistration
	l.ask("-1", envelope(t, "dsappsrpgenerateephemeralkey", "xiOb8GC2", id, ">A<", ">2<"))
}

func TestAssign(t *testing.T) {
	l := newLab(t, true)
	ctx, by := t.Context(), provision.Operator{Name: "tester"}
	must(l.service.AddDomain(ctx, by, provision.AddDomain{Name: "other"}))(t)
	for serial, domain := range map[string]string{"VDS1000150": "master", "VDS1000151": "other"} {
		must(l.service.AddAuthenticator(ctx, by, provision.AddAuthenticator{SerialNumber: serial, Domain: domain,
			Parameters: oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 6}}))(t)
	}
	user := userAttributes("srp-component")
	l.run("1000", execute("ASSIGN", append(without(user, "STATIC_PASSWORD"), str("STATIC_PASSWORD", "wrong"), str("SERIAL_NO", "VDS1000150"))...))
	for serial, want := range map[string]string{"VDS1000151": "-13", "VDS1000159": "-13", "VDS1000140": "-14"} {
		l.run(want, execute("ASSIGN", append(user, str("SERIAL_NO", serial))...))
	}
	l.run("0", execute("ASSIGN", append(user, str("SERIAL_NO", "VDS1000150"))...))
	if a := must(l.service.ShowAuthenticator(ctx, "VDS1000150"))(t); a.UserID != "user1" || a.State != provision.Assigned {
		t.Errorf("%+v", a)
	}
}

// The flow of SRP in attributes: only the key exchange has no command.
func TestSRPInAttributes(t *testing.T) {
	l := newLab(t, true)
	registered := l.run("0", execute("DSAPPREGISTER", userAttributes("srp-component")...))
	reply := etree.NewDocument()
	result := reply.CreateElement("result")
	result.CreateElement("registrationID").SetText(attributeValue(registered, "REGISTRATIONID"))
	result.CreateElement("activationPassword").SetText(attributeValue(registered, "ACTIVATION_PASSWORD"))
	p := l.openExchange(reply)
	step := []typed{str("COMPONENT_TYPE", "srp-component"), str("REGISTRATIONID", p.id)}
	delivered := l.run("0", execute("DSAPPGENERATEACTIVATIONDATA", append(step, str("CLIENT_EVIDENCE_MESSAGE", dsapp.EncodeHex(p.M1)))...))
	if want := dsapp.EncodeHex(p.suite.M2(p.A, p.M1, p.K)); attributeValue(delivered, "SERVER_EVIDENCE_MESSAGE") != want {
		t.Errorf("M2 is %s, want %s", attributeValue(delivered, "SERVER_EVIDENCE_MESSAGE"), want)
	}
	for id, item := range map[string]dsapp.Item{"ACTIVATION_CODE": dsapp.ItemActivationCode, "REACTIVATION_COUNTER": dsapp.ItemEventReactivationCounter} {
		must(dsapp.Decrypt(p.K, item, dsapp.EncryptedData{EncryptedData: attributeValue(delivered, id+"_DATA"),
			EncryptedCounter: attributeValue(delivered, id+"_COUNTER"), MAC: attributeValue(delivered, id+"_MAC")}))(t)
	}
	activated := l.run("0", execute("DSAPPACTIVATE", append(step, str("DP_RESPONSE", "755224"))...))
	if attributeValue(activated, "SERIAL_NO") != "VDS1000140" {
		t.Errorf("%s", must(activated.WriteToString())(t))
	}
	if problems, err := provision.CheckRecords(t.Context(), l.service.Store, l.service.Now()); err != nil || len(problems) != 0 {
		t.Errorf("%v %v", problems, err)
	}
}

// What public clients send beside what a command takes changes nothing, and
// the log names it; a strict server refuses it.
func TestSuperfluousAttributesOfClients(t *testing.T) {
	lenient, strict := newLab(t, false), newLab(t, true)
	for _, l := range []*lab{lenient, strict} {
		l.licensed()
		l.outside()
	}
	holder := []typed{str("COMPONENT_TYPE", "mdl"), str("USERID", "user2"), str("DOMAIN", "master"), str("STATIC_PASSWORD", "Password2")}
	gem := execute("MDL_REGISTER", append(holder, typed{"ACTIVATION_TYPE", "unsignedInt", "0"})...)
	binding := execute("ACTIVATE", str("COMPONENT_TYPE", "srp-outside"), str("USERID", "user1"), str("DP_RESPONSE", "755224"), typed{"REQUEST_TYPE", "unsignedInt", "0"})
	twice := execute("DSAPPREGISTER", append(userAttributes("srp-component"), str("USERID", "user1"), str("DOMAIN", "master"))...)
	for _, c := range []struct{ name, envelope, ignored string }{
		{"the gem's MDL_REGISTER", gem, "ignored=[PROVFLD_ACTIVATION_TYPE]"},
		{"ACTIVATE with device binding", binding, "ignored=[PROVFLD_REQUEST_TYPE]"},
		{"attributes twice", twice, "operation=provisioningExecute"},
	} {
		lenient.run("0", execute("REGISTER", userAttributes("srp-outside")...))
		lenient.run("0", c.envelope)
		if !strings.Contains(lenient.log.String(), c.ignored) {
			t.Errorf("%s: %s is not in the log: %s", c.name, c.ignored, lenient.log.String())
		}
		strict.run("-2", c.envelope)
	}
}

// Every wrong attribute is refused by its name, and counts for nothing.
func TestWrongAttributes(t *testing.T) {
	l := newLab(t, false)
	const domain = `<attributes><value xsi:type="xsd:string">master</value><attributeID>PROVFLD_DOMAIN</attributeID>`
	user := without(userAttributes("srp-component"), "DOMAIN")
	rest := fmt.Sprint(user[0]) + fmt.Sprint(user[1]) + fmt.Sprint(user[2])
	for name, c := range map[string]struct{ set, words string }{
		"missing":              {fmt.Sprint(user[0]) + fmt.Sprint(user[1]), "PROVFLD_STATIC_PASSWORD is missing"},
		"repeated":             {rest + fmt.Sprint(str("USERID", "user2")), "PROVFLD_USERID is there more than once, with different values: send it once"},
		"repeated as null":     {rest + `<attributes><attributeID>PROVFLD_USERID</attributeID></attributes>`, "PROVFLD_USERID is there more than once, with different values"},
		"unknown":              {rest + fmt.Sprint(str("SHOE_SIZE", "1")), "PROVFLD_SHOE_SIZE is not an attribute that this server knows: leave it out"},
		"misspelt":             {rest + fmt.Sprint(str("DOMIAN", "x")), "PROVFLD_DOMIAN is not an attribute that this server knows: did you mean PROVFLD_DOMAIN?"},
		"no prefix":            {rest + `<attributes><value>x</value><attributeID>DOMAIN</attributeID></attributes>`, "DOMAIN is not an attribute that this server knows: did you mean PROVFLD_DOMAIN?"},
		"small letters":        {rest + `<attributes><value>x</value><attributeID>provfld_domain</attributeID></attributes>`, "did you mean PROVFLD_DOMAIN?"},
		"not supported":        {rest + fmt.Sprint(str("CUSTOM_ENCRYPT_PWD", "x")), "PROVFLD_CUSTOM_ENCRYPT_PWD is not supported"},
		"string for a number":  {rest + fmt.Sprint(str("ACTIVATION_TYPE", "1")), "PROVFLD_ACTIVATION_TYPE has another xsi:type"},
		"boolean for a text":   {rest + fmt.Sprint(typed{"DOMAIN", "boolean", "true"}), "PROVFLD_DOMAIN has another xsi:type"},
		"date for a text":      {rest + fmt.Sprint(typed{"DOMAIN", "dateTime", "2026-11-22T10:00:00Z"}), "PROVFLD_DOMAIN has another xsi:type"},
		"type of no attribute": {rest + fmt.Sprint(typed{"DOMAIN", "float", "1"}), "PROVFLD_DOMAIN has an xsi:type that no attribute has: it is xsd:string"},
		"no date":              {rest + fmt.Sprint(typed{"DOMAIN", "dateTime", "today"}), "PROVFLD_DOMAIN has a value that is none"},
		"no boolean":           {rest + fmt.Sprint(typed{"DOMAIN", "boolean", "maybe"}), "PROVFLD_DOMAIN has a value that is none"},
		"no int":               {rest + fmt.Sprint(typed{"DOMAIN", "int", "2147483648"}), "PROVFLD_DOMAIN has a value that is none"},
		"negative number":      {rest + fmt.Sprint(typed{"ACTIVATION_TYPE", "unsignedInt", "-1"}), "PROVFLD_ACTIVATION_TYPE has a value that is none"},
		"a byte too large":     {rest + fmt.Sprint(typed{"ACTIVATION_TYPE", "byte", "128"}), "PROVFLD_ACTIVATION_TYPE has a value that is none"},
		"an int below zero":    {rest + fmt.Sprint(typed{"ACTIVATION_TYPE", "int", "-1"}), "PROVFLD_ACTIVATION_TYPE has a wrong value"},
		"a long too large":     {rest + fmt.Sprint(typed{"ACTIVATION_TYPE", "long", "4294967296"}), "PROVFLD_ACTIVATION_TYPE has a wrong value"},
		"not positive":         {rest + fmt.Sprint(typed{"REQUEST_TYPE", "positiveInteger", "0"}), "PROVFLD_REQUEST_TYPE has a value that is none"},
		"a decimal":            {rest + fmt.Sprint(typed{"ACTIVATION_TYPE", "decimal", "1"}), "PROVFLD_ACTIVATION_TYPE has an xsi:type that no attribute has"},
		"date in wrong case":   {rest + fmt.Sprint(typed{"DOMAIN", "datetime", "2026-11-22T10:00:00Z"}), "PROVFLD_DOMAIN has an xsi:type that no attribute has"},
		"a stranger's type":    {rest + `<attributes><value xmlns:o="urn:other" xsi:type="o:string">master</value><attributeID>PROVFLD_DOMAIN</attributeID></attributes>`, "PROVFLD_DOMAIN has an xsi:type that no attribute has"},
		"no such request":      {rest + fmt.Sprint(typed{"REQUEST_TYPE", "unsignedInt", "1"}), "PROVFLD_REQUEST_TYPE has a wrong value: it takes 0"},
		"wrong form":           {rest + fmt.Sprint(str("SERIAL_NO", "VDS")), "PROVFLD_SERIAL_NO has a wrong value"},
		"negative option":      {rest + domain + `<attributeOptions><negative>true</negative></attributeOptions></attributes>`, "PROVFLD_DOMAIN is marked negative"},
		"null with a value":    {rest + domain + `<attributeOptions><null>1</null></attributeOptions></attributes>`, "PROVFLD_DOMAIN is marked null"},
		"wrong option":         {rest + domain + `<attributeOptions><masked>maybe</masked></attributeOptions></attributes>`, "attributeSet/attributes/attributeOptions/masked has a wrong value"},
		"no ID":                {rest + `<attributes><value>x</value></attributes>`, "attributeSet/attributes/attributeID is missing"},
		"nothing":              {"", "PROVFLD_COMPONENT_TYPE is missing: send it as xsd:string"},
	} {
		reply := l.run("-2", execute("DSAPPREGISTER", c.set))
		if words := text(reply, "//results/errorStack/errors/errorDesc"); !strings.Contains(words, c.words) || strings.Contains(words, "Password2") {
			t.Errorf("%s: %s", name, words)
		}
		if got := len(reply.FindElements("//results/resultAttribute/attributes")); got != 0 {
			t.Errorf("%s: %d attributes", name, got)
		}
	}
	reply := l.run("-2", execute("FORGET", user...))
	if words := text(reply, "//errorDesc"); !strings.HasPrefix(words, "cmd is no command") || !strings.Contains(words, "PROVISIONCMD_REGISTER") {
		t.Errorf("%s", words)
	}
}

// A command that ends an activation takes one proof of two, and says which.
func TestExactlyOneProof(t *testing.T) {
	l := newLab(t, false)
	registration := []typed{str("COMPONENT_TYPE", "srp-component"), str("REGISTRATIONID", "xiOb8GC2")}
	user := []typed{str("COMPONENT_TYPE", "srp-component"), str("USERID", "user1")}
	response, derived, signature := str("DP_RESPONSE", "755224"), str("DERIVATION_CODE", "0123456789ABCDEF755224"), str("SIGNATURE", "12345678")
	for _, c := range []struct {
		command string
		who     []typed
		proofs  []typed
		names   string
	}{
		{"ACTIVATE", user, []typed{response, derived}, "PROVFLD_DP_RESPONSE and PROVFLD_DERIVATION_CODE"},
		{"DSAPPACTIVATE", registration, []typed{response, derived}, "PROVFLD_DP_RESPONSE and PROVFLD_DERIVATION_CODE"},
		{"MDL_ACTIVATE", registration, []typed{response, signature}, "PROVFLD_SIGNATURE and PROVFLD_DP_RESPONSE"},
	} {
		for problem, proofs := range map[string][]typed{"are missing": nil, "are there together": c.proofs} {
			reply := l.run("-2", execute(c.command, append(c.who[:2:2], proofs...)...))
			if got, want := text(reply, "//errorDesc"), c.names+" "+problem+": send exactly one of them"; !strings.HasPrefix(got, want) {
				t.Errorf("%s: %q, want %q", c.command, got, want)
			}
		}
	}
}

// What toolkits differ in changes nothing.
func TestAttributeForms(t *testing.T) {
	l := newLab(t, false)
	rest := ""
	for _, a := range without(userAttributes("srp-component"), "DOMAIN") {
		rest += a.String()
	}
	for name, set := range map[string]string{
		"the other order":      rest + `<attributes><attributeID>PROVFLD_DOMAIN</attributeID><value xsi:type="xsd:string">master</value></attributes>`,
		"options first":        rest + `<attributes><attributeOptions><masked>true</masked></attributeOptions><attributeID>PROVFLD_DOMAIN</attributeID><value xsi:type="xsd:string">master</value></attributes>`,
		"no type":              rest + `<attributes><value>master</value><attributeID>PROVFLD_DOMAIN</attributeID></attributes>`,
		"in base64":            rest + `<attributes><value xsi:type="xsd:base64Binary">bWFzdGVy</value><attributeID>PROVFLD_DOMAIN</attributeID></attributes>`,
		"null":                 rest + `<attributes><attributeID>PROVFLD_DOMAIN</attributeID><attributeOptions><null>true</null></attributeOptions></attributes>`,
		"nil":                  rest + `<attributes><value xsi:nil="true"/><attributeID>PROVFLD_DOMAIN</attributeID></attributes>`,
		"a number":             rest + `<attributes><value xsi:type="xsd:unsignedInt"> 1 </value><attributeID>PROVFLD_ACTIVATION_TYPE</attributeID></attributes>`,
		"an Integer of Java's": rest + `<attributes><value xsi:type="xsd:int">+07</value><attributeID>PROVFLD_ACTIVATION_TYPE</attributeID></attributes>`,
		"a long":               rest + `<attributes><value xsi:type="xsd:long">4294967295</value><attributeID>PROVFLD_ACTIVATION_TYPE</attributeID></attributes>`,
		"a byte":               rest + `<attributes><value xsi:type="xsd:byte">00</value><attributeID>PROVFLD_REQUEST_TYPE</attributeID></attributes>`,
		"of Axis's registry":   rest + `<attributes><value xmlns:ns1="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/ProvisioningTypes.xsd" xsi:type="ns1:UserID">master</value><attributeID>PROVFLD_DOMAIN</attributeID></attributes>`,
		"undeclared prefixes":  rest + `<attributes xsi:type="PROV:Attribute"><value xsi:type="xs:string">master</value><attributeID xsi:type="x:y">PROVFLD_DOMAIN</attributeID><attributeOptions xsi:type="BASIC-TYPES:AttributeOptions"/></attributes>`,
		"undeclared base64":    rest + `<attributes><value xsi:type="xs:base64Binary">bWFzdGVy</value><attributeID>PROVFLD_DOMAIN</attributeID></attributes>`,
		"nothing, of Ruby's":   rest + `<attributes><attributeID>PROVFLD_DOMAIN</attributeID><attributeOptions><null>true</null></attributeOptions><value xsi:type="xsd:string"></value></attributes>`,
		"comments":             rest + `<!-- a --><attributes><!-- b --><value>mas<!-- c -->ter</value><!-- d --><attributeID>PROVFLD_DOMAIN<!-- e --></attributeID></attributes><!-- f -->`,
		"a number untyped":     rest + `<attributes><value>7</value><attributeID>PROVFLD_ACTIVATION_TYPE</attributeID></attributes>`,
	} {
		if reply := l.run("0", execute("DSAPPREGISTER", set)); attributeValue(reply, "DOMAIN") != "master" {
			t.Errorf("%s: %s", name, must(reply.WriteToString())(t))
		}
	}
}

// What toolkits send without a WSDL, in SOAP's encoding: arrays, and elements
// that refer to others. The trace shows no value of them.
func TestEncodedRequests(t *testing.T) {
	l := newLab(t, false)
	files := must(filepath.Glob("testdata/encoded/*.xml"))(t)
	if len(files) < 4 {
		t.Fatalf("only %d requests", len(files))
	}
	for _, file := range files {
		l.t.Log(file)
		reply := l.run("0", string(must(os.ReadFile(file))(t)))
		if attributeValue(reply, "SERIAL_NO") != "VDS1000140" {
			t.Errorf("%s: %s", file, must(reply.WriteToString())(t))
		}
	}
	if trace := l.trace.String(); strings.Contains(trace, "Password2") || strings.Contains(trace, "user1<") || !strings.Contains(trace, "PROVFLD_USERID") {
		t.Errorf("the trace shows a value, or no name: %s", trace)
	}
	if log := l.log.String(); strings.Contains(log, "Password2") || strings.Contains(log, "ignored=") {
		t.Errorf("log: %s", log)
	}
}

// The audit names the command.
func TestCommandInTheAudit(t *testing.T) {
	l := newLab(t, false)
	l.run("0", execute("DSAPPREGISTER", userAttributes("srp-component")...))
	var operations []string
	err := l.service.Store.View(t.Context(), func(v *store.View) error {
		for event, err := range store.Scan(v, audit.Events, audit.EventKey{}, audit.EventKey{}) {
			if err != nil {
				return err
			}
			operations = append(operations, event.Operation)
			line := must(json.Marshal(event))(t)
			if strings.Contains(string(line), "Password2") {
				t.Errorf("%s", line)
			}
		}
		return nil
	})
	if err != nil || !strings.Contains(strings.Join(operations, " "), "PROVISIONCMD_DSAPPREGISTER") {
		t.Errorf("%v %v", operations, err)
	}
}
