package certificate_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/server/certificate"
)

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func now() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// issue makes a server's certificate and returns the file with it.
func issue(t testing.TB, ca *certificate.Authority, dir, name string, at time.Time, hosts ...string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	write(t, file, must(ca.Issue(rand.Reader, hosts, at))(t))
	return file
}

func write(t testing.TB, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What is issued is believed for its hosts by who trusts the CA, and by nobody
// else.
func TestIssue(t *testing.T) {
	ca := must(certificate.NewAuthority(rand.Reader, "test CA", now()))(t)
	other := must(certificate.NewAuthority(rand.Reader, "test CA", now()))(t)
	long := strings.Repeat("long.", 13) + "example"
	file := issue(t, ca, t.TempDir(), "server.pem", now(), long, "localhost", "127.0.0.1", "::1", "*.lab.example")
	leaf := must(certificate.Read(file))(t)[0]
	for host, want := range map[string]bool{
		long: true, "localhost": true, "127.0.0.1": true, "::1": true, "a.lab.example": true,
		"lab.example": false, "127.0.0.2": false, "": true,
	} {
		_, err := leaf.Verify(verification(ca, host))
		if (err == nil) != want {
			t.Errorf("%q: %v; want it believed: %t", host, err, want)
		}
	}
	if _, err := leaf.Verify(verification(other, "localhost")); err == nil {
		t.Error("another CA of the same name is believed")
	}
	if diff := cmp.Diff([]string{long, "localhost", "*.lab.example", "127.0.0.1", "::1"}, certificate.Hosts(leaf)); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
	if leaf.Subject.CommonName != "localhost" {
		t.Errorf("common name %q; want the first that has at most 64 characters", leaf.Subject.CommonName)
	}
}

func verification(ca *certificate.Authority, host string) x509.VerifyOptions {
	roots := x509.NewCertPool()
	roots.AddCert(ca.Certificate)
	return x509.VerifyOptions{Roots: roots, DNSName: host, CurrentTime: now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
}

// RSA for old clients, with what RSA key exchange needs; no longer than
// systems believe a server, nor than its CA.
func TestIssuedForm(t *testing.T) {
	ca := must(certificate.NewAuthority(rand.Reader, "test CA", now()))(t)
	late := ca.Certificate.NotAfter.Add(-time.Hour)
	dir := t.TempDir()
	leaf := must(certificate.Read(issue(t, ca, dir, "new.pem", now(), "a")))(t)[0]
	last := must(certificate.Read(issue(t, ca, dir, "last.pem", late, "a")))(t)[0]
	if key, ok := leaf.PublicKey.(*rsa.PublicKey); !ok || key.Size() < 2048/8 || leaf.KeyUsage&x509.KeyUsageKeyEncipherment == 0 {
		t.Errorf("key %T, usage %b", leaf.PublicKey, leaf.KeyUsage)
	}
	if life := leaf.NotAfter.Sub(leaf.NotBefore); life > 825*24*time.Hour || life < 365*24*time.Hour {
		t.Errorf("valid for %v", life)
	}
	if !last.NotAfter.Equal(ca.Certificate.NotAfter) {
		t.Errorf("valid until %v, its CA until %v", last.NotAfter, ca.Certificate.NotAfter)
	}
	if life := ca.Certificate.NotAfter.Sub(now()); !ca.Certificate.IsCA || !ca.Certificate.MaxPathLenZero || life < 9*365*24*time.Hour {
		t.Errorf("CA: %t, path %d, valid for %v", ca.Certificate.IsCA, ca.Certificate.MaxPathLen, life)
	}
	if _, err := ca.Issue(rand.Reader, []string{"a"}, ca.Certificate.NotAfter); err == nil {
		t.Error("a CA that has expired signs")
	}
}

func TestReadAuthority(t *testing.T) {
	dir := t.TempDir()
	name, key := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca.key")
	ca := must(certificate.NewAuthority(rand.Reader, "test CA", now()))(t)
	certificateText, keyText, err := ca.PEM()
	if err != nil {
		t.Fatal(err)
	}
	write(t, name, certificateText)
	write(t, key, keyText)
	again := must(certificate.ReadAuthority(name, key))(t)
	leaf := must(certificate.Read(issue(t, again, dir, "server.pem", now(), "a")))(t)[0]
	if err := leaf.CheckSignatureFrom(ca.Certificate); err != nil {
		t.Error(err)
	}
	other := must(certificate.NewAuthority(rand.Reader, "test CA", now()))(t)
	_, otherKey, err := other.PEM()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want    string
		content []byte
	}{
		{"is not the key of", otherKey},
		{"the file holds no private key in PEM", nil},
		{"holds no key in PKCS #8", []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")},
		{"holds no key in PKCS #8", certificateText},
	} {
		write(t, key, c.content)
		if _, err := certificate.ReadAuthority(name, key); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
	}
}

func TestParseHost(t *testing.T) {
	for text, want := range map[string]string{
		"localhost": "localhost", "Lab.Example.": "lab.example", "*.lab.example": "*.lab.example", "bücher.example": "xn--bcher-kva.example",
		"192.0.2.7": "192.0.2.7", "2001:DB8::1": "2001:db8::1", "::ffff:192.0.2.7": "192.0.2.7", "a-1": "a-1",
		"": "", "*": "", "*.": "", "a.*.b": "", "http://lab": "", "lab:8888": "", "lab/": "", "a b": "", "fe80::1%eth0": "", "[::1]": "", "a_b": "", "-a": "", "a..b": "",
	} {
		got, err := certificate.ParseHost(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}
