//go:build clients && !race

package systemtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// blocks returns what stands between the fences of a language in the page for
// who writes a phone.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "write-a-phone.md"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, found := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(page, -1) {
		all = append(all, string(found[1]))
	}
	if len(all) == 0 {
		t.Fatalf("the page has no %s", language)
	}
	return all
}

// TestPhoneInPython runs the phone exactly as its page shows it, for each kind
// of authenticator, and twice for one whose secret it has changed.
func TestPhoneInPython(t *testing.T) {
	dir := makeFolder(t)
	urls := serveFolder(t, dsappd.Config{Dir: dir})
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = door.Close() })
	program := filepath.Join(t.TempDir(), "phone.py")
	if err := os.WriteFile(program, []byte(blocks(t, "python")[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	play := func(user string) (string, error) {
		out, err := exec.CommandContext(t.Context(), "/usr/bin/python3", program, user, urls.SOAP, urls.Gateway).CombinedOutput()
		return string(out), err
	}
	for user, serialNumber := range map[string]string{"user1": "VDS1000140", "user2": "VDS1000141", "user3": "VDS1000142", "user4": "VDS1000143"} {
		for range 2 {
			out, err := play(user)
			if err != nil || !regexp.MustCompile(`^`+serialNumber+` of `+user+` is active; its next one-time password is \d{6,8}\n$`).MatchString(out) {
				t.Errorf("%s: %v\n%s", user, err, out)
			}
		}
		a, err := door.ShowAuthenticator(t.Context(), admin.NameAuthenticator{SerialNumber: serialNumber})
		if err != nil || a.State != provision.Active || a.Activations != 2 {
			t.Errorf("%s is %s after %d activations: %v", serialNumber, a.State, a.Activations, err)
		}
	}
	for user, words := range map[string]string{"user5": "offline data", "user6": "licence for several devices", "nobody": "STAT_INVCREDENTIALS"} {
		if out, err := play(user); err == nil || !strings.Contains(out, words) || strings.Contains(out, "Traceback") {
			t.Errorf("%s: %v\n%s", user, err, out)
		}
	}
}

// TestPhonePageNames holds the members and elements that the page shows to
// those of the gateway's description and the schemas.
func TestPhonePageNames(t *testing.T) {
	openapi, err := os.ReadFile(filepath.Join("..", "server", "gateway", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := filepath.Glob(filepath.Join("..", "..", "wsdl", "*.xsd"))
	if err != nil {
		t.Fatal(err)
	}
	var elements strings.Builder
	for _, name := range schemas {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		elements.Write(text)
	}
	for _, block := range blocks(t, "json") {
		for _, member := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(block, -1) {
			if !regexp.MustCompile(`\b` + member[1] + `\b`).Match(openapi) {
				t.Errorf("the gateway knows no %s", member[1])
			}
		}
	}
	for _, block := range blocks(t, "xml") {
		for _, element := range regexp.MustCompile(`<(\w+)>`).FindAllStringSubmatch(block, -1) {
			if !strings.Contains(elements.String(), `element name="`+element[1]+`"`) {
				t.Errorf("the schemas know no %s", element[1])
			}
		}
	}
}
