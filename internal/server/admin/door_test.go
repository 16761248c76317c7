package admin_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

// office is a Service on a real store behind a real socket.
type office struct {
	*admin.Client
	service *provision.Service
	socket  string
	log     *labtest.Log

	clock sync.Mutex
	now   time.Time
}

func openOffice(t *testing.T) *office {
	t.Helper()
	folder := t.TempDir()
	o := &office{socket: filepath.Join(folder, "admin.sock"), log: &labtest.Log{}, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	o.service = labtest.Service(t, store.New(new(memory.Engine), []byte("record key")), "20261122T090000.000-00000000", o.time)
	t.Cleanup(func() { o.leave(t) })
	listener := listen(t, o.socket)
	door := &admin.Door{Service: o.service, Log: slog.New(slog.NewTextHandler(o.log, nil)), Check: o.check}
	server := &http.Server{Handler: door.Handler()}
	ended := make(chan struct{})
	go func() { defer close(ended); server.Serve(listener) }()
	t.Cleanup(func() { server.Close(); <-ended })
	o.Client = o.as(t, "alice")
	o.must(t)(o.AddDomain(t.Context(), provision.AddDomain{Name: "master"}))
	return o
}

func (o *office) check(ctx context.Context) ([]store.Problem, error) {
	return provision.CheckRecords(ctx, o.service.Store, o.service.Now())
}

// leave ends every test with the consistency of all records.
func (o *office) leave(t *testing.T) {
	problems, err := o.check(context.Background())
	if err != nil {
		t.Error(err)
	}
	for _, problem := range problems {
		t.Error("inconsistent store:", problem)
	}
	if err := o.service.Store.Close(); err != nil {
		t.Error(err)
	}
}

// as is a client of its own, with connections of its own.
func (o *office) as(t *testing.T, operator string) *admin.Client {
	transport := admin.Socket(o.socket)
	t.Cleanup(transport.CloseIdleConnections)
	return &admin.Client{Transport: transport, Operator: operator}
}

func (o *office) time() time.Time {
	o.clock.Lock()
	defer o.clock.Unlock()
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.clock.Lock()
	defer o.clock.Unlock()
	o.now = o.now.Add(d)
}

// must fails the test on the error of an operation.
func (o *office) must(t *testing.T) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (o *office) addUser(t *testing.T, userID string) {
	t.Helper()
	o.must(t)(o.AddUser(t.Context(), provision.AddUser{UserID: userID, StaticPassword: password}))
}

func (o *office) addAuthenticator(t *testing.T, serialNumber string) {
	t.Helper()
	o.must(t)(o.AddAuthenticator(t.Context(), admin.AddAuthenticator{
		SerialNumber: serialNumber, Type: "hotp", Algorithm: "SHA1", Digits: 6, Secret: secretHex}))
}

func (o *office) assign(t *testing.T, serialNumber, userID string) {
	t.Helper()
	o.must(t)(o.AssignAuthenticator(t.Context(), provision.AssignAuthenticator{SerialNumber: serialNumber, UserID: userID}))
}

// The test values: the secret is that of RFC 4226, appendix D.
const (
	password  = "Password2 \u00e9"
	secretHex = "3132333435363738393031323334353637383930"
	serial    = "VDS1000140"
)

// refusal is the refusal in an error, or none.
func refusal(err error) provision.Refusal {
	refused, ok := errors.AsType[*admin.Error](err)
	if !ok {
		return ""
	}
	return refused.Refusal
}

// A panic in a decision is an answer, a line in the log and nothing more.
func TestPanicIsAnswered(t *testing.T) {
	o := openOffice(t)
	var lines strings.Builder
	door := &admin.Door{Service: o.service, Log: slog.New(slog.NewTextHandler(&lines, nil)),
		Check: func(context.Context) ([]store.Problem, error) { panic("Password2") }}
	transport, end := admin.InProcess(door.Handler())
	defer end()
	_, err := (&admin.Client{Transport: transport, Operator: "alice"}).Check(t.Context())
	if refused, ok := errors.AsType[*admin.Error](err); !ok || strings.Contains(refused.Desc, "Password2") {
		t.Errorf("got %v", err)
	}
	if log := lines.String(); !strings.Contains(log, "panic with a string") || !strings.Contains(log, "stack=") || strings.Contains(log, "Password2") {
		t.Errorf("log: %s", log)
	}
}
