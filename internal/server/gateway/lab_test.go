package gateway_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/gateway"
	"github.com/dsappd/dsappd/internal/server/journal"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

const (
	rfc4226Secret = "12345678901234567890"
	frontKey      = "the key of the phones"
	backKey       = "the key of the site"
	servicesPath  = "/rest/v2/"
	provisioning  = servicesPath + "provisioning/"
)

// lab is a gateway with its records in a folder of the test's.
type lab struct {
	t         testing.TB
	service   *provision.Service
	server    *httptest.Server
	log       labtest.Log
	journal   journal.Journal
	described *contract
	clock     labtest.Clock
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

// newLab has user1 with VDS1000140 (HOTP, the secret of RFC 4226), user3 with
// the licence VDM1000001, the component site that registers them, and a key
// for each side.
func newLab(t testing.TB, change ...func(*gateway.Config)) *lab {
	t.Helper()
	l := &lab{t: t, described: newContract(t)}
	l.service = labtest.Service(t, store.New(new(memory.Engine), []byte("record key")), "lab", l.clock.Now)
	t.Cleanup(func() { l.check(); l.service.Store.Close() })
	l.furnish()
	l.server = l.serve(change...)
	return l
}

// serve serves the lab's records at an address of its own.
func (l *lab) serve(change ...func(*gateway.Config)) *httptest.Server {
	l.t.Helper()
	config := gateway.Config{Service: l.service, ComponentType: "gateway", Journal: &l.journal, Log: slog.New(slog.NewTextHandler(&l.log, nil))}
	for _, c := range change {
		c(&config)
	}
	server := httptest.NewServer(must(gateway.NewHandler(config))(l.t))
	l.t.Cleanup(server.Close)
	return server
}

func operator() provision.Operator { return provision.Operator{Name: "tester", RequestID: "test"} }

func (l *lab) furnish() {
	ctx, by, t := l.t.Context(), operator(), l.t
	must(l.service.AddDomain(ctx, by, provision.AddDomain{Name: "master"}))(t)
	must(l.service.AddPolicy(ctx, by, provision.AddPolicy{Name: "lab", Set: json.RawMessage(`{"MaximumActivations":0,"MinimumIntervalMinutes":0}`)}))(t)
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "site", Location: "127.0.0.1", Policy: "lab"}))(t)
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "gateway", Location: "0.0.0.0", Policy: "lab"}))(t)
	must(l.service.AddGatewayKey(ctx, by, provision.AddGatewayKey{Name: "phones", Side: provision.FrontEnd, Key: frontKey}))(t)
	must(l.service.AddGatewayKey(ctx, by, provision.AddGatewayKey{Name: "site", Side: provision.BackEnd, Key: backKey}))(t)
	l.addUser("user1", provision.AddAuthenticator{SerialNumber: "VDS1000140",
		Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}, Secret: []byte(rfc4226Secret)})
	l.addUser("user3", provision.AddAuthenticator{SerialNumber: "VDM1000001", Parameters: dsapp.InstanceParameters(), Limit: 2})
}

func (l *lab) addUser(userID string, authenticator provision.AddAuthenticator) {
	l.t.Helper()
	ctx, by := l.t.Context(), operator()
	must(l.service.AddUser(ctx, by, provision.AddUser{UserID: userID, StaticPassword: "Password2"}))(l.t)
	must(l.service.AddAuthenticator(ctx, by, authenticator))(l.t)
	must(l.service.AssignAuthenticator(ctx, by, provision.AssignAuthenticator{SerialNumber: authenticator.SerialNumber, UserID: userID}))(l.t)
}

// check finds what a test has left broken.
func (l *lab) check() {
	l.t.Helper()
	problems, err := provision.CheckRecords(context.Background(), l.service.Store, l.clock.Now())
	if err != nil || len(problems) > 0 {
		l.t.Errorf("the records after the test: %v %v", problems, err)
	}
}

// register is what the site does, over SOAP, before a phone begins.
func (l *lab) register(userID string) provision.DSAPPSRPRegisterResult {
	l.t.Helper()
	caller := provision.Caller{ComponentType: "site", Address: netip.MustParseAddr("127.0.0.1"), RequestID: "register"}
	return must(l.service.DSAPPSRPRegister(l.t.Context(), caller, provision.DSAPPSRPRegister{UserID: userID, StaticPassword: "Password2"}))(l.t)
}

// answer is a reply of a service.
type answer struct {
	http   int
	header http.Header
	body   string

	ResultCodes struct {
		ReturnCodeEnum, StatusCodeEnum string
		ReturnCode, StatusCode         int
	}
	ErrorStack struct {
		Errors []struct {
			ErrorCode int
			ErrorDesc string
		}
	}
	Result map[string]any
}

func (a answer) desc() string {
	if len(a.ErrorStack.Errors) != 1 {
		return ""
	}
	return a.ErrorStack.Errors[0].ErrorDesc
}

// request is a POST of a body with a key; without one, none is sent.
func (l *lab) request(key, path, body string) *http.Request {
	l.t.Helper()
	r := must(http.NewRequestWithContext(l.t.Context(), http.MethodPost, l.server.URL+path, strings.NewReader(body)))(l.t)
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.SetBasicAuth("anybody", key)
	}
	return r
}

func (l *lab) do(r *http.Request) answer {
	l.t.Helper()
	response := must(http.DefaultClient.Do(r))(l.t)
	defer response.Body.Close()
	body := must(io.ReadAll(response.Body))(l.t)
	l.described.reply(l.t, r, response.StatusCode, response.Header, body)
	return l.answered(response, body)
}

func (l *lab) answered(response *http.Response, body []byte) answer {
	l.t.Helper()
	a := answer{http: response.StatusCode, header: response.Header, body: string(body)}
	if err := json.Unmarshal(body, &a); err != nil {
		l.t.Fatalf("%v: %s", err, body)
	}
	return a
}

func (l *lab) post(key, path, body string) answer {
	l.t.Helper()
	return l.do(l.request(key, path, body))
}

// send sends what the description allows.
func (l *lab) send(key, path string, members map[string]any) answer {
	l.t.Helper()
	body := string(must(json.Marshal(members))(l.t))
	r := l.request(key, path, body)
	if ok, faults := l.described.request(r, body); !ok {
		l.t.Errorf("%s: the request is not as described: %s", path, said(faults))
	}
	return l.do(r)
}

// ask has a service answer with HTTP 200 and the status code.
func (l *lab) ask(statusCode int, key, path string, members map[string]any) answer {
	l.t.Helper()
	a := l.send(key, path, members)
	if a.http != http.StatusOK || a.ResultCodes.StatusCode != statusCode {
		l.t.Fatalf("%s: HTTP %d, want %d: %s", path, a.http, statusCode, a.body)
	}
	return a
}

func (a answer) text(t testing.TB, name string) string {
	t.Helper()
	text, ok := a.Result[name].(string)
	if !ok || text == "" {
		t.Fatalf("the result has no %s: %s", name, a.body)
	}
	return text
}
