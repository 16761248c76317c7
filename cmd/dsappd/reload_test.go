package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/dsappd/dsappd/internal/datafolder"
)

// settle writes settings.toml, with cheap password hashes.
func settle(t *testing.T, dir, text string) {
	t.Helper()
	text += "\n[password_hash]\nmemory_kib = 8\npasses = 1\n"
	if err := os.WriteFile(filepath.Join(dir, "settings.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// asked is the status of HTTP that a page is answered with under a Host.
func (s *served) asked(t *testing.T, host, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	request.Header.Set("Content-Type", "text/xml")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// On SIGHUP the server takes the settings that can change while it serves, on
// connections that are open too, and names those that cannot.
func TestReloadSettings(t *testing.T) {
	dir := newDataFolder(t)
	server := serveFolder(t, dir)
	const host = "provisioning.test"
	large := strings.Replace(directRegister, "Password2", strings.Repeat("x", 3000), 1)
	if got := server.asked(t, host, directRegister); got != http.StatusMisdirectedRequest {
		t.Fatalf("a host that nobody named: %d", got)
	}
	settle(t, dir, "gateway_id = \"9876543210\"\n[soap]\nhosts = [\"provisioning.test\"]\n[limits]\nbody_bytes = 2048\nconnections = 100")
	server.signal(t, syscall.SIGHUP)
	server.log.await(t, `level=INFO msg=reloaded folder=`+dir+` changed="[limits.body_bytes limits.connections soap.hosts]"`)
	server.log.await(t, `level=WARN msg="settings have changed that wait for the next start" settings=[gateway_id]`)
	if got := server.asked(t, host, directRegister); got != http.StatusOK {
		t.Errorf("the host that the settings name now: %d", got)
	}
	if got := server.asked(t, host, large); got == http.StatusOK {
		t.Errorf("more than the settings allow now: %d", got)
	}
	server.signal(t, syscall.SIGTERM)
	server.log.await(t, "level=INFO msg=ending reason=SIGTERM")
	if err := server.wait(t); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// Where anything is refused, all stays as it was, and the log says where the
// fault is.
func TestReloadRefused(t *testing.T) {
	for name, c := range map[string]struct {
		settings string
		spoil    func(dir string) error
		words    []string
	}{
		"no TOML":         {settings: "[soap]\nhosts = [\"provisioning.test\"\n", words: []string{"settings.toml: toml: line "}},
		"unknown":         {settings: "[soap]\nhosts = [\"provisioning.test\"]\nhost = 1\n", words: []string{"settings.toml: line 3: ", "soap.hosts"}},
		"out of range":    {settings: "[soap]\nhosts = [\"provisioning.test\"]\n[limits]\nconnections = 0\n", words: []string{"settings.toml: line 4: limits.connections is 0"}},
		"no client CA":    {settings: "[soap]\nhosts = [\"provisioning.test\"]\nclient_ca = \"none.pem\"\n", words: []string{"client_ca", "unencrypted"}},
		"open to writers": {settings: "[soap]\nhosts = [\"provisioning.test\"]\n", spoil: func(dir string) error { return os.Chmod(filepath.Join(dir, "settings.toml"), 0o666) }, words: []string{"chmod 600"}},
		"gone":            {spoil: func(dir string) error { return os.Remove(filepath.Join(dir, "settings.toml")) }, words: []string{"put the file back"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newDataFolder(t)
			server := serveFolder(t, dir)
			settle(t, dir, c.settings)
			if c.spoil != nil {
				if err := c.spoil(dir); err != nil {
					t.Fatal(err)
				}
			}
			server.signal(t, syscall.SIGHUP)
			server.log.await(t, `level=ERROR msg="not reloaded, the old settings and certificates stay"`)
			for _, words := range c.words {
				server.log.await(t, words)
			}
			if strings.Contains(server.log.String(), `mend=""`) {
				t.Error("the log names a remedy that is empty")
			}
			if got := server.asked(t, "provisioning.test", directRegister); got != http.StatusMisdirectedRequest {
				t.Errorf("a setting of the refused file is in force: %d", got)
			}
			if got := server.asked(t, "", directRegister); got != http.StatusOK {
				t.Errorf("the server no longer answers: %d", got)
			}
		})
	}
}

// Certificates that other settings name are shown from the next handshake on,
// and where one is refused the old ones stay on all listeners.
func TestReloadCertificate(t *testing.T) {
	dir := newDataFolder(t)
	if err := datafolder.RenewCertificate(dir, datafolder.CertificateOptions{}); err != nil {
		t.Fatal(err)
	}
	server := serveFolder(t, dir, "--tls")
	before := server.certificate(t)
	other := filepath.Join(t.TempDir(), "other")
	options := datafolder.InitOptions{Certificate: &datafolder.CertificateOptions{Hosts: []string{"other.test"}}}
	if err := datafolder.Init(context.Background(), other, options); err != nil {
		t.Fatal(err)
	}
	certificate := filepath.Join(other, "tls", "server.pem")
	settle(t, dir, "[soap]\ncertificate = '"+certificate+"'\n[gateway]\ncertificate = 'none.pem'")
	server.signal(t, syscall.SIGHUP)
	server.log.await(t, "not reloaded")
	server.log.await(t, "look at the settings gateway.certificate")
	if !server.certificate(t).Equal(before) {
		t.Error("a certificate has changed although another is refused")
	}
	settle(t, dir, "[soap]\ncertificate = '"+certificate+"'")
	server.signal(t, syscall.SIGHUP)
	server.log.await(t, "changed=[soap.certificate]")
	if err := server.certificate(t).VerifyHostname("other.test"); err != nil {
		t.Error(err)
	}
}

// certificate is the one that the SOAP interface shows.
func (s *served) certificate(t *testing.T) *x509.Certificate {
	t.Helper()
	address := strings.TrimSuffix(strings.TrimPrefix(s.url, "https://"), "/")
	conn, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0]
}
