package systemtest_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/phone"
)

// certifiedFolder makes a data folder with the sample and certificates.
func certifiedFolder(t *testing.T, settings string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	options := datafolder.InitOptions{Sample: true, Settings: cheapSettings + settings, Certificate: &datafolder.CertificateOptions{}}
	if err := datafolder.Init(t.Context(), dir, options); err != nil {
		t.Fatal(err)
	}
	return dir
}

// trusting is a client that trusts a data folder's CA, over connections that
// it uses once.
func trusting(t *testing.T, dir string) *http.Client {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "tls", "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		t.Fatal("no CA in ", dir)
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
}

func get(t *testing.T, client *http.Client, url string) (*http.Response, string) {
	t.Helper()
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

// Where other machines can reach it, a new folder is served by TLS on every
// listener, and a whole exchange goes over it.
func TestTLSWhereReachable(t *testing.T) {
	dir := certifiedFolder(t, "")
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "0.0.0.0:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer closeTwice(t, server)
	client, urls := trusting(t, dir), server.URLs()
	for _, url := range []string{urls.SOAP, urls.Gateway, urls.Console} {
		if !strings.HasPrefix(url, "https://localhost:") {
			t.Errorf("served at %s", url)
		}
		if response, err := http.Get(url); err == nil {
			response.Body.Close()
			t.Errorf("%s: who does not trust the CA is answered", url)
		}
		response, _ := get(t, client, url)
		plain, _ := get(t, client, strings.Replace(url, "https", "http", 1))
		if response.TLS == nil || plain.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: plain text is answered by %s", url, plain.Status)
		}
	}
	if _, description := get(t, client, urls.SOAP+"?wsdl"); !strings.Contains(description, `location="`+urls.SOAP+`"`) {
		t.Errorf("the WSDL does not name %s as its endpoint", urls.SOAP)
	}
	exchange(t, client, urls.SOAP)
}

// exchange registers the sample's user1 and takes the activation data.
func exchange(t *testing.T, client *http.Client, url string) {
	t.Helper()
	response, err := client.Post(url, "text/xml; charset=utf-8", strings.NewReader(registerEnvelope))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	soapClient, err := phone.NewClient(url, client)
	if err != nil {
		t.Fatal(err)
	}
	device := &phone.Device{Transport: &phone.SOAP{Client: soapClient, ComponentType: "srp-component"}, Rand: rand.Reader, Now: time.Now}
	registration := phone.Registration{ID: element(string(reply), "registrationID"), Password: element(string(reply), "activationPassword")}
	if _, err := device.Exchange(t.Context(), registration); err != nil {
		t.Errorf("exchange: %v; registered by %s", err, reply)
	}
}

// While certificates are renewed no request fails, and the last is shown in
// the end.
func TestRenewUnderLoad(t *testing.T) {
	// Each request comes over a connection of its own.
	dir := certifiedFolder(t, "[soap]\ntls = \"on\"\n[limits]\nnew_per_address = 1000000\nnew_connections = 1000000\n")
	urls := serveFolder(t, dsappd.Config{Dir: dir})
	client := trusting(t, dir)
	var shown atomic.Value // the serial number of the certificate seen last
	var load sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		load.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				response, err := client.Get(urls.SOAP)
				if err != nil {
					t.Errorf("a request failed: %v", err)
					return
				}
				_ = response.Body.Close()
				shown.Store(response.TLS.PeerCertificates[0].SerialNumber.String())
			}
		})
	}
	for range 3 {
		if err := datafolder.RenewCertificate(dir, datafolder.CertificateOptions{Hosts: []string{"renewed.example"}}); err != nil {
			t.Error(err)
		}
	}
	last, err := tls.LoadX509KeyPair(filepath.Join(dir, "tls", "server.pem"), filepath.Join(dir, "tls", "server.pem"))
	if err != nil {
		t.Fatal(err)
	}
	for shown.Load() != last.Leaf.SerialNumber.String() && !t.Failed() && t.Context().Err() == nil {
		get(t, client, urls.SOAP)
	}
	close(stop)
	load.Wait()
}

// The log names the client by its certificate's subject, on every listener.
func TestClientCertificateInLog(t *testing.T) {
	dir := certifiedFolder(t, `[soap]
tls = "on"
client_ca = "tls/ca.pem"
[gateway]
tls = "on"
client_ca = "tls/ca.pem"
client_certificates = "optional"
[console]
tls = "on"
client_ca = "tls/ca.pem"
client_certificates = "optional"
`)
	var log record
	urls := serveFolder(t, dsappd.Config{Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	client := trusting(t, dir)
	if response, err := client.Get(urls.SOAP); err == nil {
		response.Body.Close()
		t.Error("who has no certificate is answered")
	}
	get(t, client, urls.Gateway)
	client.Transport.(*http.Transport).TLSClientConfig.Certificates = []tls.Certificate{clientCertificate(t, dir, "the bank")}
	get(t, client, urls.SOAP)
	get(t, client, urls.Gateway)
	get(t, client, urls.Console)
	log.mutex.Lock()
	defer log.mutex.Unlock()
	if got := strings.Count(log.text.String(), `client_certificate="CN=the bank"`); got != 3 {
		t.Errorf("the client is named %d times in the log, want once by each listener: %s", got, log.text.String())
	}
}

// clientCertificate is signed by a data folder's CA.
func clientCertificate(t *testing.T, dir, name string) tls.Certificate {
	t.Helper()
	ca, err := tls.LoadX509KeyPair(filepath.Join(dir, "tls", "ca.pem"), filepath.Join(dir, "tls", "ca.key"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.Leaf, key.Public(), ca.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// A proxy that speaks TLS is the endpoint, where the settings say so.
func TestPublicURL(t *testing.T) {
	dir := certifiedFolder(t, "[soap]\npublic_url = \"https://provisioning.example/soap\"\n")
	url := serveFolder(t, dsappd.Config{Dir: dir}).SOAP
	if _, description := get(t, http.DefaultClient, url+"?wsdl"); !strings.Contains(description, `location="https://provisioning.example/soap"`) {
		t.Error("the WSDL does not name the public URL")
	}
}

// Who listens where the certificate is not for is told how to mend that.
func TestWarnsOfHost(t *testing.T) {
	dir := certifiedFolder(t, "")
	for address, want := range map[string]bool{"127.0.0.1:0": false, "localhost:0": false, "0.0.0.0:0": false, "127.0.0.2:0": true} {
		var log record
		config := dsappd.Config{Dir: dir, Addr: address, TLS: true, GatewayAddr: "none", ConsoleAddr: "none", Logger: slog.New(slog.NewTextHandler(&log, nil))}
		server, err := dsappd.Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		closeTwice(t, server)
		if got := strings.Contains(log.text.String(), "--host 127.0.0.2"); got != want {
			t.Errorf("%s: warned %t: %s", address, got, log.text.String())
		}
	}
}

// Each listener has TLS settings of its own: RSA key exchange for the gateway
// is none for SOAP.
func TestLegacyByListener(t *testing.T) {
	dir := certifiedFolder(t, "[gateway]\nlegacy_tls = true\n")
	urls := serveFolder(t, dsappd.Config{Dir: dir, TLS: true})
	client := trusting(t, dir)
	offer := client.Transport.(*http.Transport).TLSClientConfig
	offer.MaxVersion, offer.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	get(t, client, urls.Gateway)
	if response, err := client.Get(urls.SOAP); err == nil {
		response.Body.Close()
		t.Error("SOAP is answered over RSA key exchange")
	}
}

// Who connects and says nothing holds a place no longer than for a header.
func TestHandshakeIsBounded(t *testing.T) {
	dir := certifiedFolder(t, "[timeouts]\nread_header = \"50ms\"\n")
	host := strings.Trim(strings.TrimPrefix(serveFolder(t, dsappd.Config{Dir: dir, TLS: true}).SOAP, "https:"), "/")
	silent, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if err := silent.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(silent); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection is held")
	}
}
