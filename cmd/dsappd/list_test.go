package main

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/dsappd/dsappd/internal/datafolder"
)

// On a terminal both streams are one: where a list goes on stands behind its
// array, never within.
func TestListSaysBehindItsArrayWhereItGoesOn(t *testing.T) {
	dir := t.TempDir()
	if err := datafolder.Init(t.Context(), dir, datafolder.InitOptions{Settings: cheap, Sample: true}); err != nil {
		t.Fatal(err)
	}
	var terminal bytes.Buffer
	args := []string{"user", "list", "--dir", dir, "--limit", "1", "--json"}
	if code := run(args, streams{Out: &terminal, Err: &terminal}); code != 0 {
		t.Fatalf("exit code %d: %s", code, &terminal)
	}
	if !regexp.MustCompile(`^\[\n  \{.*\}\n\]\nmore follow: --after ".*"\n$`).Match(terminal.Bytes()) {
		t.Errorf("printed %s", &terminal)
	}
}
