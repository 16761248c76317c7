package provisioning

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// reading is a handler that reads a command's attributes, as the door does,
// and keeps what came of it.
type reading struct {
	table   *commandTable
	handler http.Handler
	strict  bool

	got        operation.Values
	passedOver []string
	err        error
}

func newReading(t *testing.T) *reading {
	t.Helper()
	table, err := newCommandTable()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := newSchema()
	if err != nil {
		t.Fatal(err)
	}
	r := &reading{table: table}
	r.handler, err = soap.NewHandler(soap.Config{
		Operations: map[xml.Name]soap.Operation{{Space: wsdl.Provisioning, Local: "provisioningExecute"}: r.read},
		Schema:     schema, Namespaces: namespaces(), Detail: faultDetail,
		Describe: func(http.ResponseWriter, *http.Request) bool { return false },
		Log:      slog.New(slog.DiscardHandler), Rand: rand.Reader, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *reading) read(_ context.Context, request *soap.Request, dst []byte) ([]byte, error) {
	var in wsdl.ProvisioningExecute
	if r.err = request.Decode(&in); r.err == nil {
		r.got, r.passedOver, r.err = r.table.Read(r.table.commands[in.Cmd].Form, sent(in.AttributeSet.Attributes), r.strict)
	}
	return append(dst, "<read/>"...), nil
}

// send has the attributes read.
func (r *reading) send(c command, sent []sentAttribute) (operation.Values, error) {
	var set strings.Builder
	for _, a := range sent {
		set.WriteString("<attributes>" + strings.Join(a.children, " ") + "</attributes>")
	}
	r.got, r.passedOver, r.err = nil, nil, errors.New("nothing was read")
	r.handler.ServeHTTP(httptest.NewRecorder(), newPost(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:s="http://www.w3.org/2001/XMLSchema"><e:Body>`+
		`<p:provisioningExecute xmlns:p="`+wsdl.Provisioning+`"><cmd>`+c.Name+`</cmd><attributeSet>`+set.String()+
		`</attributeSet></p:provisioningExecute></e:Body></e:Envelope>`))
	return r.got, r.err
}

func newPost(body string) *http.Request {
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	return request
}

// sentAttribute is an attribute of a request and the ways of writing it that
// were drawn.
type sentAttribute struct {
	operation.Attribute
	value    string
	there    bool
	children []string // in the order that was drawn
}

// drawAttributes are those of a request for a command, with all that it
// requires, in any order.
func drawAttributes(rt *rapid.T, table *commandTable, c command) []sentAttribute {
	var sent []sentAttribute
	chosen := ""
	if len(c.OneOf) > 0 {
		chosen = rapid.SampledFrom(c.OneOf).Draw(rt, "the one of them")
	}
	for _, id := range c.In() {
		a := sentAttribute{Attribute: table.Attributes[attributePrefix+id]}
		switch {
		case slices.Contains(c.Required, id), id == chosen:
			a.there = true
		case slices.Contains(c.Optional, id):
			a.there = rapid.Bool().Draw(rt, id+" is there")
		}
		if !a.there && rapid.Bool().Draw(rt, id+" is left out") {
			continue
		}
		a.draw(rt)
		sent = append(sent, a)
	}
	return rapid.Permutation(sent).Draw(rt, "order of the attributes")
}

// draw draws the value and how it is written.
func (a *sentAttribute) draw(rt *rapid.T) {
	if a.there {
		a.value = drawValue(rt, a.Attribute)
	}
	options := rapid.SampledFrom([]string{"", "<attributeOptions/>", "<attributeOptions><masked>true</masked></attributeOptions>",
		"<attributeOptions><null>false</null><negative>0</negative><masked>false</masked></attributeOptions>"}).Draw(rt, a.ID+"'s options")
	value := ""
	switch {
	case a.there:
		value = a.element(rt)
	case rapid.Bool().Draw(rt, a.ID+" is null"):
		options = "<attributeOptions><null>true</null></attributeOptions>"
	default:
		value = `<value i:nil="true"/>`
	}
	a.children = rapid.Permutation([]string{value, "<attributeID>" + attributePrefix + a.ID + "</attributeID>", options}).Draw(rt, a.ID+"'s order")
}

func (a *sentAttribute) element(rt *rapid.T) string {
	var text strings.Builder
	_ = xml.EscapeText(&text, []byte(a.value)) // a Builder takes everything
	written := text.String()
	if a.Type != operation.TypeString && rapid.Bool().Draw(rt, a.ID+" between spaces") {
		written = "\n " + written + " "
	}
	if xsiType := rapid.SampledFrom(a.xsiTypes()).Draw(rt, a.ID+"'s type"); xsiType != "" {
		return `<value i:type="` + xsiType + `" ` + typePrefixes + `>` + written + `</value>`
	}
	return `<value>` + written + `</value>`
}

// typePrefixes declares those of xsiTypes, but for "gone".
const typePrefixes = `xmlns:old="http://www.w3.org/1999/XMLSchema" xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/" ` +
	`xmlns:basic="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/BasicTypes.xsd" xmlns:other="urn:other"`

// xsiTypes are the types that toolkits have been seen to give such a value,
// and their kin; "" is none.
func (a *sentAttribute) xsiTypes() []string {
	all := []string{"", "s:" + a.Type, "old:" + a.Type, "enc:" + a.Type, a.Type, "gone:" + a.Type, "gone:UserID", "basic:UserID"}
	if a.Type == operation.TypeString {
		return append(all, "s:token", "s:normalizedString", "s:anySimpleType", "enc:NMTOKEN", "gone:anyType")
	}
	if a.value == "0" {
		all = append(all, "s:nonPositiveInteger", "s:byte")
	}
	return append(all, "s:long", "s:integer", "s:nonNegativeInteger", "gone:unsignedLong", "enc:long")
}

func drawValue(rt *rapid.T, a operation.Attribute) string {
	switch {
	case a.Type == operation.TypeUnsignedInt && a.Pattern == "":
		return strconv.FormatUint(uint64(rapid.Uint32().Draw(rt, a.ID)), 10)
	case strings.HasPrefix(a.Pattern, "(?s)."):
		return rapid.StringOfN(rapid.RuneFrom(nil, unicode.L, unicode.N, unicode.P, unicode.S), 1, 40, 255).Draw(rt, a.ID)
	}
	return rapid.StringMatching("^("+a.Pattern+")$").Draw(rt, a.ID)
}

// What is written in any of the forms that toolkits have is read as it was
// meant.
func TestAttributesAreReadAsMeant(t *testing.T) {
	r := newReading(t)
	rapid.Check(t, func(rt *rapid.T) {
		c := rapid.SampledFrom(commands()).Draw(rt, "command")
		sent, want := drawAttributes(rt, r.table, c), operation.Values{}
		for _, a := range sent {
			if a.there {
				want[a.ID] = a.value
			}
		}
		got, err := r.send(c, sent)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("attributes (-sent +read):\n%s", diff)
		}
	})
}

// One thing wrong is refused by its attribute's name, without its value.
func TestWrongAttributesAreNamed(t *testing.T) {
	r := newReading(t)
	wrongs := map[string]func(*rapid.T, *sentAttribute) []sentAttribute{
		"negative": func(_ *rapid.T, a *sentAttribute) []sentAttribute {
			return a.with("<attributeOptions><negative>true</negative></attributeOptions>", a.child("value"))
		},
		"null and a value": func(_ *rapid.T, a *sentAttribute) []sentAttribute {
			return a.with("<attributeOptions><null>1</null></attributeOptions>", a.child("value"))
		},
		"another type": func(rt *rapid.T, a *sentAttribute) []sentAttribute {
			other := []string{"s:string", "s:token", "gone:string", "enc:boolean", "s:decimal", "old:dateTime", "other:int"}
			if a.Type == operation.TypeString {
				other = []string{"s:int", "s:nonNegativeInteger", "gone:long", "s:boolean", "s:dateTime", "s:float", "other:string"}
			}
			return a.with("", `<value i:type="`+rapid.SampledFrom(other).Draw(rt, "type")+`" `+typePrefixes+`>1</value>`)
		},
		"twice, with different values": func(_ *rapid.T, a *sentAttribute) []sentAttribute {
			return append(a.with("<attributeOptions><null>true</null></attributeOptions>", ""), *a)
		},
	}
	names := []string{"another type", "negative", "null and a value", "twice, with different values"}
	rapid.Check(t, func(rt *rapid.T) {
		c := rapid.SampledFrom(commands()).Draw(rt, "command")
		sent := drawAttributes(rt, r.table, c)
		at := rapid.SampledFrom(slices.DeleteFunc(indexes(sent), func(i int) bool { return !sent[i].there })).Draw(rt, "attribute")
		a := sent[at]
		wrong := rapid.SampledFrom(append(names, "missing")).Draw(rt, "wrong")
		if wrong == "missing" {
			if !slices.Contains(c.Required, a.ID) {
				return
			}
			sent = slices.Delete(sent, at, at+1)
		} else {
			sent = slices.Concat(sent[:at], wrongs[wrong](rt, &a), sent[at+1:])
		}
		_, err := r.send(c, sent)
		field, ok := errors.AsType[*soap.FieldError](err)
		if !ok || field.Path != attributePrefix+a.ID {
			rt.Fatalf("%s of %s: %v", wrong, a.ID, err)
		}
		if len(a.value) > 8 && strings.Contains(err.Error(), a.value) {
			rt.Fatalf("%s of %s is answered with its value: %v", wrong, a.ID, err)
		}
	})
}

// What a command does not take, and what says the same again, changes nothing
// and is named, unless the door is strict.
func TestSuperfluousAttributes(t *testing.T) {
	lenient, strict := newReading(t), newReading(t)
	strict.strict = true
	rapid.Check(t, func(rt *rapid.T) {
		c := rapid.SampledFrom(commands()).Draw(rt, "command")
		sent := drawAttributes(rt, lenient.table, c)
		want, err := lenient.send(c, sent)
		if err != nil {
			rt.Fatal(err)
		}
		other := rapid.SampledFrom(attributes()).Filter(func(a operation.Attribute) bool { return a.Unsupported == "" && !slices.Contains(c.In(), a.ID) }).Draw(rt, "not taken")
		superfluous := sentAttribute{Attribute: other, children: []string{"<value>anything</value>", "<attributeID>" + attributePrefix + other.ID + "</attributeID>"}}
		again := rapid.SampledFrom(sent).Draw(rt, "again")
		all := rapid.Permutation(slices.Concat(sent, []sentAttribute{superfluous, again})).Draw(rt, "order of all")
		got, err := lenient.send(c, all)
		if err != nil || !cmp.Equal(want, got) {
			rt.Fatalf("read %v, %v; want %v", got, err, want)
		}
		if diff := cmp.Diff([]string{attributePrefix + other.ID}, lenient.passedOver); diff != "" {
			rt.Fatalf("passed over: %s", diff)
		}
		for _, more := range []sentAttribute{superfluous, again} {
			_, err := strict.send(c, append(slices.Clone(sent), more))
			if _, ok := errors.AsType[*soap.FieldError](err); !ok {
				rt.Fatalf("strict takes %s: %v", more.ID, err)
			}
		}
	})
}

func indexes[T any](all []T) (out []int) {
	for i := range all {
		out = append(out, i)
	}
	return out
}

// child is the one of an element's name.
func (a *sentAttribute) child(name string) string {
	at := slices.IndexFunc(a.children, func(child string) bool { return strings.HasPrefix(child, "<"+name) })
	return a.children[at]
}

// with is the attribute with other options and another value.
func (a *sentAttribute) with(options, value string) []sentAttribute {
	changed := *a
	changed.children = []string{value, a.child("attributeID"), options}
	return []sentAttribute{changed}
}

// A reply says every value under its type, in the order of the table, and
// which are masked.
func TestAttributesAreWrittenAsMeant(t *testing.T) {
	table, err := newCommandTable()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		c := rapid.SampledFrom(commands()).Draw(rt, "command")
		result := operation.Values{}
		var want []string
		for _, id := range c.Out {
			if rapid.Bool().Draw(rt, id+" is there") {
				a := table.Attributes[attributePrefix+id]
				result[id] = drawValue(rt, operation.Attribute{ID: id, Pattern: "(?s).{1,40}"})
				want = append(want, attributePrefix+id, "xsd:"+a.Type, result[id], strconv.FormatBool(a.Masked))
			}
		}
		reply := etree.NewDocument()
		written := replyProvisioningExecute(nil, wsdl.CommandStatusResponse{}, table.write(c, result))
		if err := reply.ReadFromString(`<r xmlns:xsi="x" xmlns:PROV-TYPES="y" xmlns:BASIC-TYPES="z" xmlns:PROVISIONING-TYPES="w">` + string(written) + `</r>`); err != nil {
			rt.Fatal(err)
		}
		var got []string
		for _, a := range reply.FindElements("//resultAttribute/attributes") {
			value, masked := a.FindElement("value"), a.FindElement("attributeOptions/masked")
			got = append(got, a.FindElement("attributeID").Text(), value.SelectAttrValue("xsi:type", ""), value.Text(),
				strconv.FormatBool(masked != nil && masked.Text() == "true"))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("attributes (-want +written):\n%s", diff)
		}
	})
}
