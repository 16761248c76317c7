package handshake_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/server/handshake"
	"github.com/dsappd/dsappd/internal/server/journal"
)

// lab is a server that says hello, and what it logged.
type lab struct {
	*httptest.Server
	journal journal.Journal

	mu  sync.Mutex
	log bytes.Buffer
}

func (l *lab) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(p)
}

func (l *lab) logged() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.String()
}

func newLab(t *testing.T, overTLS bool, change func(*tls.Config)) *lab {
	t.Helper()
	l := new(lab)
	config := handshake.Config{Door: "soap", TLS: overTLS, SOAP: true, Log: slog.New(slog.NewTextHandler(l, nil)), Journal: &l.journal, Now: time.Now}
	l.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }))
	l.Listener = handshake.Listener(l.Listener, config)
	l.Config.ErrorLog = log.New(handshake.ErrorLog(config, l), "", 0)
	t.Cleanup(l.Close)
	if !overTLS {
		l.Start()
		return l
	}
	l.Server.TLS = new(tls.Config)
	change(l.Server.TLS)
	l.StartTLS()
	return l
}

func (l *lab) address() string { return l.Server.Listener.Addr().String() }

// failed waits for the one failure of a connection.
func (l *lab) failed(t *testing.T) journal.Entry {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		if last := l.journal.Last(2); len(last) > 0 {
			if len(last) > 1 || strings.Count(l.logged(), "\n") > 1 {
				t.Errorf("%d entries: %s", len(last), l.logged())
			}
			return last[0]
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing was reported: %s", l.logged())
		}
	}
}

// isGuarded reports whether the header of an answer keeps browsers from making
// more of it than it is.
func isGuarded(answer string) bool {
	header, _, _ := strings.Cut(answer, "\r\n\r\n")
	for _, line := range []string{
		"X-Content-Type-Options: nosniff", "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
		"Referrer-Policy: no-referrer", "Cache-Control: no-store",
	} {
		if !strings.Contains(header, "\r\n"+line) {
			return false
		}
	}
	return true
}

// say writes to a connection and reads what comes back.
func (l *lab) say(t *testing.T, words string) string {
	t.Helper()
	c, err := net.Dial("tcp", l.address())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, words); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Errorf("%v after %q", err, answer)
	}
	return string(answer)
}

func TestTLSToPlain(t *testing.T) {
	l := newLab(t, false, nil)
	c, err := net.Dial("tcp", l.address())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := tls.Client(c, &tls.Config{InsecureSkipVerify: true}).Handshake(); err == nil {
		t.Error("a handshake with a plain listener")
	}
	if e := l.failed(t); e.Problem != "TLSOnPlainPort" || !strings.Contains(e.Reason, "use http://"+l.address()+"/") {
		t.Errorf("%+v", e)
	}
	if answer := l.say(t, "\x16\x03\x01\x02\x00\x01\x00"); !strings.HasPrefix(answer, "HTTP/1.1 400 ") || !strings.Contains(answer, "http://"+l.address()) || !isGuarded(answer) {
		t.Errorf("answered %q", answer)
	}
	if response, err := l.Client().Get(l.URL); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("a plain request: %v", err)
	}
}

func TestPlainToTLS(t *testing.T) {
	for name, c := range map[string]struct{ request, status, answer, url string }{
		"GET":          {"GET / HTTP/1.1\r\nHost: lab.example:8888\r\n\r\n", "400", "This address speaks TLS", "https://lab.example:8888/"},
		"no Host":      {"GET / HTTP/1.0\r\n\r\n", "400", "This address speaks TLS", "https://127.0.0.1:"},
		"a false Host": {"GET / HTTP/1.1\r\nHost: <b>\r\n\r\n", "400", "This address speaks TLS", "https://127.0.0.1:"},
		"SOAP":         {"POST / HTTP/1.1\r\nHost: lab\r\nContent-Length: 1000000\r\n\r\n" + strings.Repeat("x", 1000000), "500", "<faultstring>This address speaks TLS", "https://lab/"},
	} {
		l := newLab(t, true, func(*tls.Config) {})
		answer := l.say(t, c.request)
		if !strings.HasPrefix(answer, "HTTP/1.1 "+c.status) || !strings.Contains(answer, c.answer) || !strings.Contains(answer, c.url) || !isGuarded(answer) {
			t.Errorf("%s: answered %q", name, answer)
		}
		if e := l.failed(t); e.Problem != "HTTPOnTLSPort" || !strings.Contains(e.Reason, c.url) || e.Door != "soap" {
			t.Errorf("%s: %+v", name, e)
		}
		if response, err := l.Client().Get(l.URL); err != nil || response.StatusCode != http.StatusOK {
			t.Errorf("%s: a request over TLS: %v", name, err)
		}
	}
}

// A handshake that fails is told in words.
func TestHandshakes(t *testing.T) {
	ask := func(config *tls.Config) func(*testing.T, *lab) {
		return func(_ *testing.T, l *lab) {
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: config}}
			if response, err := client.Get(l.URL); err == nil {
				response.Body.Close()
			}
		}
	}
	trusting := &tls.Config{InsecureSkipVerify: true}
	nothing := func(*tls.Config) {}
	for name, c := range map[string]struct {
		server func(*tls.Config)
		client func(*testing.T, *lab)
		want   string
	}{
		"a CA that is not trusted": {nothing, ask(&tls.Config{}), "The client does not"},
		"an old version":           {func(c *tls.Config) { c.MinVersion = tls.VersionTLS12 }, ask(&tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}), "The client can only do a TLS version before 1.2"},
		"no cipher suite in common": {func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}
		}, ask(&tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}}), "The client and the server have no cipher suite in common"},
		"no certificate":       {func(c *tls.Config) { c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool() }, ask(trusting), "The client showed no certificate"},
		"neither TLS nor HTTP": {nothing, func(t *testing.T, l *lab) { l.say(t, "hello there\r\n") }, "This address speaks TLS, and what came is neither"},
		"a look at the port": {nothing, func(t *testing.T, l *lab) {
			if c, err := net.Dial("tcp", l.address()); err == nil {
				c.Close()
			}
		}, "The peer hung up"},
	} {
		l := newLab(t, true, c.server)
		c.client(t, l)
		if e := l.failed(t); !strings.HasPrefix(e.Reason, c.want) || e.Remote == "" || !strings.Contains(l.logged(), `reason="`+c.want) {
			t.Errorf("%s: %+v, logged %s", name, e, l.logged())
		}
	}
}

// Other lines of a server's error log are handed on, and a flood is not.
func TestErrorLog(t *testing.T) {
	var next, logged bytes.Buffer
	now := time.Now()
	out := handshake.ErrorLog(handshake.Config{Door: "soap", Log: slog.New(slog.NewTextHandler(&logged, nil)), Now: func() time.Time { return now }}, &next)
	io.WriteString(out, "http: panic serving 127.0.0.1:1: oh\n")
	for range 100 {
		io.WriteString(out, "http: TLS handshake error from 127.0.0.1:1: EOF\n")
	}
	now = now.Add(time.Minute)
	io.WriteString(out, "http: TLS handshake error from 127.0.0.1:1: local error: tls: bad record MAC\n") // as curl leaves it
	io.WriteString(out, "http: TLS handshake error from 127.0.0.1:1: something new\n")
	if next.String() != "http: panic serving 127.0.0.1:1: oh\n" {
		t.Errorf("handed on %q", next.String())
	}
	if lines := strings.Count(logged.String(), "\n"); lines != 22 || !strings.Contains(logged.String(), "most likely because it does not trust") || !strings.Contains(logged.String(), "lines_skipped_before=80") || !strings.Contains(logged.String(), "failed: something new.") {
		t.Errorf("%d lines: %s", lines, logged.String())
	}
}
