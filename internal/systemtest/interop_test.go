//go:build clients && interop && !race

package systemtest_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
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
	urls := serveFolder(t, dsappd.Config{Dir: certifiedFolder(t, "")})
	wsdl, openAPI := saveWSDL(t, urls.SOAP), saveOpenAPI(t, urls.Platform)
	built := buildJava(t, clients, wsdl, openAPI)
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
	t.Run("platform", func(t *testing.T) { interoperate(t, clients, built, openAPI) })
	t.Run("libraries", func(t *testing.T) { installLibraries(t, clients) })
}

// interoperate lets clients that are generated from the description of the
// Platform API go through the flow, and schemathesis send what it makes of it.
func interoperate(t *testing.T, clients, built, openAPI string) {
	python := filepath.Join(clients, "interop", ".venv", "bin", "python")
	for name, command := range map[string][]string{
		"ogen": {buildOgen(t, clients, openAPI)},
		"openapi-generator, Java": {"java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
			"-cp", filepath.Join(built, "openapi", "target", "classes") + ":" + readText(t, filepath.Join(built, "openapi", "target", "classpath")), "Client"},
		"openapi-generator, Python": {"env", "PYTHONPATH=" + filepath.Join(built, "openapi", "target", "python") + ":" + filepath.Join(clients, "python"),
			python, "-B", filepath.Join(clients, "interop", "openapi", "client.py")},
	} {
		t.Run(name, func(t *testing.T) {
			urls := serveFolder(t, dsappd.Config{Dir: certifiedFolder(t, "")})
			runClient(t, append(command, strings.TrimSuffix(urls.Platform, "/"), platformKey))
		})
	}
	t.Run("schemathesis", func(t *testing.T) {
		urls := serveFolder(t, dsappd.Config{Dir: certifiedFolder(t, "")})
		ctx, cancel := context.WithTimeout(t.Context(), clientTimeout)
		defer cancel()
		run := exec.CommandContext(ctx, filepath.Join(clients, "interop", ".venv", "bin", "schemathesis"), "run", urls.Platform+"v1/openapi.json",
			"--header", "Authorization: Bearer "+platformKey, "--seed", "1", "--max-examples", "5", "--phases", "coverage,fuzzing", "--workers", "1",
			"--no-color", "--continue-on-failure",
			"--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance")
		run.Dir = t.TempDir()
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	})
}

// platformKey is the sample's.
const platformKey = "lab-platform-key"

// buildOgen generates and compiles the client in Go, in a copy of its folder.
func buildOgen(t *testing.T, clients, openAPI string) (program string) {
	t.Helper()
	folder := t.TempDir()
	copyFolder(t, folder, filepath.Join(clients, "interop", "ogen"))
	module := filepath.Join(clients, "..", "..")
	program = filepath.Join(folder, "ogen")
	for _, arguments := range [][]string{
		{"mod", "edit", "-replace", "github.com/dsappd/dsappd=" + module},
		{"tool", "ogen", "--target", "api", "--package", "api", "--config", "ogen.yml", openAPI},
		{"build", "-o", program, "."},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), buildTimeout)
		defer cancel()
		run := exec.CommandContext(ctx, "go", arguments...)
		run.Dir = folder
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", run.Args, err, out)
		}
	}
	return program
}

// saveOpenAPI saves the description that the Platform API serves, and returns
// the path of the file.
func saveOpenAPI(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url + "v1/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := errors.Join(err, os.WriteFile(file, text, 0o644)); err != nil {
		t.Fatal(err)
	}
	return file
}

// buildJava generates and compiles the clients of the Maven project, in a copy
// of its folder, which it returns.
func buildJava(t *testing.T, clients, wsdl, openAPI string) string {
	t.Helper()
	folder := t.TempDir()
	copyFolder(t, folder, filepath.Join(clients, "interop"))
	ctx, cancel := context.WithTimeout(t.Context(), buildTimeout)
	defer cancel()
	maven := exec.CommandContext(ctx, "mvn", "--batch-mode", "--no-transfer-progress", "--quiet", "--threads", "2",
		"-Dwsdl="+wsdl, "-Dopenapi="+openAPI, "-Dclients="+clients, "compile")
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
