package systemtest_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/dsappd/dsappd"
)

func makeFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := datafolder.Init(t.Context(), dir, datafolder.InitOptions{Sample: true, Settings: cheapSettings}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestServerOpensAndCloses(t *testing.T) {
	dir := makeFolder(t)
	for range 2 {
		server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"})
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.Get(server.URLs().SOAP)
		if err != nil {
			t.Fatal(err)
		}
		words, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(words), "?wsdl") {
			t.Errorf("GET: %s, %v, %s", response.Status, err, words)
		}
		closeTwice(t, server)
		at, err := url.Parse(server.URLs().SOAP)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := net.Dial("tcp", at.Host); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after Close a connection: %v; want it refused", err)
		}
		if _, err := os.Lstat(filepath.Join(dir, "admin.sock")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("after Close the operators' socket: %v; want it gone", err)
		}
	}
}

func closeTwice(t *testing.T, server *dsappd.Server) {
	t.Helper()
	var closing sync.WaitGroup
	for range 2 {
		closing.Go(func() {
			if err := server.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	closing.Wait()
	select {
	case <-server.Done():
	default:
		t.Error("a server that was closed is not done")
	}
}

// What Open refuses leaves nothing open behind it.
func TestServerRefusals(t *testing.T) {
	dir := makeFolder(t)
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	for _, c := range []struct {
		name   string
		config dsappd.Config
		want   error
	}{
		{"no folder", dsappd.Config{Dir: filepath.Join(dir, "none")}, datafolder.ErrNoFolder},
		{"a reachable address", dsappd.Config{Dir: dir, Addr: "0.0.0.0:0"}, datafolder.ErrCertificate},
		{"every address", dsappd.Config{Dir: dir, Addr: ":0"}, datafolder.ErrCertificate},
		{"TLS and plain text", dsappd.Config{Dir: dir, Addr: "127.0.0.1:0", TLS: true, Plain: true}, datafolder.ErrAddress},
		{"a port in use", dsappd.Config{Dir: dir, Addr: busy.Addr().String()}, syscall.EADDRINUSE},
		{"no address", dsappd.Config{Dir: dir, Addr: "here"}, datafolder.ErrAddress},
		{"no address of the gateway", dsappd.Config{Dir: dir, Addr: "127.0.0.1:0", GatewayAddr: "here"}, datafolder.ErrAddress},
		{"SOAP nowhere", dsappd.Config{Dir: dir, Addr: "none"}, datafolder.ErrAddress},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, err := dsappd.Open(t.Context(), c.config)
			if server != nil || !errors.Is(err, c.want) {
				t.Errorf("error %v; want %v", err, c.want)
			}
		})
	}
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "[::1]:0"})
	if err != nil {
		t.Fatal(err)
	}
	if second, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"}); second != nil || !errors.Is(err, datafolder.ErrLocked) {
		t.Errorf("a second server: %v; want %v", err, datafolder.ErrLocked)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
}
