package main

import (
	"bytes"
	"regexp"
	"strings"
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

// A name that looks like another is escaped wherever people read it, and JSON has
// it as it is.
func TestNamesThatLookAlike(t *testing.T) {
	dir := t.TempDir()
	if err := datafolder.Init(t.Context(), dir, datafolder.InitOptions{Settings: cheap, Sample: true}); err != nil {
		t.Fatal(err)
	}
	const cyrillic, shown = "\u0430lice", `"\u0430lice"`
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"user", "add", cyrillic}, shown},
		{[]string{"user", "list"}, shown},
		{[]string{"user", "show", cyrillic}, shown},
		{[]string{"user", "list", "--json"}, cyrillic},
		{[]string{"audit", "tail"}, shown},
		{[]string{"user", "list"}, "user1"},
		{[]string{"user", "delete", cyrillic}, shown},
	} {
		var out bytes.Buffer
		if code := run(append(c.args, "--dir", dir), streams{In: strings.NewReader("Password1\n"), Out: &out, Err: &out}); code != 0 {
			t.Fatalf("%q: exit code %d: %s", c.args, code, &out)
		}
		if !strings.Contains(out.String(), c.want) || c.want != cyrillic && strings.Contains(out.String(), cyrillic) {
			t.Errorf("%q printed %s", c.args, &out)
		}
	}
}
