package dsappd

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

// A server whose store is out of service ends and says why.
func TestServerEndsWithItsStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := Init(t.Context(), dir, InitOptions{}); err != nil {
		t.Fatal(err)
	}
	opened, err := openFolder(t.Context(), dir, source{now: time.Now, rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{})
	opened.stopped = stopped
	server, err := serve(t.Context(), Config{Dir: dir, Addr: "127.0.0.1:0"}.withAddresses(opened.settings).withDefaults(), opened)
	if err != nil {
		t.Fatal(err)
	}
	close(stopped)
	select {
	case <-server.Done():
	case <-time.After(time.Minute):
		t.Fatal("the server serves on")
	}
	if err := server.Close(); !errors.Is(err, ErrStoreFailed) {
		t.Errorf("Close: %v", err)
	}
}
