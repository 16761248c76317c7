package wsdl_test

import (
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/wsdl"
)

// envelope puts what an Append function wrote where its prefixes are declared.
func envelope(body []byte) []byte {
	out := []byte("<e")
	for _, n := range wsdl.Namespaces() {
		out = append(out, " xmlns:"+n.Prefix+`="`+n.URI+`"`...)
	}
	return append(append(append(out, '>'), body...), "</e>"...)
}

func unwrap(t interface{ Fatal(...any) }, body []byte, out any) {
	type wrapped struct {
		Inner []byte `xml:",innerxml"`
	}
	var w wrapped
	if err := xml.Unmarshal(envelope(body), &w); err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(string(envelope(body))))
	for depth := 0; ; {
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if depth++; depth == 2 {
			if err := d.DecodeElement(out, &start); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
}

func ignoreNames() cmp.Option {
	return cmp.FilterValues(func(a, b xml.Name) bool { return true }, cmp.Ignore())
}

func registered() *wsdl.DsappSRPRegisterResponse {
	unit := "R&D"
	return &wsdl.DsappSRPRegisterResponse{
		Status: wsdl.CommandStatusResponse{ResultCodes: wsdl.ResultCodes{ReturnCodeEnum: "RET_SUCCESS", StatusCodeEnum: "STAT_SUCCESS"}},
		Result: &wsdl.DSAPPSRPRegisterResult2{
			RegistrationID: "xiOb8GC2", ActivationPassword: "Tb048aX1",
			User:         wsdl.UserOutput{UserID: "user1", Domain: "master", OrgUnit: &unit},
			SerialNumber: "VDS1000140", DigipassGatewayID: "0123456789",
		},
	}
}

func TestReply(t *testing.T) {
	const want = `<PROV-TYPES:dsappSRPRegisterResponse>` +
		`<status><resultCodes><returnCodeEnum>RET_SUCCESS</returnCodeEnum><statusCodeEnum>STAT_SUCCESS</statusCodeEnum>` +
		`<returnCode>0</returnCode><statusCode>0</statusCode></resultCodes>` +
		`<errorStack xsi:type="BASIC-TYPES:ErrorStack"></errorStack></status>` +
		`<result xsi:type="PROVISIONING-TYPES:DSAPPSRPRegisterResult2"><registrationID>xiOb8GC2</registrationID>` +
		`<activationPassword>Tb048aX1</activationPassword>` +
		`<user><userID>user1</userID><domain>master</domain><orgUnit>R&amp;D</orgUnit></user>` +
		`<serialNumber>VDS1000140</serialNumber><digipassGatewayID>0123456789</digipassGatewayID></result>` +
		`</PROV-TYPES:dsappSRPRegisterResponse>`
	if diff := cmp.Diff(want, string(wsdl.AppendDsappSRPRegisterResponse(nil, registered()))); diff != "" {
		t.Error(diff)
	}
}

func TestRefusal(t *testing.T) {
	reply := wsdl.DsappSRPActivateResponse{Status: wsdl.CommandStatusResponse{
		ResultCodes: wsdl.ResultCodes{ReturnCodeEnum: "RET_FAILURE", StatusCodeEnum: "STAT_NOT_FOUND", ReturnCode: -1, StatusCode: -13},
		ErrorStack:  wsdl.ErrorStack{Errors: []wsdl.ErrorStackEntry{{ErrorCode: -13, ErrorDesc: "a <b>"}, {ErrorCode: 1}}},
	}}
	root := parse(t, envelope(wsdl.AppendDsappSRPActivateResponse(nil, &reply)))
	if root.FindElement("//result") != nil {
		t.Error("a refusal has a result")
	}
	var got wsdl.DsappSRPActivateResponse
	unwrap(t, wsdl.AppendDsappSRPActivateResponse(nil, &reply), &got)
	if diff := cmp.Diff(reply, got, ignoreNames()); diff != "" {
		t.Error(diff)
	}
}

// Only the wrapper is in a namespace, no default namespace is in scope, and
// xsi:type stands on complex elements only.
func TestNamespaces(t *testing.T) {
	root := parse(t, envelope(wsdl.AppendDsappSRPRegisterResponse(nil, registered())))
	wrapper := root.ChildElements()[0]
	if got := wrapper.NamespaceURI(); got != wsdl.Provisioning {
		t.Errorf("the wrapper is in %q", got)
	}
	for _, e := range wrapper.FindElements(".//*") {
		if e.NamespaceURI() != "" {
			t.Errorf("%s is in a namespace", e.GetPath())
		}
		if len(e.ChildElements()) == 0 && len(e.Attr) > 0 && e.Tag != "errorStack" {
			t.Errorf("%s is simple and has attributes", e.GetPath())
		}
	}
}

// allowedText draws what XML 1.0 allows, with a liking for what has to be
// escaped.
func allowedText() *rapid.Generator[string] {
	return rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune("<>&\"'\t\n\r]")), rapid.Rune().Filter(func(r rune) bool {
		return r >= 0x20 && r != 0xFFFE && r != 0xFFFF && (r < 0xD800 || r > 0xDFFF)
	})))
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := wsdl.DsappSRPRegister{
			ActivationType: rapid.Ptr(rapid.Int32(), true).Draw(t, "activationType"),
			ComponentType:  allowedText().Draw(t, "componentType"),
			User:           wsdl.UserInput{UserID: allowedText().Draw(t, "userID"), Domain: rapid.Ptr(allowedText(), true).Draw(t, "domain")},
			Credential:     wsdl.RegisterCredentialInput{StaticPassword: allowedText().Draw(t, "staticPassword")},
			SerialNumber:   rapid.Ptr(allowedText(), true).Draw(t, "serialNumber"),
		}
		body, err := wsdl.AppendDsappSRPRegister(nil, &in)
		if err != nil {
			t.Fatal(err)
		}
		var got wsdl.DsappSRPRegister
		unwrap(t, body, &got)
		if diff := cmp.Diff(in, got, ignoreNames(), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

// A reply goes out whatever a text holds; a request that would not arrive as
// it was meant is refused.
func TestNotAllowedInXML(t *testing.T) {
	for _, text := range []string{"\x00", "a\x01b", "\x1f", "\ufffe", "\uffff", "\xff", "a\xed\xa0\x80", "\xc3"} {
		reply := registered()
		reply.Result.User.UserID = text
		var got wsdl.DsappSRPRegisterResponse
		unwrap(t, wsdl.AppendDsappSRPRegisterResponse(nil, reply), &got)
		if !strings.ContainsRune(got.Result.User.UserID, utf8.RuneError) {
			t.Errorf("%q was written as %q", text, got.Result.User.UserID)
		}
		_, err := wsdl.AppendDsappSRPRegister(nil, &wsdl.DsappSRPRegister{Credential: wsdl.RegisterCredentialInput{StaticPassword: text}})
		var refused wsdl.TextError
		if !errors.As(err, &refused) || string(refused) != "staticPassword" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestFaultDetail(t *testing.T) {
	line := int32(3)
	detail := wsdl.AppendProvisioningFault([]byte("x"), &wsdl.ProvisioningFault{Reason: "TooDeep", RequestID: "1", Line: &line})
	d := etree.NewDocument()
	if err := d.ReadFromBytes(envelope(detail[1:])); err != nil {
		t.Fatal(err)
	}
	if got := d.FindElement("e/provisioningFault/line").Text(); got != "3" {
		t.Errorf("line %q", got)
	}
}

// The reference is encoding/xml writing the same values.
func BenchmarkAppendReply(b *testing.B) {
	const rounds = 5000
	reply := registered()
	start := time.Now()
	for range rounds {
		if _, err := xml.Marshal(reply); err != nil {
			b.Fatal(err)
		}
	}
	reference := float64(time.Since(start)) / rounds
	var buffer []byte
	b.ReportAllocs()
	for b.Loop() {
		buffer = wsdl.AppendDsappSRPRegisterResponse(buffer[:0], reply)
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/reference, "ratio-to-encoding/xml")
}
