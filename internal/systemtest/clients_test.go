//go:build clients && !race

package systemtest_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
)

// clientTimeout is enough for the slowest, which compiles itself.
const clientTimeout = 3 * time.Minute

// TestClients lets real SOAP toolkits, from the WSDL that the server gives
// them, take users of the sample data through whole activations:
// testdata/clients/README.md says which. It is built with the tag clients, by
// make test.
func TestClients(t *testing.T) {
	folder := filepath.Join("..", "..", "testdata", "clients")
	if out, err := exec.Command(filepath.Join(folder, "tools.sh"), "--check").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	strict, secure := dsappd.Config{Strict: true}, dsappd.Config{TLS: true}
	const anyOrder = "any-order"
	for _, c := range []struct {
		name    string
		config  dsappd.Config
		command []string
		more    []string // behind the WSDL's address
		saved   bool     // a saved copy of the WSDL, in place of its address
	}{
		{"python3-zeep", dsappd.Config{}, []string{"/usr/bin/python3", "-B", filepath.Join(folder, "python", "client.py")}, []string{anyOrder}, false},
		{"python3-zeep, strict", strict, []string{"/usr/bin/python3", "-B", filepath.Join(folder, "python", "client.py")}, nil, true},
		{"php-soap", dsappd.Config{}, []string{"php", filepath.Join(folder, "php", "client.php")}, []string{anyOrder}, false},
		{"php-soap, strict", strict, []string{"php", filepath.Join(folder, "php", "client.php")}, nil, true},
		// It keeps its own order of elements, so never strict.
		{"npm-soap", dsappd.Config{}, []string{"node", filepath.Join(folder, "node", "client.js")}, nil, false},
		{"gsoap, strict", strict, []string{filepath.Join(folder, "gsoap", "run.sh")}, nil, false},
		{"jax-ws, TLS", secure, []string{"env", "CA=CA", filepath.Join(folder, "jaxws", "run.sh")}, nil, false},
		{"axis 1.4", dsappd.Config{}, []string{filepath.Join(folder, "axis", "run.sh")}, nil, false},
		{"kdsoap", dsappd.Config{}, []string{filepath.Join(folder, "kdsoap", "run.sh")}, nil, false},
		{"soap-lite", dsappd.Config{}, []string{"perl", filepath.Join(folder, "perl", "client.pl")}, nil, false},
		{"soap-wsdl", dsappd.Config{}, []string{filepath.Join(folder, "perl", "generated.sh")}, nil, false},
		// Over TLS each is told in its own way which CA to trust.
		{"python3-zeep, TLS", secure, []string{"env", "REQUESTS_CA_BUNDLE=CA", "/usr/bin/python3", "-B", filepath.Join(folder, "python", "client.py")}, []string{anyOrder}, false},
		{"php-soap, TLS", secure, []string{"php", "-d", "openssl.cafile=CA", filepath.Join(folder, "php", "client.php")}, []string{anyOrder}, false},
		{"npm-soap, TLS", secure, []string{"env", "NODE_EXTRA_CA_CERTS=CA", "node", filepath.Join(folder, "node", "client.js")}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.config.Dir = certifiedFolder(t, "")
			url, door := serveToClients(t, c.config)
			command := substitute(c.command, "CA", filepath.Join(c.config.Dir, "tls", "ca.pem"))
			wsdl := url + "?wsdl"
			if c.saved {
				wsdl = saveWSDL(t, url)
			}
			runClient(t, slices.Concat(command, []string{wsdl}, c.more))
			checkActivated(t, door)
		})
	}
}

// TestLoginClients lets three of them log users of the sample data in and sign, from the
// WSDLs of the authentication and the signature interface.
func TestLoginClients(t *testing.T) {
	folder := filepath.Join("..", "..", "testdata", "clients")
	for name, c := range map[string]struct {
		config  dsappd.Config
		command []string
	}{
		"python3-zeep":         {dsappd.Config{}, []string{"/usr/bin/python3", "-B", filepath.Join(folder, "python", "login.py")}},
		"python3-zeep, strict": {dsappd.Config{Strict: true}, []string{"/usr/bin/python3", "-B", filepath.Join(folder, "python", "login.py")}},
		"php-soap":             {dsappd.Config{}, []string{"php", filepath.Join(folder, "php", "login.php")}},
		"npm-soap":             {dsappd.Config{}, []string{"node", filepath.Join(folder, "node", "login.js")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.config.Dir = certifiedFolder(t, "")
			runClient(t, append(c.command, serveFolder(t, c.config).SOAP+"?wsdl=authentication"))
		})
	}
}

// TestPlatformClients lets programs of three languages enrol users of the sample
// data over REST, and log them in.
func TestPlatformClients(t *testing.T) {
	folder := filepath.Join("..", "..", "testdata", "clients")
	for name, command := range map[string][]string{
		"java":            {filepath.Join(folder, "platform", "run.sh")},
		"axios":           {"node", filepath.Join(folder, "node", "rest.js")},
		"python requests": {"/usr/bin/python3", "-B", filepath.Join(folder, "python", "rest.py")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			urls := serveFolder(t, dsappd.Config{Dir: certifiedFolder(t, "")})
			runClient(t, append(command, strings.TrimSuffix(urls.Platform, "/"), "lab-platform-key"))
		})
	}
}

// TestAdministrationClients lets three of them administer from the WSDL of the
// administration interface, and one program for each way in which customers read
// replies without a WSDL. All share a server: each has a user and an
// authenticator of its own.
func TestAdministrationClients(t *testing.T) {
	folder := filepath.Join("..", "..", "testdata", "clients")
	url, door := serveToClients(t, dsappd.Config{Dir: certifiedFolder(t, "")})
	wsdl := url + "?wsdl=administration"
	for n, c := range []struct {
		name    string
		command []string
	}{
		{"zeep", []string{"/usr/bin/python3", "-B", filepath.Join(folder, "python", "administer.py"), wsdl}},
		{"php-soap", []string{"php", filepath.Join(folder, "php", "administer.php"), wsdl}},
		{"npm-soap", []string{"node", filepath.Join(folder, "node", "administer.js"), wsdl}},
		{"savon", []string{"ruby", filepath.Join(folder, "reading", "savon.rb"), url}},
		{"dom", []string{"java", filepath.Join(folder, "reading", "Dom.java"), url}},
		{"adapter", []string{"/usr/bin/python3", "-B", filepath.Join(folder, "reading", "adapter.py"), url}},
	} {
		serialNumber := fmt.Sprintf("VDS10003%02d", n)
		_, err := door.AddAuthenticator(t.Context(), admin.AddAuthenticator{
			SerialNumber: serialNumber, Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6, Secret: hex.EncodeToString([]byte("12345678901234567890"))})
		if err != nil {
			t.Fatal(err)
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			runClient(t, append(c.command, c.name, serialNumber))
		})
	}
}

// serveToClients serves a folder with the sample data and the users whom the
// clients expect beside it. It returns the URL for SOAP and the folder's door,
// which it closes at the end of the test.
func serveToClients(t *testing.T, config dsappd.Config) (string, *operators.Door) {
	t.Helper()
	urls := serveFolder(t, config)
	door, err := operators.Open(t.Context(), config.Dir, operators.Config{Operator: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = door.Close() })
	if err := errors.Join(addBeyondASCII(t.Context(), door), addUnassigned(t.Context(), door), explainNothing(t.Context(), door)); err != nil {
		t.Fatal(err)
	}
	return urls.SOAP, door
}

// explainNothing has the sample's policies answer as those of a server that is
// no lab: clients compare the words for an unknown user and a wrong password.
func explainNothing(ctx context.Context, door *operators.Door) error {
	var all []error
	for _, policy := range []string{"lab", "lab-mdl"} {
		_, err := door.SetPolicy(ctx, provision.SetPolicy{Name: policy, Set: json.RawMessage(`{"Explain":false}`)})
		all = append(all, err)
	}
	return errors.Join(all...)
}

// saveWSDL saves what a server serves to a file, and returns its path.
func saveWSDL(t *testing.T, url string) string {
	t.Helper()
	response, text := get(t, http.DefaultClient, url+"?singleWsdl")
	file := filepath.Join(t.TempDir(), "provisioning.wsdl")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(response.Status, err)
	}
	return file
}

// substitute puts a value where words of a command end in =NAME.
func substitute(command []string, name, value string) []string {
	var out []string
	for _, word := range command {
		if before, found := strings.CutSuffix(word, "="+name); found {
			word = before + "=" + value
		}
		out = append(out, word)
	}
	return out
}

// addBeyondASCII adds a user whose names and password are not ASCII.
func addBeyondASCII(ctx context.Context, door *operators.Door) error {
	_, added := door.AddUser(ctx, provision.AddUser{UserID: "jürgen", OrgUnit: "Büro & <Söhne>", StaticPassword: "Grüße & <€>"})
	_, made := door.AddAuthenticator(ctx, admin.AddAuthenticator{
		SerialNumber: "VDS1000145", Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 6})
	_, assigned := door.AssignAuthenticator(ctx, provision.AssignAuthenticator{SerialNumber: "VDS1000145", UserID: "jürgen"})
	return errors.Join(added, made, assigned)
}

// addUnassigned adds a user who has nothing yet, and what can be assigned.
func addUnassigned(ctx context.Context, door *operators.Door) error {
	_, err := door.AddUser(ctx, provision.AddUser{UserID: "anna", StaticPassword: "Password2"})
	for _, serialNumber := range []string{"VDS1000146", "VDS1000147"} {
		_, added := door.AddAuthenticator(ctx, admin.AddAuthenticator{
			SerialNumber: serialNumber, Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 6})
		err = errors.Join(err, added)
	}
	return err
}

// runClient runs a client to its end, which it says in words: a program that
// checks nothing has not passed.
func runClient(t *testing.T, command []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
	if !regexp.MustCompile(`\nthe whole flow: [1-9][0-9]+ checks passed\n$`).Match(out) {
		t.Fatalf("%v did not come to the end of its flow:\n%s", command, out)
	}
	t.Logf("%s", out)
}

// The phone that the Java clients share computes what the profile's vectors say.
func TestJavaPhone(t *testing.T) {
	sources, err := filepath.Glob(filepath.Join("..", "..", "testdata", "clients", "java", "phone", "*.java"))
	if err != nil {
		t.Fatal(err)
	}
	classes := t.TempDir()
	if out, err := exec.Command("javac", slices.Concat([]string{"-Xlint:all", "-Werror", "-encoding", "UTF-8", "-d", classes}, sources)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command("java", "-cp", classes, "phone.Vectors", filepath.Join("..", "..", "testdata", "vectors.json")).CombinedOutput()
	if err != nil || string(out) != "the vectors: 132 checks passed\n" {
		t.Fatalf("%v\n%s", err, out)
	}
}

// checkActivated looks at what each of the clients has left in the store:
// user2's authenticator was activated twice.
func checkActivated(t *testing.T, door *operators.Door) {
	t.Helper()
	a, err := door.ShowAuthenticator(t.Context(), admin.NameAuthenticator{SerialNumber: "VDS1000141"})
	if err != nil {
		t.Fatal(err)
	}
	if a.State != provision.Active || a.Activations != 2 || a.NextMovingFactor != 2 {
		t.Errorf("user2's authenticator is %s after %d activations, next at %d", a.State, a.Activations, a.NextMovingFactor)
	}
}
