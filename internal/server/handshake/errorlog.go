package handshake

import (
	"io"
	"regexp"
	"strings"
)

// ErrorLog returns what an http.Server of the listener writes its errors to: a
// failed TLS handshake is told in words, and every other line goes to next.
func ErrorLog(c Config, next io.Writer) io.Writer {
	return &errorLog{reporter: &reporter{Config: c}, next: next}
}

type errorLog struct {
	reporter *reporter
	next     io.Writer
}

var handshakeLine = regexp.MustCompile(`^http: TLS handshake error from (\S+): (.*)$`)

// Write implements io.Writer. A log.Logger writes a line at a time.
func (e *errorLog) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	found := handshakeLine.FindStringSubmatch(text)
	switch {
	case found == nil:
		return e.next.Write(line)
	case strings.Contains(found[2], errAnswered.Error()):
		return len(line), nil // it was reported
	}
	e.reporter.report(found[1], "no answer", "TLSHandshake", words(found[2]))
	return len(line), nil
}

// causes are what crypto/tls says of a handshake that failed, and what that
// means to who runs the server.
var causes = []struct{ says, means string }{
	{"unknown certificate authority", "The client does not trust the server's certificate: give it the CA that dsappd tls show names."},
	{"bad certificate", "The client does not accept the server's certificate: give it the CA that dsappd tls show names, and use a host that the certificate has."},
	{"unknown certificate", "The client does not accept the server's certificate: give it the CA that dsappd tls show names, and use a host that the certificate has."},
	// OpenSSL's alert, unencrypted in TLS 1.3, cannot be read as what it is.
	{"local error: tls: bad record MAC", "The client broke off, most likely because it does not trust the server's certificate: give it the CA that dsappd tls show names."},
	{"certificate expired", "The client says that the server's certificate has expired: make a new one with dsappd tls renew, or look at the client's clock."},
	{"client didn't provide a certificate", "The client showed no certificate, which the setting client_ca asks for."},
	{"failed to verify certificate", "The client's certificate is not accepted under the setting client_ca"},
	{"client offered only unsupported versions", "The client can only do a TLS version before 1.2"},
	{"protocol version not supported", "The client does not accept TLS 1.2 or 1.3"},
	{"no cipher suite supported by both", "The client and the server have no cipher suite in common: the setting legacy_tls, or serve --legacy-tls, allows RSA key exchange"},
	{"i/o timeout", "The handshake did not end in its time."},
	{"EOF", "The peer hung up during the handshake: it may have looked whether the port is open, or does not accept the server's certificate."},
	{"connection reset", "The peer broke off during the handshake: it may not accept the server's certificate."},
	{"first record does not look like a TLS handshake", "This address speaks TLS, and what came is neither TLS nor HTTP."},
}

// words tells why a handshake failed.
func words(cause string) string {
	for _, c := range causes {
		switch {
		case !strings.Contains(cause, c.says):
		case strings.HasSuffix(c.means, "."):
			return c.means
		default:
			return c.means + ": " + cause + "."
		}
	}
	return "The TLS handshake failed: " + cause + "."
}
