//go:build clients && !race

package systemtest_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
)

// curl believes the server by the folder's CA, and not without.
func TestCurlTrustsTheCA(t *testing.T) {
	dir := certifiedFolder(t, "")
	url := serveFolder(t, dsappd.Config{Dir: dir, TLS: true}).SOAP
	description, err := exec.Command("curl", "-sS", "--cacert", filepath.Join(dir, "tls", "ca.pem"), url+"?wsdl").CombinedOutput()
	if err != nil || !strings.Contains(string(description), `location="`+url+`"`) {
		t.Errorf("%v: %.300s", err, description)
	}
	if out, err := exec.Command("curl", "-sS", url).CombinedOutput(); err == nil || !strings.Contains(string(out), "certificate") {
		t.Errorf("without the CA: %v: %.300s", err, out)
	}
}

// A client of OpenSSL that offers nothing but RSA key exchange is served where
// that is allowed, and nobody below TLS 1.2 ever is.
func TestOpenSSLOfferingRSAKeyExchange(t *testing.T) {
	for _, c := range []struct {
		name   string
		legacy bool
		offer  []string
		want   string // cipher suite; empty: refused
	}{
		{"RSA", false, []string{"-tls1_2", "-cipher", "AES128-SHA"}, ""},
		{"RSA, legacy", true, []string{"-tls1_2", "-cipher", "AES128-SHA"}, "AES128-SHA"},
		{"RSA with GCM, legacy", true, []string{"-tls1_2", "-cipher", "AES256-GCM-SHA384"}, "AES256-GCM-SHA384"},
		{"RSA with 3DES, legacy", true, []string{"-tls1_2", "-cipher", "DES-CBC3-SHA@SECLEVEL=0"}, ""},
		{"TLS 1.1, legacy", true, []string{"-tls1_1", "-cipher", "ALL@SECLEVEL=0"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := certifiedFolder(t, "")
			host := strings.Trim(strings.TrimPrefix(serveFolder(t, dsappd.Config{Dir: dir, TLS: true, LegacyTLS: c.legacy}).SOAP, "https:"), "/")
			args := append([]string{"s_client", "-connect", host, "-verify_return_error", "-CAfile", filepath.Join(dir, "tls", "ca.pem")}, c.offer...)
			out, err := exec.Command("openssl", args...).CombinedOutput()
			agreed := strings.Contains(string(out), "Cipher is "+c.want+"\n") && strings.Contains(string(out), "Verification: OK")
			if c.want == "" && err == nil || c.want != "" && (err != nil || !agreed) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
