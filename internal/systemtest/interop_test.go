//go:build clients && interop

package systemtest_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd"
)

// buildTimeout is enough to download what the toolkits need.
const buildTimeout = 10 * time.Minute

// TestInterop lets toolkits that come from Maven Central and PyPI go through
// the whole flow, over TLS and with a certificate of their own. Their code is
// generated from a saved copy of the WSDL. make interop runs it.
func TestInterop(t *testing.T) {
	clients, err := filepath.Abs(filepath.Join("..", "..", "testdata", "clients"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(filepath.Join(clients, "tools.sh"), "--check", "--interop").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wsdl := saveWSDL(t, serveFolder(t, dsappd.Config{Dir: certifiedFolder(t, "")}).SOAP)
	built := buildJava(t, clients, wsdl)
	for _, name := range []string{"axis2", "cxf", "metro", "spring-ws"} {
		t.Run(name, func(t *testing.T) {
			jars, err := os.ReadFile(filepath.Join(built, name, "target", "classpath"))
			if err != nil {
				t.Fatal(err)
			}
			url, keys, door := serveMutualTLS(t)
			stores := keys.javaStores(t)
			java := []string{"java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", filepath.Join(built, name, "target", "classes") + ":" + string(jars)}
			runClient(t, append(append(java, stores...), "Client", wsdl, url))
			checkActivated(t, door)
		})
	}
	t.Run("zeep", func(t *testing.T) {
		url, keys, door := serveMutualTLS(t)
		python := filepath.Join(clients, "interop", ".venv", "bin", "python")
		runClient(t, []string{
			"env", "REQUESTS_CA_BUNDLE=" + keys.ca, "CLIENT_CERTIFICATE=" + keys.certificate,
			python, "-B", filepath.Join(clients, "python", "client.py"), url + "?wsdl", "any-order",
		})
		checkActivated(t, door)
	})
}

// buildJava generates and compiles the clients of the Maven project, in a copy
// of its folder, which it returns.
func buildJava(t *testing.T, clients, wsdl string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(clients, "interop"))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), buildTimeout)
	defer cancel()
	maven := exec.CommandContext(ctx, "mvn", "--batch-mode", "--no-transfer-progress", "--quiet", "--threads", "2",
		"-Dwsdl="+wsdl, "-Dclients="+clients, "compile")
	maven.Dir = folder
	if out, err := maven.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", maven.Args, err, out)
	}
	return folder
}

// clientKeys are the files of a client, in PEM: the CA that it trusts, and its
// certificate with the key.
type clientKeys struct{ ca, certificate string }

// serveMutualTLS serves a folder to clients that have a certificate, and gives
// it the keys of one.
func serveMutualTLS(t *testing.T) (string, clientKeys, *operators.Door) {
	t.Helper()
	dir := certifiedFolder(t, "[soap]\ntls = \"on\"\nclient_ca = \"tls/ca.pem\"\n")
	url, door := serveToClients(t, dsappd.Config{Dir: dir})
	if response, err := trusting(t, dir).Get(url); err == nil {
		response.Body.Close()
		t.Fatal("who has no certificate is answered")
	}
	made := clientCertificate(t, dir, "interop")
	key, err := x509.MarshalPKCS8PrivateKey(made.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made.Certificate[0]}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	keys := clientKeys{ca: filepath.Join(dir, "tls", "ca.pem"), certificate: filepath.Join(t.TempDir(), "client.pem")}
	if err := os.WriteFile(keys.certificate, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return url, keys, door
}

// javaStores makes the key store and the trust store that a Java program is
// told of by properties, which it returns.
func (k clientKeys) javaStores(t *testing.T) []string {
	t.Helper()
	folder := t.TempDir()
	keys, trust := filepath.Join(folder, "keys.p12"), filepath.Join(folder, "trust.p12")
	for _, command := range []string{
		"openssl pkcs12 -export -name client -passout pass:changeit -in " + k.certificate + " -out " + keys,
		"keytool -importcert -noprompt -alias ca -storepass changeit -file " + k.ca + " -keystore " + trust,
	} {
		words := strings.Fields(command)
		if out, err := exec.CommandContext(t.Context(), words[0], words[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	return []string{
		"-Djavax.net.ssl.keyStore=" + keys, "-Djavax.net.ssl.keyStorePassword=changeit",
		"-Djavax.net.ssl.trustStore=" + trust, "-Djavax.net.ssl.trustStorePassword=changeit",
	}
}
