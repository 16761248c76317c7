package platform_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/labtest"
)

// A client's certificate under the folder's CA opens every endpoint, without a
// key, and the audit names its owner.
func TestClientCertificate(t *testing.T) {
	t.Parallel()
	l := &lab{t: t, dir: filepath.Join(t.TempDir(), "data"), log: &labtest.Log{}, contract: theContract(t)}
	l.must(dsappd.Init(t.Context(), l.dir, dsappd.InitOptions{Sample: true, Certificate: true,
		Settings: settings + "[platform]\ntls = \"on\"\nclient_ca = \"tls/ca.pem\"\nclient_certificates = \"optional\"\n"}))
	file := filepath.Join(t.TempDir(), "client.pem")
	l.must(datafolder.IssueClientCertificate(l.dir, "the bank", file, datafolder.CertificateOptions{}))
	if err := datafolder.IssueClientCertificate(l.dir, "the bank", file, datafolder.CertificateOptions{}); err == nil {
		t.Error("a file was replaced")
	}
	l.serve()
	t.Cleanup(func() { l.must(l.server.Close()) })
	roots := x509.NewCertPool()
	ca, err := os.ReadFile(filepath.Join(l.dir, "tls", "ca.pem"))
	l.must(err)
	roots.AppendCertsFromPEM(ca)
	own, err := tls.LoadX509KeyPair(file, file)
	l.must(err)
	for name, c := range map[string]struct {
		certificates []tls.Certificate
		status       int
	}{"with it": {[]tls.Certificate{own}, http.StatusOK}, "without": {nil, http.StatusUnauthorized}} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: c.certificates}}
		request, err := http.NewRequestWithContext(t.Context(), "PUT", l.urls.Platform+"v1/users/anna", strings.NewReader(""))
		l.must(err)
		response, err := transport.RoundTrip(request)
		l.must(err)
		_ = response.Body.Close()
		transport.CloseIdleConnections()
		if response.StatusCode != c.status {
			t.Errorf("%s: HTTP %d", name, response.StatusCode)
		}
	}
	if !strings.Contains(l.log.String(), "CN=the bank") {
		t.Errorf("the log does not name the client: %s", l.log)
	}
}
