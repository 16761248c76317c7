package datafolder_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/provision"
)

// A server sweeps from its start on, by its own clock.
func TestServerSweeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := datafolder.Init(t.Context(), dir, datafolder.InitOptions{Sample: true}); err != nil {
		t.Fatal(err)
	}
	register(t, dir)
	later := func() time.Time { return time.Now().Add(datafolder.DefaultSettings().Sweep.Retention + time.Hour) }
	swept := make(chan struct{})
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0", Now: later,
		Logger: slog.New(notice{slog.DiscardHandler, "registrations swept", swept})})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-swept:
	case <-time.After(time.Minute):
		t.Error("the server does not sweep")
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
}

func register(t *testing.T, dir string) {
	t.Helper()
	opened, err := datafolder.Open(t.Context(), dir, datafolder.Source{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	_, err = opened.Service.DSAPPSRPRegister(t.Context(), provision.Caller{ComponentType: "srp-component", Address: netip.MustParseAddr("127.0.0.1"), RequestID: "r"},
		provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "Password2"})
	if err := errors.Join(err, opened.Close()); err != nil {
		t.Fatal(err)
	}
}

// notice closes a channel at the line of the log that it waits for.
type notice struct {
	slog.Handler
	message string
	seen    chan struct{}
}

func (n notice) Enabled(context.Context, slog.Level) bool { return true }

func (n notice) Handle(_ context.Context, record slog.Record) error {
	if record.Message == n.message {
		close(n.seen)
	}
	return nil
}
