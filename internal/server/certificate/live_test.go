package certificate_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/server/certificate"
)

// clock is one that a test sets.
type clock struct {
	mutex sync.Mutex
	at    time.Time
}

func (c *clock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.at
}

func (c *clock) step(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.at = c.at.Add(d)
}

// log is what a server has logged, read while it serves.
type log struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

func (l *log) count(words string) int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return strings.Count(l.text.String(), words)
}

// site is a server over TLS with a CA of its own.
type site struct {
	t       testing.TB
	ca      *certificate.Authority
	dir     string
	clock   *clock
	log     *log
	address string
}

func newSite(t testing.TB) *site {
	return &site{t: t, ca: must(certificate.NewAuthority(rand.Reader, "test CA", now()))(t), dir: t.TempDir(), clock: &clock{at: now()}, log: &log{}}
}

func (s *site) file(name string) string { return filepath.Join(s.dir, name) }

func (s *site) open(files certificate.Files) (*certificate.Live, error) {
	return certificate.Open(files, s.clock.Now, slog.New(slog.NewTextHandler(s.log, nil)))
}

// serve answers with the subject that the client has shown.
func (s *site) serve(files certificate.Files) *certificate.Live {
	s.t.Helper()
	live := must(s.open(files))(s.t)
	listener := must(net.Listen("tcp", "127.0.0.1:0"))(s.t)
	s.address = listener.Addr().String()
	server := &http.Server{
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for _, shown := range r.TLS.PeerCertificates {
				_, _ = io.WriteString(w, shown.Subject.String())
			}
		}),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(tls.NewListener(listener, live.Config())) }()
	s.t.Cleanup(func() { server.Close(); <-ended })
	return live
}

func (s *site) trusting() *tls.Config {
	roots := x509.NewCertPool()
	roots.AddCert(s.ca.Certificate)
	return &tls.Config{RootCAs: roots, Time: s.clock.Now}
}

// get asks over a connection of its own.
func (s *site) get(config *tls.Config) (*tls.ConnectionState, string, error) {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true, ForceAttemptHTTP2: true}}
	response, err := client.Get("https://" + s.address + "/")
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.TLS, string(text), err
}

// shown is the fingerprint of the certificate that a new connection is shown.
func (s *site) shown() string {
	s.t.Helper()
	state, _, err := s.get(s.trusting())
	if err != nil {
		s.t.Fatal(err)
	}
	return certificate.Fingerprint(state.PeerCertificates[0])
}

// replace puts a new certificate in the place of a file's, and tells its
// fingerprint.
func (s *site) replace(name string) string {
	s.t.Helper()
	made := issue(s.t, s.ca, s.dir, name+".new", now(), "127.0.0.1")
	if err := os.Rename(made, s.file(name)); err != nil {
		s.t.Fatal(err)
	}
	return certificate.Fingerprint(must(certificate.Read(s.file(name)))(s.t)[0])
}

// New files are shown from the next second on; broken ones are logged once
// and change nothing.
func TestReload(t *testing.T) {
	s := newSite(t)
	first := s.replace("server.pem")
	live := s.serve(certificate.Files{Certificate: s.file("server.pem")})
	want := func(when, fingerprint string, refusals int) {
		t.Helper()
		if got := s.shown(); got != fingerprint {
			t.Errorf("%s: %s is shown, want %s", when, got, fingerprint)
		}
		if got := s.log.count("are refused"); got != refusals {
			t.Errorf("%s: %d refusals in the log, want %d", when, got, refusals)
		}
	}
	want("at first", first, 0)
	second := s.replace("server.pem")
	want("within the second", first, 0)
	s.clock.step(time.Second)
	want("a second later", second, 0)
	if got := certificate.Fingerprint(live.Leaf()); got != second {
		t.Errorf("the leaf is %s", got)
	}
	for i, spoil := range []func() error{
		func() error { return os.WriteFile(s.file("server.pem"), []byte("rubbish"), 0o600) },
		func() error { return os.Remove(s.file("server.pem")) },
		func() error { s.replace("server.pem"); return os.Chmod(s.file("server.pem"), 0o644) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			s.clock.step(time.Second)
			want("spoiled", second, i+1)
		}
	}
	if err := os.Chmod(s.file("server.pem"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.clock.step(-time.Hour)
	third := certificate.Fingerprint(must(certificate.Read(s.file("server.pem")))(t)[0])
	want("mended, and the clock set back", third, 3)
	if got := s.log.count("certificate reloaded"); got != 2 {
		t.Errorf("%d reloads in the log", got)
	}
}

// A certificate and a key in files of their own are replaced one by one.
func TestReloadOneByOne(t *testing.T) {
	s := newSite(t)
	first := s.replace("both")
	s.copy("both", "server.pem")
	s.copy("both", "server.key")
	s.serve(certificate.Files{Certificate: s.file("server.pem"), Key: s.file("server.key")})
	second := s.replace("both")
	s.copy("both", "server.pem")
	s.clock.step(time.Second)
	if got := s.shown(); got != first {
		t.Errorf("between the two: %s is shown, want %s", got, first)
	}
	s.copy("both", "server.key")
	s.clock.step(time.Second)
	if got := s.shown(); got != second {
		t.Errorf("after both: %s is shown, want %s", got, second)
	}
}

func (s *site) copy(from, to string) {
	s.t.Helper()
	write(s.t, s.file(to), must(os.ReadFile(s.file(from)))(s.t))
}

// showing is a client with a certificate for itself, which it shows whatever
// CAs the server names.
func (s *site) showing(ca *certificate.Authority, name string) *tls.Config {
	s.t.Helper()
	config := s.trusting()
	own := clientCertificate(s.t, ca, name)
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own, nil }
	return config
}

func TestClientCertificates(t *testing.T) {
	s := newSite(t)
	s.replace("server.pem")
	trusted := must(certificate.NewAuthority(rand.Reader, "clients", now()))(t)
	s.writeCA("clients.pem", trusted)
	none, right, wrong := s.trusting(), s.showing(trusted, "bank"), s.showing(s.ca, "stranger")
	for _, optional := range []bool{false, true} {
		s.serve(certificate.Files{Certificate: s.file("server.pem"), ClientCA: s.file("clients.pem"), Optional: optional})
		for _, c := range []struct {
			name   string
			config *tls.Config
			want   bool
			shown  string
		}{
			{"none", none, optional, ""},
			{"right", right, true, "CN=bank"},
			{"wrong", wrong, false, ""},
		} {
			_, shown, err := s.get(c.config)
			if (err == nil) != c.want || shown != c.shown {
				t.Errorf("optional %t, %s: %q, %v; want it answered: %t", optional, c.name, shown, err, c.want)
			}
		}
	}
}

// A client that was trusted does not live on by taking up its session again.
func TestClientCANoLongerTrusted(t *testing.T) {
	s := newSite(t)
	s.replace("server.pem")
	trusted := must(certificate.NewAuthority(rand.Reader, "clients", now()))(t)
	s.writeCA("clients.pem", trusted)
	s.serve(certificate.Files{Certificate: s.file("server.pem"), ClientCA: s.file("clients.pem")})
	config := s.showing(trusted, "bank")
	config.ClientSessionCache = tls.NewLRUClientSessionCache(8)
	for range 2 {
		state, _, err := s.get(config)
		if err != nil {
			t.Fatal(err)
		}
		if state.DidResume {
			t.Error("a session was taken up again")
		}
	}
	s.writeCA("clients.pem", s.ca)
	s.clock.step(time.Second)
	if _, _, err := s.get(config); err == nil {
		t.Error("a client of a CA that is no longer trusted is answered")
	}
	if _, shown, err := s.get(s.showing(s.ca, "new")); err != nil || shown != "CN=new" {
		t.Errorf("a client of the new CA: %q, %v", shown, err)
	}
}

func (s *site) writeCA(name string, ca *certificate.Authority) {
	s.t.Helper()
	text, _, err := ca.PEM()
	if err != nil {
		s.t.Fatal(err)
	}
	write(s.t, s.file(name), text)
}

// clientCertificate is signed with the CA's key, as openssl would.
func clientCertificate(t testing.TB, ca *certificate.Authority, name string) tls.Certificate {
	t.Helper()
	text, keyText, err := ca.PEM()
	if err != nil {
		t.Fatal(err)
	}
	signer := must(tls.X509KeyPair(text, keyText))(t)
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	der := must(x509.CreateCertificate(rand.Reader, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: now(), NotAfter: now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, ca.Certificate, key.Public(), signer.PrivateKey))(t)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TLS 1.2 is the least, RSA key exchange has to be asked for, and connections
// carry HTTP/1.1, whose requests limits count.
func TestNegotiation(t *testing.T) {
	rsaOnly := func(c *tls.Config) {
		c.MaxVersion = tls.VersionTLS12
		c.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_GCM_SHA384}
	}
	s := newSite(t)
	s.replace("server.pem")
	for _, c := range []struct {
		name   string
		legacy bool
		offer  func(*tls.Config)
		want   uint16 // version; 0: refused
	}{
		{"the best", false, func(*tls.Config) {}, tls.VersionTLS13},
		{"the best, legacy", true, func(*tls.Config) {}, tls.VersionTLS13},
		{"TLS 1.2", false, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, tls.VersionTLS12},
		{"TLS 1.1", false, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, 0},
		{"TLS 1.1, legacy", true, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, 0},
		{"RSA", false, rsaOnly, 0},
		{"RSA, legacy", true, rsaOnly, tls.VersionTLS12},
	} {
		s.serve(certificate.Files{Certificate: s.file("server.pem"), Legacy: c.legacy})
		config := s.trusting()
		c.offer(config)
		state, _, err := s.get(config)
		switch {
		case c.want == 0 && err == nil, c.want != 0 && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case state != nil && (state.Version != c.want || state.NegotiatedProtocol != "http/1.1"):
			t.Errorf("%s: %s over %s", c.name, state.NegotiatedProtocol, tls.VersionName(state.Version))
		}
	}
}

// With legacy suites a client that can do better still does.
func TestLegacyPrefersForwardSecrecy(t *testing.T) {
	s := newSite(t)
	s.replace("server.pem")
	s.serve(certificate.Files{Certificate: s.file("server.pem"), Legacy: true})
	config := s.trusting()
	config.MaxVersion = tls.VersionTLS12
	config.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}
	state, _, err := s.get(config)
	if err != nil || state.CipherSuite != tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA {
		t.Errorf("%v, %+v", err, state)
	}
}

func TestOpenRefuses(t *testing.T) {
	s := newSite(t)
	s.replace("server.pem")
	s.replace("other.pem")
	s.writeCA("ca.pem", s.ca)
	write(t, s.file("empty"), nil)
	write(t, s.file("ecdsa.pem"), ecdsaPEM(t, s.ca))
	s.copy("server.pem", "shared.pem")
	if err := os.Chmod(s.file("shared.pem"), 0o640); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		files certificate.Files
		want  string
	}{
		{certificate.Files{Certificate: s.file("none")}, "no such file"},
		{certificate.Files{Certificate: s.file("empty")}, "failed to find any PEM data"},
		{certificate.Files{Certificate: s.file("ca.pem")}, "key"},
		{certificate.Files{Certificate: s.file("server.pem"), Key: s.file("none")}, "no such file"},
		{certificate.Files{Certificate: s.file("server.pem"), Key: s.file("other.pem")}, "private key does not match public key"},
		{certificate.Files{Certificate: s.file("shared.pem")}, "can be read by others"},
		{certificate.Files{Certificate: s.file("server.pem"), ClientCA: s.file("none")}, "no such file"},
		{certificate.Files{Certificate: s.file("server.pem"), ClientCA: s.file("empty")}, "the file holds no certificate in PEM"},
		{certificate.Files{Certificate: s.file("ecdsa.pem"), Legacy: true}, "RSA key exchange needs an RSA certificate"},
	} {
		if _, err := s.open(c.files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v; want %q", c.files, err, c.want)
		}
	}
	_, err := s.open(certificate.Files{Certificate: s.file("shared.pem")})
	if open, ok := errors.AsType[*certificate.OpenKeyError](err); !ok || open.Name != s.file("shared.pem") {
		t.Errorf("%v; want an OpenKeyError", err)
	}
	if _, err := s.open(certificate.Files{Certificate: s.file("ecdsa.pem")}); err != nil {
		t.Errorf("ECDSA without legacy: %v", err)
	}
}

func ecdsaPEM(t testing.TB, ca *certificate.Authority) []byte {
	t.Helper()
	made := clientCertificate(t, ca, "ecdsa")
	key := must(x509.MarshalPKCS8PrivateKey(made.PrivateKey))(t)
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made.Certificate[0]}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
}

// The log warns of a certificate that ends soon, when it is begun with and when
// it is taken.
func TestWarnsOfExpiry(t *testing.T) {
	s := newSite(t)
	s.replace("server.pem")
	live := must(s.open(certificate.Files{Certificate: s.file("server.pem")}))(t)
	live.Log("certificate")
	if s.log.count("expires soon") != 0 {
		t.Error("a new certificate expires soon")
	}
	s.clock.step(800 * 24 * time.Hour)
	live.Log("certificate")
	if s.log.count("level=WARN") != 1 || s.log.count("expires soon") != 1 {
		t.Errorf("no warning")
	}
}
