package wsdl_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/wsdl"
)

func parse(t *testing.T, document []byte) *etree.Element {
	t.Helper()
	d := etree.NewDocument()
	if err := d.ReadFromBytes(document); err != nil {
		t.Fatal(err)
	}
	return d.Root()
}

func attributes(elements []*etree.Element, name string) []string {
	var out []string
	for _, e := range elements {
		out = append(out, e.SelectAttrValue(name, ""))
	}
	return out
}

func operations() []string {
	return []string{"dsappSRPRegister", "dsappSRPGenerateEphemeralKey", "dsappSRPGenerateActivationData", "dsappSRPActivate", "getAppUpgradeInfo", "updateDevicePNID", "provisioningExecute"}
}

// Savon takes the wrapper's namespace from the definitions.
func TestTargetNamespace(t *testing.T) {
	root := parse(t, wsdl.Document("http://127.0.0.1/"))
	schema := root.FindElement("types/schema[@targetNamespace='" + wsdl.Provisioning + "']")
	for _, e := range []*etree.Element{root, schema} {
		if got := e.SelectAttrValue("targetNamespace", ""); got != wsdl.Provisioning {
			t.Errorf("targetNamespace of %s = %q", e.Tag, got)
		}
	}
	for name, want := range map[string]string{"BasicTypes.xsd": wsdl.BasicTypes, "ProvisioningTypes.xsd": wsdl.ProvisioningTypes} {
		imported := parse(t, []byte(wsdl.Schema(name)))
		if got := imported.SelectAttrValue("targetNamespace", ""); got != want {
			t.Errorf("targetNamespace of %s = %q", name, got)
		}
		if got := imported.SelectAttrValue("elementFormDefault", ""); got != "unqualified" {
			t.Errorf("elementFormDefault of %s = %q", name, got)
		}
	}
	if got := schema.SelectAttrValue("elementFormDefault", ""); got != "unqualified" {
		t.Errorf("elementFormDefault = %q", got)
	}
}

func TestDocumentLiteralWrapped(t *testing.T) {
	root := parse(t, wsdl.Document("http://127.0.0.1/"))
	if diff := cmp.Diff(operations(), attributes(root.FindElements("portType/operation"), "name")); diff != "" {
		t.Errorf("operations of the port type:\n%s", diff)
	}
	if diff := cmp.Diff(operations(), attributes(root.FindElements("binding/operation"), "name")); diff != "" {
		t.Errorf("operations of the binding:\n%s", diff)
	}
	if got := root.FindElement("binding/binding").SelectAttrValue("style", ""); got != "document" {
		t.Errorf("style = %q", got)
	}
	for _, use := range attributes(root.FindElements("binding/operation//body"), "use") {
		if use != "literal" {
			t.Errorf("use = %q", use)
		}
	}
	for _, operation := range operations() {
		for suffix, element := range map[string]string{"Input": operation, "Output": operation + "Response"} {
			parts := root.FindElements("message[@name='" + operation + suffix + "']/part")
			if len(parts) != 1 || parts[0].SelectAttrValue("element", "") != "prov:"+element {
				t.Errorf("message %s%s is not the one part %s", operation, suffix, element)
			}
		}
	}
}

// The order of children is the documented tables'.
func TestOrder(t *testing.T) {
	want := map[string]string{
		"dsappSRPRegister":                                                      "activationType componentType user credential serialNumber",
		"dsappSRPRegister/user":                                                 "userID domain",
		"dsappSRPRegister/credential":                                           "staticPassword",
		"dsappSRPRegisterResponse":                                              "status result",
		"dsappSRPRegisterResponse/status":                                       "resultCodes errorStack",
		"dsappSRPRegisterResponse/status/resultCodes":                           "returnCodeEnum statusCodeEnum returnCode statusCode",
		"dsappSRPRegisterResponse/status/errorStack":                            "errors",
		"dsappSRPRegisterResponse/result":                                       "registrationID activationPassword user serialNumber digipassGatewayID",
		"dsappSRPRegisterResponse/result/user":                                  "userID domain orgUnit",
		"dsappSRPGenerateEphemeralKey":                                          "componentType registrationID clientEphemeralPublicKey",
		"dsappSRPGenerateEphemeralKeyResponse/result":                           "serverEphemeralPublicKey salt",
		"dsappSRPGenerateActivationData":                                        "componentType registrationID clientEvidenceMessage",
		"dsappSRPGenerateActivationDataResponse":                                "status result",
		"dsappSRPGenerateActivationDataResponse/result":                         "standard mdl serverEvidenceMessage",
		"dsappSRPGenerateActivationDataResponse/result/standard":                "activationCode eventReactivationCounter",
		"dsappSRPGenerateActivationDataResponse/result/standard/activationCode": "encryptedData encryptedCounter mac",
		"dsappSRPGenerateActivationDataResponse/result/mdl":                     "activationMessage",
		"dsappSRPActivate":                                                      "componentType registrationID credential",
		"dsappSRPActivate/credential":                                           "response derivationCode",
		"dsappSRPActivateResponse/result":                                       "user serialNumber",
		"getAppUpgradeInfo":                                                     "componentType user serialNumber",
		"getAppUpgradeInfoResponse":                                             "status result",
		"getAppUpgradeInfoResponse/result":                                      "upgradeMessage",
		"updateDevicePNID":                                                      "componentType user serialNumber devicePNID",
		"updateDevicePNIDResponse":                                              "status",
		"provisioningExecute":                                                   "cmd attributeSet",
		"provisioningExecute/attributeSet":                                      "attributes",
		"provisioningExecute/attributeSet/attributes":                           "value attributeID attributeOptions",
		"provisioningExecute/attributeSet/attributes/attributeOptions":          "null negative masked",
		"provisioningExecuteResponse":                                           "results",
		"logon":                                                                 "attributeSet",
		"logon/attributeSet/attributes":                                         "attributeOptions value attributeID",
		"logonResponse/results":                                                 "resultCodes resultAttribute errorStack",
		"userExecute":                                                           "sessionID cmd attributeSet adminDomainInfoList",
		"userExecuteResponse/results":                                           "resultCodes resultAttribute errorStack",
		"userExecuteResponse/results/resultAttribute/attributes":                "attributeOptions value attributeID",
		"userQuery":                                 "sessionID attributeSet fieldSet queryOptions",
		"userQuery/queryOptions":                    "distinct rowoffset rowcount count sortorder",
		"userQueryResponse/results":                 "resultCodes resultAttribute errorStack resultCount",
		"userQueryResponse/results/resultAttribute": "attributeList",
		"provisioningExecuteResponse/results":       "resultCodes resultAttribute errorStack",
	}
	got := map[string]string{}
	var path []string
	for _, e := range wsdl.Elements() {
		path = append(path[:e.Depth], e.Name)
		if e.Depth > 0 {
			parent := strings.Join(path[:e.Depth], "/")
			got[parent] = strings.TrimSpace(got[parent] + " " + e.Name)
		}
	}
	for parent, children := range want {
		if got[parent] != children {
			t.Errorf("%s holds %q, want %q", parent, got[parent], children)
		}
	}
}

// The result of register is declared as the derived type, which replies name
// in xsi:type too: tools that do not follow xsi:type read all of it then.
func TestRegisterResult(t *testing.T) {
	result := parse(t, wsdl.Document("http://127.0.0.1/")).FindElement("types/schema/element[@name='dsappSRPRegisterResponse']/complexType/sequence/element[@name='result']")
	if got := result.SelectAttrValue("type", ""); got != "provtypes:DSAPPSRPRegisterResult2" {
		t.Errorf("declared as %s", got)
	}
	extension := parse(t, []byte(wsdl.Schema("ProvisioningTypes.xsd"))).FindElement("complexType[@name='DSAPPSRPRegisterResult2']/complexContent/extension")
	if got := extension.SelectAttrValue("base", ""); got != "provtypes:DSAPPSRPRegisterResult" {
		t.Errorf("extends %s", got)
	}
}

func TestSecrets(t *testing.T) {
	var got []string
	for _, e := range wsdl.Elements() {
		secret := slices.Contains(got, e.Name)
		if e.Secret && !secret {
			got = append(got, e.Name)
		}
		if secret && !e.Secret {
			t.Errorf("%s is secret in one place and not in another", e.Name)
		}
	}
	if want := []string{"staticPassword", "activationPassword", "clientEvidenceMessage", "serverEvidenceMessage", "response", "derivationCode", "devicePNID", "value", "sessionID"}; !slices.Equal(got, want) {
		t.Errorf("secrets are %v, want %v", got, want)
	}
}

func TestServe(t *testing.T) {
	for _, c := range []struct{ target, host, want string }{
		{"/?wsdl", "lab.example:8888", "http://lab.example:8888/"},
		{"/ias/Provisioning?WSDL", "[::1]:8888", "http://[::1]:8888/ias/Provisioning"},
		{"/a%20b?Wsdl=1", "h", "http://h/a%20b"},
		{"/?x=1&wsDL", "a&b'<", "http://a&b'</"},
		{"/p?singleWsdl", "h", "http://h/p"},
		{"/?SINGLEWSDL=", "h", "http://h/"},
		{"/?wsdl=Administration", "h", "http://h/"},
	} {
		r := httptest.NewRequest(http.MethodGet, c.target, nil)
		r.Host = c.host
		w := httptest.NewRecorder()
		if !wsdl.Serve(w, r, "") {
			t.Errorf("%s: not served", c.target)
			continue
		}
		got := parse(t, w.Body.Bytes()).FindElement("service/port/address").SelectAttrValue("location", "")
		if got != c.want {
			t.Errorf("%s: endpoint %q, want %q", c.target, got, c.want)
		}
	}
}

func TestServeOverTLS(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "https://lab.example/p?wsdl", nil)
	r.TLS = &tls.ConnectionState{}
	w := httptest.NewRecorder()
	wsdl.Serve(w, r, "")
	if !strings.Contains(w.Body.String(), `location="https://lab.example/p"`) {
		t.Error("the endpoint is not the https one")
	}
}

// Behind a proxy the endpoint is the proxy's.
func TestServeWithEndpoint(t *testing.T) {
	w := httptest.NewRecorder()
	wsdl.Serve(w, httptest.NewRequest(http.MethodGet, "http://inside:8888/p?wsdl", nil), "https://lab.example/?a&b")
	if !strings.Contains(w.Body.String(), `location="https://lab.example/?a&amp;b"`) || strings.Contains(w.Body.String(), "inside") {
		t.Error("the endpoint is not the one given")
	}
}

// A document that repeats the Host of its request is kept by no cache, which
// could hand it to a caller who asked for another.
func TestServeWithHostIsNotCached(t *testing.T) {
	for target, test := range map[string]struct{ endpoint, want string }{
		"/?wsdl":                      {"", "no-store"},
		"/p?WSDL=1":                   {"", "no-store"},
		"/p?singleWsdl":               {"", "no-store"},
		"/p?wsdl":                     {"https://lab.example/", ""},
		"/?xsd=ProvisioningTypes.xsd": {"", ""},
	} {
		w := httptest.NewRecorder()
		wsdl.Serve(w, httptest.NewRequest(http.MethodGet, target, nil), test.endpoint)
		if got := w.Header().Get("Cache-Control"); got != test.want {
			t.Errorf("%s, endpoint %q: Cache-Control %q, want %q", target, test.endpoint, got, test.want)
		}
	}
}

func TestServeIsAskedFor(t *testing.T) {
	for _, target := range []string{"/", "/?x", "/wsdl"} {
		if wsdl.Serve(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, target, nil), "") {
			t.Errorf("%s was served", target)
		}
	}
}

func TestNoSuchSchema(t *testing.T) {
	w := httptest.NewRecorder()
	served := wsdl.Serve(w, httptest.NewRequest(http.MethodGet, "/?xsd=none.xsd", nil), "")
	if !served || w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "There is no schema of this name") {
		t.Errorf("served %t: %d %q", served, w.Code, w.Body)
	}
}

// What a schema imports is found as a client finds it: relative to the
// document it stands in.
func TestImports(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !wsdl.Serve(w, r, "") {
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	seen := map[string]bool{}
	for _, name := range []string{"/ias/provisioning?xsd=Provisioning.xsd", "/BasicTypes.xsd", "/ias/provisioning.XSD"} {
		follow(t, server.URL+name, seen)
	}
	for _, name := range []string{"ProvisioningTypes.xsd", "BasicTypes.xsd"} {
		if !seen[server.URL+"/ias/provisioning?xsd="+name] || !seen[server.URL+"/ias/provisioning.XSD?xsd="+name] {
			t.Errorf("followed only %v", seen)
		}
	}
}

func follow(t *testing.T, address string, seen map[string]bool) {
	t.Helper()
	if seen[address] {
		return
	}
	seen[address] = true
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	document := etree.NewDocument()
	if _, err := document.ReadFrom(r.Body); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", address, r.StatusCode, err)
	}
	base, _ := url.Parse(address)
	for _, i := range document.FindElements("//import") {
		location, err := base.Parse(i.SelectAttrValue("schemaLocation", ""))
		if err != nil {
			t.Fatal(err)
		}
		follow(t, location.String(), seen)
	}
}
