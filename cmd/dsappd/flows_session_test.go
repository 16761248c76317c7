package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The answers of docs/flows.md are sessions, which follow one another and print
// what the page says.
func TestSessionsFlows(t *testing.T) {
	text, err := os.ReadFile("../../docs/flows.md")
	if err != nil {
		t.Fatal(err)
	}
	const mark = "=== next ==="
	var session strings.Builder
	var wanted []string
	for _, block := range regexp.MustCompile("(?ms)^```(sh)?\n(.*?)^```\n").FindAllStringSubmatch(string(text), -1) {
		if block[1] == "sh" {
			fmt.Fprintf(&session, "echo '%s'\n%s", mark, block[2])
			wanted = append(wanted, "")
		} else {
			wanted[len(wanted)-1] = block[2]
		}
	}
	answers := strings.Count(string(text), "\n## ")
	if len(wanted) < answers-1 {
		t.Errorf("%d sessions for %d answers", len(wanted), answers)
	}
	server := serveFolder(t, newDataFolder(t))
	bash := exec.CommandContext(t.Context(), "bash")
	bash.Dir = t.TempDir()
	bash.Env = append(os.Environ(), "TMPDIR="+bash.Dir)
	bash.Stdin = strings.NewReader(strings.NewReplacer("http://127.0.0.1:8890/", server.platform,
		"http://127.0.0.1:11080", strings.TrimSuffix(server.gateway, "/"), "bin/dsappd", "dsappd").Replace(session.String()))
	var said strings.Builder
	bash.Stderr = &said
	printed, err := bash.Output()
	if err != nil {
		t.Fatalf("bash: %v: %s%s", err, printed, said.String())
	}
	got := strings.Split(string(printed), mark+"\n")[1:]
	if len(got) != len(wanted) {
		t.Fatalf("%d of %d sessions ran:\n%s%s", len(got), len(wanted), printed, said.String())
	}
	for i, want := range wanted {
		if form := formOf(want); !form.MatchString(withoutBlankLines(got[i])) {
			t.Errorf("session %d printed\n%s\nwant\n%s\n%s", i+1, got[i], want, said.String())
		}
	}
}

// formOf returns the form of an output in which … stands for any text within a
// line.
func formOf(output string) *regexp.Regexp {
	var parts []string
	for part := range strings.SplitSeq(withoutBlankLines(output), "…") {
		parts = append(parts, regexp.QuoteMeta(part))
	}
	return regexp.MustCompile(`\A` + strings.Join(parts, `.*`) + `\z`)
}

func withoutBlankLines(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' }), "\n")
}
