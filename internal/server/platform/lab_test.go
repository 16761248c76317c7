package platform_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/errors"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
)

const labKey = "lab-platform-key"

// lab is a real server with the sample, and the contract that its answers are
// held to.
type lab struct {
	t      testing.TB
	dir    string
	server *dsappd.Server
	urls   dsappd.URLs
	log    *labtest.Log

	contract *contract
	lenient  bool // requests need not be as described, nor are refusals compared

	clock labtest.Clock
}

// settings make password checks cheap.
const settings = "[password_hash]\nmemory_kib = 8\npasses = 1\n"

// newLab serves a lab from memory.
func newLab(t testing.TB) *lab {
	t.Helper()
	l := &lab{t: t, dir: t.TempDir(), log: &labtest.Log{}, contract: theContract(t)}
	l.open(dsappd.Config{Memory: &dsappd.Memory{Sample: true, Settings: settings}})
	t.Cleanup(func() { l.must(l.server.Close()) })
	return l
}

// newLabOnDisk serves a lab whose records outlive the server.
func newLabOnDisk(t testing.TB) *lab {
	t.Helper()
	l := &lab{t: t, dir: filepath.Join(t.TempDir(), "data"), log: &labtest.Log{}, contract: theContract(t)}
	l.must(dsappd.Init(t.Context(), l.dir, dsappd.InitOptions{Sample: true, Settings: settings}))
	l.serve()
	t.Cleanup(func() { l.must(l.server.Close()) })
	return l
}

func (l *lab) serve() { l.open(dsappd.Config{}) }

func (l *lab) open(config dsappd.Config) {
	l.t.Helper()
	config.Dir, config.Addr, config.Now, config.Logger = l.dir, "127.0.0.1:0", l.clock.Now, slog.New(slog.NewTextHandler(l.log, nil))
	var err error
	l.server, err = dsappd.Open(l.t.Context(), config)
	l.must(err)
	l.urls = l.server.URLs()
}

// setPlatformPolicy changes the policy of the door, as an operator does.
func (l *lab) setPlatformPolicy(set string) {
	l.t.Helper()
	door, err := operators.Open(l.t.Context(), l.dir, operators.Config{Operator: "test"})
	l.must(err)
	defer door.Close()
	_, err = door.SetPolicy(l.t.Context(), provision.SetPolicy{Name: "lab-platform", Set: json.RawMessage(set)})
	l.must(err)
}

func (l *lab) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// member is a member of the answer as text; "" where there is none.
func (a answer) member(t testing.TB, name string) string {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(a.body), &members); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	text, _ := members[name].(string)
	return text
}

// messages are those of all validation errors.
func (a answer) messages(t testing.TB) []string {
	t.Helper()
	var problem struct {
		ValidationErrors []struct{ Message string }
	}
	if err := json.Unmarshal([]byte(a.body), &problem); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	var all []string
	for _, each := range problem.ValidationErrors {
		all = append(all, each.Message)
	}
	return all
}

// send sends a request with a key, and holds the answer to the contract.
func (l *lab) send(key, method, path, body string) answer {
	l.t.Helper()
	request, err := http.NewRequestWithContext(l.t.Context(), method, l.urls.Platform+strings.TrimPrefix(path, "/"), strings.NewReader(body))
	l.must(err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	return l.do(request)
}

func (l *lab) do(request *http.Request) answer {
	l.t.Helper()
	response, err := http.DefaultClient.Do(request)
	l.must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	l.must(err)
	a := answer{response.StatusCode, response.Header, string(body)}
	if !l.lenient || a.status < 300 {
		l.contract.holds(l.t, request, a)
	}
	if !l.lenient && a.status < 300 {
		l.contract.allows(l.t, request)
	}
	return a
}

// ask sends a request with the lab's key, which the contract must allow, and
// expects a status.
func (l *lab) ask(status int, method, path, body string) answer {
	l.t.Helper()
	a := l.send(labKey, method, path, body)
	if a.status != status {
		l.t.Fatalf("%s %s %s: %d, want %d: %s", method, path, body, a.status, status, a.body)
	}
	return a
}

// contract holds answers to openapi.json.
type contract struct {
	mu        sync.Mutex
	validator validator.Validator
}

func theContract(t testing.TB) *contract {
	t.Helper()
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	v, faults := validator.NewValidator(document)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return &contract{validator: v}
}

var correlation = regexp.MustCompile(`^[0-9a-f]{16}$`)

// holds fails the test if an answer is not as described. The validator reads a
// header of decimal digits as a number, so it gets a fixed one.
func (c *contract) holds(t testing.TB, r *http.Request, a answer) {
	t.Helper()
	id := a.header.Get("log-correlation-id")
	if !correlation.MatchString(id) || id != a.header.Get("Request-Id") {
		t.Errorf("%s %s: log-correlation-id %q", r.Method, r.URL.Path, id)
	}
	path := r.URL.Path
	if a.status == http.StatusNotFound && !strings.HasPrefix(path, "/v1/") || path == "/v1/openapi.json" || a.header.Get("Content-Type") == "image/png" {
		return
	}
	header := a.header.Clone()
	header.Set("log-correlation-id", "0123456789abcdef")
	c.mu.Lock()
	defer c.mu.Unlock()
	response := &http.Response{StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}
	if ok, faults := c.validator.ValidateHttpResponse(r, response); !ok && !unknownPath(faults) {
		t.Errorf("%s %s: an answer of HTTP %d is not as described: %s\n%s", r.Method, r.URL.Path, a.status, said(faults), a.body)
	}
}

// allows fails the test if a request that was taken is not as described.
func (c *contract) allows(t testing.TB, r *http.Request) {
	t.Helper()
	sent := r.Clone(t.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			t.Fatal(err)
		}
		sent.Body = body
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if ok, faults := c.validator.ValidateHttpRequest(sent); !ok && !unknownPath(faults) {
		t.Errorf("%s %s: the request was taken and is not as described: %s", r.Method, r.URL, said(faults))
	}
}

func unknownPath(faults []*errors.ValidationError) bool {
	for _, f := range faults {
		if f.IsPathMissingError() || f.IsOperationMissingError() {
			return true
		}
	}
	return false
}

func said(faults []*errors.ValidationError) string {
	var all []string
	for _, f := range faults {
		all = append(all, f.Message+": "+f.Reason)
		for _, s := range f.SchemaValidationErrors {
			all = append(all, s.Reason)
		}
	}
	return strings.Join(all, "; ")
}
