package soap_test

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// receivers are the types of all requests.
func receivers() []soap.Receiver {
	return []soap.Receiver{
		new(wsdl.DsappSRPRegister), new(wsdl.DsappSRPGenerateEphemeralKey), new(wsdl.DsappSRPGenerateActivationData),
		new(wsdl.DsappSRPActivate), new(wsdl.GetAppUpgradeInfo), new(wsdl.UpdateDevicePNID), new(wsdl.ProvisioningExecute),
		new(wsdl.AuthUser), new(wsdl.GetChallenge), new(wsdl.UpdatePassword),
		new(wsdl.Logon), new(wsdl.Logoff), new(wsdl.Sessionalive), new(wsdl.AdminSessionQuery),
		new(wsdl.UserExecute), new(wsdl.UserQuery), new(wsdl.UserattributeExecute), new(wsdl.UserattributeQuery),
		new(wsdl.DigipassExecute), new(wsdl.DigipassQuery), new(wsdl.DigipassapplExecute),
		new(wsdl.DomainExecute), new(wsdl.DomainQuery), new(wsdl.OrgunitExecute), new(wsdl.OrgunitQuery),
		new(wsdl.GetSecureChallenge), new(wsdl.CancelAuthUser), new(wsdl.AuthSignature), new(wsdl.GenRequest),
	}
}

// reading is what became of a request, read into a type with methods or without.
type reading struct {
	handler *soap.Handler
	value   any
	err     error
}

// newReading decodes every request into its type or, bare, into one with the same
// fields and no methods, which encoding/xml decodes.
func newReading(t testing.TB, strict, bare bool) *reading {
	t.Helper()
	r := new(reading)
	c := config(t, &heard{})
	c.Strict = strict
	c.Operations = map[xml.Name]soap.Operation{}
	for _, receiver := range receivers() {
		in := reflect.TypeOf(receiver).Elem()
		into := in
		if bare {
			into = reflect.StructOf(reflect.VisibleFields(in))
		}
		c.Operations[elementOf(in)] = func(_ context.Context, request *soap.Request, dst []byte) ([]byte, error) {
			v := reflect.New(into)
			r.err = request.Decode(v.Interface())
			r.value = v.Elem().Convert(in).Interface()
			return dst, nil
		}
	}
	var err error
	if r.handler, err = soap.NewHandler(c); err != nil {
		t.Fatal(err)
	}
	return r
}

func elementOf(in reflect.Type) xml.Name {
	field, _ := in.FieldByName("XMLName")
	space, local, _ := strings.Cut(field.Tag.Get("xml"), " ")
	return xml.Name{Space: space, Local: local}
}

// read posts an envelope and says what became of it. What a field error leaves of
// the value is nobody's.
func (r *reading) read(media, body string) string {
	r.value, r.err = nil, nil
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	request.Header.Set("Content-Type", media)
	reply := httptest.NewRecorder()
	r.handler.ServeHTTP(reply, request)
	if r.err != nil {
		return fmt.Sprintf("%T %v", r.err, r.err)
	}
	_, answered, _ := strings.Cut(reply.Body.String(), "Body>")
	if at := strings.Index(answered, "<requestID>"); at >= 0 {
		answered = answered[:at]
	}
	return answered
}

// compareReadings fails if a type that receives is not read as encoding/xml decodes
// the same fields.
func compareReadings(t interface{ Fatalf(string, ...any) }, own, reference *reading, media, body string) {
	got, want := own.read(media, body), reference.read(media, body)
	if got != want {
		t.Fatalf("%s\nis read as %s\nand by encoding/xml as %s", body, got, want)
	}
	if own.err == nil {
		if diff := cmp.Diff(reference.value, own.value); diff != "" {
			t.Fatalf("%s\nis read otherwise by encoding/xml: -encoding/xml +own\n%s", body, diff)
		}
	}
}

// FuzzReceiver reads anything into the types of requests, and beside it by
// encoding/xml: what becomes of it is the same.
func FuzzReceiver(f *testing.F) {
	for _, file := range requests(f) {
		head, body, _ := strings.Cut(string(file), "\n\n")
		_, media, _ := strings.Cut(head, "Content-Type: ")
		media, _, _ = strings.Cut(media, "\n")
		f.Add(media, body, false)
		f.Add(media, body, true)
	}
	var own, reference [2]*reading
	for i := range own {
		own[i], reference[i] = newReading(f, i == 1, false), newReading(f, i == 1, true)
	}
	f.Fuzz(func(t *testing.T, media, body string, strict bool) {
		i := 0
		if strict {
			i = 1
		}
		compareReadings(t, own[i], reference[i], media, body)
	})
}

// Messages of every request, with elements missing, repeated, empty, nil and wrong, are
// read as encoding/xml decodes them.
func TestReceiversReadAsEncodingXML(t *testing.T) {
	own, reference := newReading(t, false, false), newReading(t, false, true)
	elements := wsdl.Elements()
	for _, receiver := range receivers() {
		name := elementOf(reflect.TypeOf(receiver).Elem())
		at := slices.IndexFunc(elements, func(e wsdl.Element) bool { return e.Depth == 0 && e.Namespace == name.Space && e.Name == name.Local })
		right := 0
		ok := t.Run(name.Local, rapid.MakeCheck(func(t *rapid.T) {
			var b strings.Builder
			b.WriteString(`<e:Envelope xmlns:e="` + soap.EnvelopeNamespace + `" xmlns:x="http://www.w3.org/2001/XMLSchema-instance" xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:o="` + name.Space + `"><e:Body>`)
			writeRandom(t, &b, elements[at:], "o:")
			b.WriteString(`</e:Body></e:Envelope>`)
			compareReadings(t, own, reference, "text/xml; charset=utf-8", b.String())
			if own.err == nil {
				right++
			}
		}))
		if ok && right == 0 {
			t.Errorf("no message of %s was right", name.Local)
		}
	}
}

// writeRandom writes the first element with what its schema lets it hold, or nearly.
func writeRandom(t *rapid.T, b *strings.Builder, elements []wsdl.Element, prefix string) {
	e := elements[0]
	open := "<" + prefix + e.Name
	if e.Base == "anyType" && rapid.Bool().Draw(t, "typed") {
		open += ` x:type="s:` + rapid.SampledFrom([]string{"string", "int", "base64Binary"}).Draw(t, "type") + `"`
	}
	if rapid.IntRange(0, 40).Draw(t, "nil") == 0 {
		open += ` x:nil="true"`
	}
	b.WriteString(open + ">")
	if e.Base != "" {
		b.WriteString(randomText(t, e))
	}
	for i := 1; i < len(elements) && elements[i].Depth > e.Depth; i++ {
		child := elements[i]
		if child.Depth != e.Depth+1 {
			continue
		}
		most := 1
		if child.MaxOccurs != 1 || rapid.IntRange(0, 60).Draw(t, "again") == 0 {
			most = 3
		}
		least := child.MinOccurs
		if rapid.IntRange(0, 60).Draw(t, "missing") == 0 {
			least = 0
		}
		for range rapid.IntRange(min(least, most), most).Draw(t, "occurrences") {
			writeRandom(t, b, elements[i:], "")
		}
	}
	b.WriteString("</" + prefix + e.Name + ">")
}

// randomText is one that a simple element takes, as a rule.
func randomText(t *rapid.T, e wsdl.Element) string {
	texts := map[string][]string{"int": {"7", " -1 ", "2147483648"}, "boolean": {"true", "0", "maybe"}}[e.Base]
	if texts == nil {
		texts = []string{"a text", "ü&amp;\r\n", "", "755224", "VDS1000140", "0123456789ABCDEF0123456789abcdef", strings.Repeat("0", e.MinLength)}
	}
	text := rapid.SampledFrom(texts).Draw(t, "text")
	right := regexp.MustCompile("^(?:" + e.Pattern + ")$")
	fits := slices.IndexFunc(texts, func(text string) bool {
		return (e.Pattern == "" || right.MatchString(text)) && len(text) >= e.MinLength && (e.MaxLength == 0 || len(text) <= e.MaxLength)
	})
	if fits >= 0 && rapid.IntRange(0, 9).Draw(t, "fits") > 0 {
		return texts[fits]
	}
	return text
}

// A new request joins the types above.
func TestReceiversAreAllRequests(t *testing.T) {
	var listed []string
	for _, receiver := range receivers() {
		listed = append(listed, elementOf(reflect.TypeOf(receiver).Elem()).Local)
	}
	for _, e := range wsdl.Elements() {
		isReply := strings.HasSuffix(e.Name, "Response") || strings.HasSuffix(e.Name, "Fault")
		if e.Depth == 0 && !isReply && !slices.Contains(listed, e.Name) {
			t.Errorf("%s is not among receivers", e.Name)
		}
	}
}
