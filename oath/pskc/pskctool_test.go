//go:build clients

package pskc_test

import (
	"encoding/base64"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/oath/pskc"
)

// Debian's pskctool reads the same secrets from the same files.
func TestPskctoolAgrees(t *testing.T) {
	names, err := filepath.Glob("testdata/figure*.xml")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, name := range names {
		out, err := exec.Command("pskctool", "--info", name).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		var theirs []string
		for _, found := range regexp.MustCompile(`(?m)^\s*Key Secret \(base64\): (\S+)`).FindAllStringSubmatch(string(out), -1) {
			theirs = append(theirs, found[1])
		}
		keys, _ := all(file(t, strings.TrimSuffix(filepath.Base(name), ".xml")), pskc.Options{})
		var ours []string
		for _, key := range keys {
			if len(key.Secret) > 0 {
				ours = append(ours, base64.StdEncoding.EncodeToString(key.Secret))
			}
		}
		if strings.Join(ours, " ") != strings.Join(theirs, " ") {
			t.Errorf("%s: pskctool reads %q, and this %q", name, theirs, ours)
		}
		compared += len(ours)
	}
	if compared < 8 {
		t.Errorf("%d secrets were compared", compared)
	}
}
