package dsappd

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
)

// A server whose store is out of service ends and says why.
func TestServerEndsWithItsStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := datafolder.Init(t.Context(), dir, datafolder.InitOptions{}); err != nil {
		t.Fatal(err)
	}
	opened, err := datafolder.Open(t.Context(), dir, datafolder.Source{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{})
	opened.Stopped = stopped
	server, err := serve(t.Context(), Config{Dir: dir, Addr: "127.0.0.1:0"}.withAddresses(opened.Settings).withDefaults(), opened)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(server.Live(t.Context()), server.Ready(t.Context())); err != nil {
		t.Errorf("a server that serves: %v", err)
	}
	close(stopped)
	select {
	case <-server.Done():
	case <-time.After(time.Minute):
		t.Fatal("the server serves on")
	}
	if server.Live(t.Context()) == nil || server.Ready(t.Context()) == nil {
		t.Error("a server that has ended lives")
	}
	if err := server.Close(); !errors.Is(err, datafolder.ErrStoreFailed) {
		t.Errorf("Close: %v", err)
	}
}
