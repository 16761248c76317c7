package admin_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/server/admin"
)

func listen(t *testing.T, name string) net.Listener {
	t.Helper()
	listener, err := admin.Listen(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

// serveWord answers every request with a word, until the test ends.
func serveWord(t *testing.T, listener net.Listener, word string) {
	t.Helper()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, word) })}
	ended := make(chan struct{})
	go func() { defer close(ended); server.Serve(listener) }()
	t.Cleanup(func() { server.Close(); <-ended })
}

func get(t *testing.T, transport http.RoundTripper) string {
	t.Helper()
	response, err := (&http.Client{Transport: transport}).Get("http://dsappd/")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestSocketAnswersAtAnyDepth(t *testing.T) {
	deep := filepath.Join(t.TempDir(), strings.Repeat(strings.Repeat("d", 60)+"/", 8))
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{t.TempDir(), deep} {
		name := filepath.Join(folder, "admin.sock")
		serveWord(t, listen(t, name), "here")
		transport := admin.Socket(name)
		if got := get(t, transport); got != "here" {
			t.Errorf("at %d bytes: %q", len(name), got)
		}
		transport.CloseIdleConnections()
	}
}

func TestSocketIsItsOwnersAlone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "admin.sock")
	listen(t, name)
	info, err := os.Lstat(name)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := info.Mode(), fs.ModeSocket|0o600; got != want {
		t.Errorf("mode %v, want %v", got, want)
	}
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v: want the socket alone", entries, err)
	}
}

func TestClosedSocketIsGone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "admin.sock")
	if err := listen(t, name).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := admin.Dial(context.Background(), name); !errors.Is(err, admin.ErrNoServer) {
		t.Errorf("dial: %v, want %v", err, admin.ErrNoServer)
	}
}

// A killed server leaves its socket, and perhaps one that it was making.
func TestStaleSocketIsReplaced(t *testing.T) {
	name := filepath.Join(t.TempDir(), "admin.sock")
	killed, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	killed.SetUnlinkOnClose(false)
	killed.Close()
	if err := os.MkdirAll(name+".new/socket", 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Dial(context.Background(), name); !errors.Is(err, admin.ErrNoServer) {
		t.Errorf("dial a stale socket: %v, want %v", err, admin.ErrNoServer)
	}
	serveWord(t, listen(t, name), "alive")
	if got := get(t, admin.Socket(name)); got != "alive" {
		t.Errorf("answered %q", got)
	}
}

func TestFileInTheWayStays(t *testing.T) {
	name := filepath.Join(t.TempDir(), "admin.sock")
	if err := os.WriteFile(name, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if listener, err := admin.Listen(name); err == nil {
		listener.Close()
		t.Error("listened over a file")
	}
	if kept, err := os.ReadFile(name); string(kept) != "precious" {
		t.Errorf("the file holds %q, %v", kept, err)
	}
}

func TestInProcess(t *testing.T) {
	transport, end := admin.InProcess(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "here")
	}))
	if got := get(t, transport); got != "here" {
		t.Errorf("answered %q", got)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	if _, err := (&http.Client{Transport: transport}).Get("http://dsappd/"); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after the end: %v, want %v", err, net.ErrClosed)
	}
}

// The store closes after the end, so nothing may be deciding any more, even
// where the asker has gone.
func TestInProcessEndWaits(t *testing.T) {
	began, decided := make(chan struct{}), make(chan struct{})
	transport, end := admin.InProcess(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
		close(decided)
	}))
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://dsappd/", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-began; cancel() }()
	if _, err := (&http.Client{Transport: transport}).Do(request); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled request: %v", err)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	select {
	case <-decided:
	default:
		t.Error("ended while a request was being decided")
	}
}
