package dsapp

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/oath"
)

type signatureVector struct {
	oath.Parameters
	Secret       string
	MovingFactor uint64
	Fields       []string

	Question, Signature, ConfirmationCode string
}

type requestVector struct {
	oath.Parameters
	Kind           RequestKind
	SerialNumber   string
	SequenceNumber uint8
	Secret, Nonce  string
	Expiry         int64
	Title          string
	Fields         []RequestField

	Message, Question, Answer string
}

func (v requestVector) request(t testing.TB) Request {
	header := RequestHeader{v.Kind, v.SerialNumber, v.SequenceNumber, [8]byte(unhex(t, v.Nonce)), time.Unix(v.Expiry, 0).UTC()}
	return Request{header, v.Title, v.Fields}
}

// readLoginVectors decodes the vectors of sections 12 and 13, which came from an
// implementation in another language.
func readLoginVectors(t testing.TB) (v struct {
	Signatures []signatureVector
	Requests   []requestVector
}) {
	t.Helper()
	file, err := os.ReadFile("../testdata/vectors-login.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Signatures) < 12 || len(v.Requests) < 10 {
		t.Fatalf("%d signatures and %d requests, there were 12 and 10", len(v.Signatures), len(v.Requests))
	}
	return v
}

func TestSignatureVectors(t *testing.T) {
	for _, v := range readLoginVectors(t).Signatures {
		question, err := DataQuestion(v.Fields)
		if err != nil || EncodeHex(question[:]) != v.Question {
			t.Errorf("%q: question %X, %v", v.Fields, question, err)
		}
		secret := unhex(t, v.Secret)
		signature, err := Sign(secret, v.MovingFactor, v.Parameters, question)
		if err != nil || signature != v.Signature {
			t.Errorf("%q: signature %s, %v, want %s", v.Fields, signature, err, v.Signature)
		}
		if code, err := ConfirmationCode(secret, question, signature); err != nil || code != v.ConfirmationCode {
			t.Errorf("%q: confirmation code %s, %v, want %s", v.Fields, code, err, v.ConfirmationCode)
		}
		if factor, ok := MatchSignature(secret, v.Signature, v.Parameters, question, v.MovingFactor-min(v.MovingFactor, 3), v.MovingFactor+3); !ok || factor != v.MovingFactor {
			t.Errorf("%q: matched %d, %v", v.Fields, factor, ok)
		}
	}
}

func TestRequestVectors(t *testing.T) {
	for _, v := range readLoginVectors(t).Requests {
		secret, request := unhex(t, v.Secret), v.request(t)
		sealed, err := request.Seal(secret)
		if err != nil || sealed.String() != v.Message {
			t.Errorf("%s: message %s, %v, want %s", request.Name(), sealed, err, v.Message)
		}
		parsed, err := ParseRequestMessage(v.Message)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := parsed.Open(secret)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(request.Title, opened.Title) + cmp.Diff(request.RequestHeader, opened.RequestHeader); diff != "" || len(request.Fields) != len(opened.Fields) {
			t.Errorf("%s is opened as another: %s", request.Name(), diff)
		}
		question, err := opened.Question()
		if err != nil || EncodeHex(question[:]) != v.Question {
			t.Errorf("%s: question %X, %v", request.Name(), question, err)
		}
		if answer, err := Answer(secret, v.Parameters, question); err != nil || answer != v.Answer || !MatchAnswer(secret, answer, v.Parameters, question) {
			t.Errorf("%s: answer %s, %v, want %s", request.Name(), answer, err, v.Answer)
		}
	}
}

// Whatever is altered on the way, or read with another secret, does not open.
func TestRequestIsAuthentic(t *testing.T) {
	vectors := readLoginVectors(t).Requests
	rapid.Check(t, func(rt *rapid.T) {
		v := rapid.SampledFrom(vectors).Draw(rt, "vector")
		message, secret := []byte(v.Message), unhex(t, v.Secret)
		if at := rapid.IntRange(-1, len(message)-1).Draw(rt, "at"); at >= 0 {
			message[at] = "123456789ABCDEF0"[strings.IndexByte("0123456789ABCDEF", message[at])]
		} else {
			secret[0]++
		}
		parsed, err := ParseRequestMessage(string(message))
		if err == nil {
			_, err = parsed.Open(secret)
		}
		if !errors.Is(err, ErrAuthentication) && !errors.Is(err, ErrRequest) {
			rt.Fatalf("an altered message is opened: %v", err)
		}
	})
}

// Fields that differ have questions that differ, wherever they are cut.
func TestDataQuestions(t *testing.T) {
	seen := map[Question][]string{}
	for _, fields := range [][]string{{"ab"}, {"a", "b"}, {"", "ab"}, {"a", "", "b"}, {"b", "a"}, {"ab", "\x00"}, {"\x00\x02ab"}} {
		question, err := DataQuestion(fields)
		if other, there := seen[question]; err != nil || there {
			t.Errorf("%q has the question of %q, %v", fields, other, err)
		}
		seen[question] = fields
	}
	if trailing, _ := DataQuestion([]string{"ab", "", ""}); seen[trailing] == nil {
		t.Error("empty fields at the end count")
	}
	for _, fields := range [][]string{nil, {""}, {"", ""}, make([]string, 9), {"a", "", "", "", "", "", "", "", "b"}, {strings.Repeat("x", 256)}, {"\xff"}} {
		if _, err := DataQuestion(fields); !errors.Is(err, ErrDataField) {
			t.Errorf("%q is not refused: %v", fields, err)
		}
	}
}

func TestRequestRefusals(t *testing.T) {
	good := readLoginVectors(t).Requests[0].request(t)
	for name, change := range map[string]func(*Request){
		"kind":          func(r *Request) { r.Kind = 2 },
		"serial number": func(r *Request) { r.SerialNumber = "VDS" },
		"expiry":        func(r *Request) { r.Expiry = time.Unix(-1, 0) },
		"text":          func(r *Request) { r.Title = "\xff" },
		"long title":    func(r *Request) { r.Title = strings.Repeat("x", 66000) },
		"long fields":   func(r *Request) { r.Fields = make([]RequestField, MaxRequestText/2) },
	} {
		r := good
		change(&r)
		if _, err := r.Seal(make([]byte, 20)); !errors.Is(err, ErrRequest) {
			t.Errorf("%s is not refused: %v", name, err)
		}
	}
	if _, err := good.Seal(nil); !errors.Is(err, ErrKey) {
		t.Errorf("a request is sealed without a secret: %v", err)
	}
}

func FuzzParseRequestMessage(f *testing.F) {
	for _, v := range readLoginVectors(f).Requests {
		f.Add(v.Message)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseRequestMessage(text)
		if err == nil && m.String() != strings.ToUpper(text) {
			t.Errorf("%s is written as %s", text, m)
		}
	})
}
