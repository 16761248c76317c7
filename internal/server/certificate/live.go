package certificate

import (
	"cmp"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"
)

// Files say what a listener serves TLS with. All are in PEM.
type Files struct {
	Certificate string // the server's and, after it, what leads to its CA
	Key         string // of the certificate; empty: it is in the same file
	ClientCA    string // what clients' certificates are checked against; empty: none are asked for
	Optional    bool   // a client may have no certificate
	Legacy      bool   // RSA key exchange is allowed
}

// Live is a listener's TLS from files that may change while it serves.
type Live struct {
	files  Files
	now    func() time.Time
	logger *slog.Logger

	mutex   sync.Mutex
	checked time.Time // when the files were looked at last
	seen    []state   // of the files then
	config  *tls.Config
}

// Open reads the files and refuses what cannot be served with. Later, at a
// handshake but at most once a second, it looks whether one has changed; where
// the new files are refused the old ones stay, and the log says why.
func Open(files Files, now func() time.Time, logger *slog.Logger) (*Live, error) {
	l := &Live{files: files, now: now, logger: logger}
	l.checked, l.seen = now(), l.look()
	var err error
	l.config, err = l.load()
	return l, err
}

// Config returns the configuration for the listener.
func (l *Live) Config() *tls.Config {
	config := l.config.Clone()
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return l.current(), nil }
	return config
}

// Leaf returns the server's certificate, as it is now.
func (l *Live) Leaf() *x509.Certificate { return l.current().Certificates[0].Leaf }

// current returns the configuration of a handshake.
func (l *Live) current() *tls.Config {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	now := l.now()
	if age := now.Sub(l.checked); age >= 0 && age < time.Second {
		return l.config
	}
	l.checked = now
	seen := l.look()
	if slices.EqualFunc(l.seen, seen, unchanged) {
		return l.config
	}
	l.seen = seen
	config, err := l.load()
	if err != nil {
		l.logger.Error("new certificate files are refused, the old ones stay", "error", err)
		return l.config
	}
	l.config = config
	l.log("certificate reloaded")
	return l.config
}

// Prepare reads other files, or the same ones again, and refuses what cannot
// be served with. Nothing changes before use is called: from then on handshakes
// are by those files, as after Open.
func (l *Live) Prepare(files Files) (use func(), err error) {
	next, err := Open(files, l.now, l.logger)
	if err != nil {
		return nil, err
	}
	return func() {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		l.files, l.checked, l.seen, l.config = files, next.checked, next.seen, next.config
		l.log("certificate reloaded")
	}, nil
}

// Log writes a line about the certificate that is served.
func (l *Live) Log(message string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.log(message)
}

func (l *Live) log(message string) {
	leaf := l.config.Certificates[0].Leaf
	attrs := []any{"file", l.files.Certificate, "hosts", Hosts(leaf), "sha256", Fingerprint(leaf), "expires", leaf.NotAfter}
	if left := leaf.NotAfter.Sub(l.now()); left < expiresSoon {
		l.logger.Warn(message+", which expires soon or has", attrs...)
		return
	}
	l.logger.Info(message, attrs...)
}

// expiresSoon is when the log begins to warn.
const expiresSoon = 30 * 24 * time.Hour

// load makes a configuration of the files as they are.
func (l *Live) load() (*tls.Config, error) {
	pair, err := l.files.pair()
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS12,
		// One request at a time on a connection: limits count connections.
		NextProtos: []string{"http/1.1"},
		Time:       l.now,
	}
	if l.files.Legacy {
		if _, ok := pair.PrivateKey.(*rsa.PrivateKey); !ok {
			return nil, fmt.Errorf("%s: %w", l.files.Certificate, errLegacyKey)
		}
		config.CipherSuites = withRSAKeyExchange()
	}
	if l.files.ClientCA != "" {
		err = l.askClients(config)
	}
	return config, err
}

// pair reads the certificate and its key; one file that holds both is read
// once, so that they belong together even while it is replaced.
func (f Files) pair() (tls.Certificate, error) {
	keyName := cmp.Or(f.Key, f.Certificate)
	key, err := readKeyFile(keyName)
	if err != nil {
		return tls.Certificate{}, err
	}
	chain := key
	if keyName != f.Certificate {
		chain, err = os.ReadFile(f.Certificate)
	}
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%s with the key in %s: %w", f.Certificate, keyName, err)
	}
	return pair, nil
}

// askClients asks for certificates. Each connection has to show one: a session
// that is taken up again would stand on what was trusted before.
func (l *Live) askClients(config *tls.Config) error {
	trusted, err := Read(l.files.ClientCA)
	if err != nil {
		return err
	}
	config.ClientCAs = x509.NewCertPool()
	for _, ca := range trusted {
		config.ClientCAs.AddCert(ca)
	}
	config.ClientAuth = tls.RequireAndVerifyClientCert
	if l.files.Optional {
		config.ClientAuth = tls.VerifyClientCertIfGiven
	}
	config.SessionTicketsDisabled = true
	return nil
}

// state is what is seen of a file without reading it; nil: nothing, as it is
// not there.
type state = os.FileInfo

func (l *Live) look() []state {
	var seen []state
	for _, name := range []string{l.files.Certificate, l.files.Key, l.files.ClientCA} {
		if name != "" {
			info, _ := os.Stat(name) // load says what is wrong with it
			seen = append(seen, info)
		}
	}
	return seen
}

func unchanged(before, after state) bool {
	if before == nil || after == nil {
		return before == after
	}
	return os.SameFile(before, after) && before.Size() == after.Size() &&
		before.ModTime().Equal(after.ModTime()) && before.Mode() == after.Mode()
}
