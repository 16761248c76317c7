//go:build clients && !race

package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeSessionPhone pastes the documented session of a phone into bash.
func TestReadmeSessionPhone(t *testing.T) {
	server := serveFolder(t, newDataFolder(t))
	session := strings.NewReplacer("bin/dsappd", "command dsappd", "http://127.0.0.1:8888/", server.url, "http://127.0.0.1:11080/", server.gateway).
		Replace(documentedSession(t, "docs/phone.md", "phone"))
	bash := exec.CommandContext(t.Context(), "bash")
	bash.Dir = t.TempDir()
	bash.Env = append(os.Environ(), "TMPDIR="+bash.Dir)
	bash.Stdin = strings.NewReader(session)
	printed, err := bash.CombinedOutput()
	if err != nil || !regexp.MustCompile(`activation password +\[hidden\]\n(.*\n)+VDS1000143: activated for user4 .*\n[0-9]{8}\n$`).Match(printed) {
		t.Errorf("%v, the session printed\n%s", err, printed)
	}
}
