package provisioning_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/journal"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

const rfc4226Secret = "12345678901234567890"

// lab is a server with its records in a folder of the test's.
type lab struct {
	t       testing.TB
	service *provision.Service
	server  *httptest.Server
	log     labtest.Log
	trace   labtest.Log
	journal journal.Journal
	clock   labtest.Clock
}

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// newLab has user1 of master with VDS1000140 (HOTP, the secret of RFC 4226),
// and srp-component on loopback, which needs a key exchange, and srp-direct,
// which does not.
func newLab(t testing.TB, strict bool) *lab {
	t.Helper()
	l := &lab{t: t}
	l.service = labtest.Service(t, store.New(new(memory.Engine), []byte("record key")), "lab", l.clock.Now)
	handler := must(provisioning.NewHandler(provisioning.Config{
		Service: l.service, Strict: strict, Journal: &l.journal, Trace: &l.trace, Log: slog.New(slog.NewTextHandler(&l.log, nil)),
	}))(t)
	l.server = httptest.NewServer(handler)
	t.Cleanup(func() { l.server.Close(); l.service.Store.Close() })
	l.furnish()
	return l
}

func (l *lab) furnish() {
	ctx, by := l.t.Context(), provision.Operator{Name: "tester", RequestID: "test"}
	must(l.service.AddDomain(ctx, by, provision.AddDomain{Name: "master"}))(l.t)
	must(l.service.AddPolicy(ctx, by, provision.AddPolicy{Name: "lab", Set: json.RawMessage(`{"MaximumActivations":0,"MinimumIntervalMinutes":0}`)}))(l.t)
	must(l.service.AddPolicy(ctx, by, provision.AddPolicy{Name: "direct", Parent: "lab", Set: json.RawMessage(`{"KeyExchangeRequired":false}`)}))(l.t)
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "srp-component", Location: "127.0.0.0/8", Policy: "lab"}))(l.t)
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "srp-direct", Location: "127.0.0.0/8", Policy: "direct"}))(l.t)
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "far", Location: "192.0.2.7", Policy: "lab"}))(l.t)
	must(l.service.AddUser(ctx, by, provision.AddUser{UserID: "user1", StaticPassword: "Password2", OrgUnit: "R&D"}))(l.t)
	must(l.service.AddAuthenticator(ctx, by, provision.AddAuthenticator{SerialNumber: "VDS1000140",
		Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}, Secret: []byte(rfc4226Secret)}))(l.t)
	must(l.service.AssignAuthenticator(ctx, by, provision.AssignAuthenticator{SerialNumber: "VDS1000140", UserID: "user1"}))(l.t)
}

// envelope is the documented example of an operation, with replacements in
// pairs.
func envelope(t testing.TB, operation string, replacements ...string) string {
	t.Helper()
	text := string(must(os.ReadFile("testdata/" + operation + ".xml"))(t))
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(text, replacements[i]) {
			t.Fatalf("the example of %s holds no %q", operation, replacements[i])
		}
	}
	return strings.NewReplacer(replacements...).Replace(text)
}

// post sends an envelope and returns the reply's.
func (l *lab) post(envelope string) (*http.Response, *etree.Document) {
	l.t.Helper()
	response := must(http.Post(l.server.URL+"/any/path", "text/xml; charset=utf-8", strings.NewReader(envelope)))(l.t)
	defer response.Body.Close()
	text := must(io.ReadAll(response.Body))(l.t)
	document := etree.NewDocument()
	if err := document.ReadFromBytes(text); err != nil {
		l.t.Fatalf("%v: %s", err, text)
	}
	return response, document
}

// ask posts and wants a reply of HTTP 200 with the status code.
func (l *lab) ask(statusCode, envelope string) *etree.Document {
	l.t.Helper()
	response, reply := l.post(envelope)
	got := text(reply, "//status/resultCodes/statusCode")
	if response.StatusCode != http.StatusOK || got != statusCode {
		l.t.Fatalf("HTTP %d, status %q, want %s: %s", response.StatusCode, got, statusCode, must(reply.WriteToString())(l.t))
	}
	return reply
}

func text(d *etree.Document, path string) string {
	if e := d.FindElement(path); e != nil {
		return e.Text()
	}
	return ""
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
