package soap_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// FuzzEnvelope posts anything: it gets an answer that is an envelope, never
// an internal error, and what an operation heard was well-formed XML.
func FuzzEnvelope(f *testing.F) {
	for _, file := range requests(f) {
		head, body, _ := bytes.Cut(file, []byte("\n\n"))
		_, media, _ := strings.Cut(string(head), "Content-Type: ")
		media, _, _ = strings.Cut(media, "\n")
		f.Add(body, media, false)
		f.Add(body, media, true)
	}
	var h heard
	var handlers [2]*soap.Handler
	for i := range handlers {
		c := config(f, &h)
		c.Strict = i == 1
		c.Trace = &soap.Trace{Schema: c.Schema, Writer: &bytes.Buffer{}}
		var err error
		if handlers[i], err = soap.NewHandler(c); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, media string, strict bool) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", media)
		r.Header.Set("Content-Length", "1")
		w := httptest.NewRecorder()
		handler := handlers[0]
		if strict {
			handler = handlers[1]
		}
		handler.ServeHTTP(w, r)
		reply := etree.NewDocument()
		if err := reply.ReadFromBytes(w.Body.Bytes()); err != nil {
			t.Fatalf("%v: %s", err, w.Body)
		}
		if code := reply.FindElement("//faultcode"); code != nil && code.Text() == "SOAP-ENV:Server" {
			t.Errorf("an internal error: %s", w.Body)
		}
		if h.take() != "" && bytes.HasPrefix(body, []byte("<")) && !bytes.Contains(body, []byte("\x00")) && !bytes.Contains(body, []byte("encoding")) && media == "text/xml" {
			if err := xml.Unmarshal(body, new(struct{})); err != nil {
				t.Errorf("heard although %v", err)
			}
		}
	})
}

func FuzzDsappSRPRegister(f *testing.F) {
	fuzzOperation(f, "dsappSRPRegister", wsdl.AppendDsappSRPRegister)
}

func FuzzDsappSRPGenerateEphemeralKey(f *testing.F) {
	fuzzOperation(f, "dsappSRPGenerateEphemeralKey", wsdl.AppendDsappSRPGenerateEphemeralKey)
}

func FuzzDsappSRPGenerateActivationData(f *testing.F) {
	fuzzOperation(f, "dsappSRPGenerateActivationData", wsdl.AppendDsappSRPGenerateActivationData)
}

func FuzzDsappSRPActivate(f *testing.F) {
	fuzzOperation(f, "dsappSRPActivate", wsdl.AppendDsappSRPActivate)
}

// fuzzOperation fuzzes what an operation's element holds. Whatever was read
// from it, however loosely, can be written and is then read strictly as the
// same.
func fuzzOperation[In any](f *testing.F, operation string, write func([]byte, *In) ([]byte, error)) {
	for _, file := range requests(f) {
		_, rest, _ := bytes.Cut(file, []byte(":"+operation+" "))
		_, inner, ok := bytes.Cut(rest, []byte(">"))
		if end := bytes.Index(inner, []byte(":"+operation+">")); ok && end > 0 {
			inner = inner[:bytes.LastIndex(inner[:end], []byte("<"))]
			f.Add(inner)
		}
	}
	var last *In
	c := config(f, &heard{})
	c.Operations = map[xml.Name]soap.Operation{name(operation): func(_ context.Context, r *soap.Request, dst []byte) ([]byte, error) {
		var in In
		if err := r.Decode(&in); err != nil {
			if field, ok := errors.AsType[*soap.FieldError](err); ok && (field.Path == "" || field.Problem == "" || field.Mend == "") {
				f.Errorf("%#v says too little", field)
			}
			last = nil
			return dst, nil
		}
		last = &in
		return dst, nil
	}}
	lenient, err := soap.NewHandler(c)
	if err != nil {
		f.Fatal(err)
	}
	c.Strict = true
	strict, err := soap.NewHandler(c)
	if err != nil {
		f.Fatal(err)
	}
	read := func(h *soap.Handler, element []byte) *In {
		last = nil
		envelope := `<e:Envelope xmlns:e="` + soap.EnvelopeNamespace + `"`
		for _, n := range wsdl.Namespaces() {
			envelope += " xmlns:" + n.Prefix + `="` + n.URI + `"`
		}
		envelope += "><e:Body>" + string(element) + "</e:Body></e:Envelope>"
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(envelope))
		r.Header.Set("Content-Type", "text/xml")
		h.ServeHTTP(httptest.NewRecorder(), r)
		return last
	}
	f.Fuzz(func(t *testing.T, inner []byte) {
		tag := "PROV-TYPES:" + operation
		in := read(lenient, []byte("<"+tag+">"+string(inner)+"</"+tag+">"))
		if in == nil {
			return
		}
		element, err := write(nil, in)
		if err != nil {
			t.Fatalf("cannot be written: %v", err)
		}
		again := read(strict, element)
		if !reflect.DeepEqual(in, again) {
			one, _ := json.Marshal(in)
			other, _ := json.Marshal(again)
			t.Errorf("read %s, then %s", one, other)
		}
	})
}
