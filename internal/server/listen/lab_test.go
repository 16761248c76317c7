package listen_test

import (
	"bufio"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/server/certificate"
	"github.com/dsappd/dsappd/internal/server/listen"
)

// lab is an endpoint on loopback whose handler reads the body and says how
// long it was. A request of /wait is answered when the test says so.
type lab struct {
	t        testing.TB
	endpoint *listen.Endpoint
	shared   *listen.Shared
	address  string
	waiting  chan struct{} // gets one when a request waits
	proceed  chan struct{}
}

// newLab serves; change may change how.
func newLab(t testing.TB, change func(*listen.Config)) *lab {
	t.Helper()
	l := &lab{t: t, waiting: make(chan struct{}, 10000), proceed: make(chan struct{}), shared: listen.NewShared(1 << 20)}
	config := listen.Config{
		Name: "lab", Address: "127.0.0.1:0", Handler: http.HandlerFunc(l.answer), Log: slog.New(slog.DiscardHandler), Shared: l.shared,
		Limits:   listen.Limits{Connections: 64, PerAddress: 16, HeaderBytes: 4096},
		Timeouts: listen.Timeouts{ReadHeader: time.Minute, Read: time.Minute, Write: time.Minute, Idle: time.Minute, Pressed: time.Minute},
	}
	if change != nil {
		change(&config)
	}
	var err error
	if l.endpoint, err = listen.Open(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	l.address = strings.Trim(l.endpoint.URL()[strings.Index(l.endpoint.URL(), "//"):], "/")
	served := make(chan error, 1)
	go func() { served <- l.endpoint.Serve() }()
	t.Cleanup(func() {
		close(l.proceed)
		ctx, cancel := contextSoon()
		defer cancel()
		_ = l.endpoint.Drain(ctx) // what the attack has left open is cut off
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return l
}

func (l *lab) answer(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/wait":
		l.waiting <- struct{}{}
		<-l.proceed
	case "/discard":
		r.Body.(interface{ Discard() }).Discard()
	case "/long":
		for range 64 {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
		return
	}
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		w.Header().Set("Retry-After", "1")
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, n)
}

// certified makes a certificate for all labs, and the roots that its clients
// trust.
var certified = sync.OnceValues(func() ([]byte, *x509.CertPool) {
	authority, err := certificate.NewAuthority(rand.Reader, "lab", time.Now())
	if err != nil {
		panic(err)
	}
	pair, err := authority.Issue(rand.Reader, []string{"127.0.0.1"}, time.Now())
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority.Certificate)
	return pair, roots
})

// overTLS has an endpoint speak TLS.
func overTLS(t testing.TB, config *listen.Config) {
	t.Helper()
	pair, _ := certified()
	file := filepath.Join(t.TempDir(), "server.pem")
	err := os.WriteFile(file, pair, 0o600)
	if err == nil {
		config.TLS, err = certificate.Open(certificate.Files{Certificate: file}, time.Now, config.Log)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// dial connects from an address of this machine and sends a text.
func (l *lab) dial(from, text string) net.Conn {
	l.t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := dialer.DialContext(l.t.Context(), "tcp", l.address)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { c.Close() })
	_ = c.(*net.TCPConn).SetReadBuffer(4096)
	_, _ = io.WriteString(c, text) // a connection that was closed at once is seen by whoever reads
	return c
}

// client is a good one at an address; it keeps its connection.
func (l *lab) client(from string) *http.Client {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	transport := &http.Transport{DialContext: dialer.DialContext}
	if strings.HasPrefix(l.endpoint.URL(), "https:") {
		_, roots := certified()
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	l.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 30 * time.Second}
}

// ask sends a body of so many bytes, and fails unless it is answered. A client
// that is told to retry does, for half as long as an attacker may hold what it
// has.
func (l *lab) ask(client *http.Client, size int) {
	l.t.Helper()
	err := l.try(client, size)
	for until := time.Now().Add(30 * time.Second); errors.Is(err, errRetry) && time.Now().Before(until); {
		time.Sleep(10 * time.Millisecond)
		err = l.try(client, size)
	}
	if err != nil {
		l.t.Fatalf("a good client is not served: %v", err)
	}
}

// errRetry is an answer with HTTP status 503 and Retry-After.
var errRetry = errors.New("told to retry")

// try sends a body of so many bytes, and returns why it is not answered.
func (l *lab) try(client *http.Client, size int) error {
	response, err := client.Post(l.endpoint.URL(), "text/plain", strings.NewReader(strings.Repeat("x", size)))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") != "" {
		return errRetry
	}
	text, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode != http.StatusOK || strings.TrimSpace(string(text)) != fmt.Sprint(size)) {
		err = fmt.Errorf("answered %s, %q", response.Status, text)
	}
	return err
}

// know has an address known.
func (l *lab) know(address string) { l.shared.Known.Add(netip.MustParseAddr(address)) }

// isOpen reports whether a connection is still open, when it has nothing to
// say: it is, if it does not say so within a while.
func isOpen(t testing.TB, c net.Conn) bool {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	_, err := bufio.NewReader(c).ReadByte()
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// closed waits until a connection is closed by the other side.
func closed(t testing.TB, c net.Conn) string {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(c)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("a connection is held")
	}
	return string(text)
}
