//go:build clients && !race

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestBuildIsReproducible builds a commit in two places. The programs are the
// same, byte for byte, and say which commit they are.
func TestBuildIsReproducible(t *testing.T) {
	var built [][]byte
	var program string
	for _, place := range []string{"here", "some/where/else"} {
		clone := filepath.Join(t.TempDir(), place)
		sh(t, ".", "git", "clone", "-q", "../..", clone)
		sh(t, clone, "make", "-s", "build")
		program = filepath.Join(clone, "bin", "dsappd")
		content, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		built = append(built, content)
	}
	if !bytes.Equal(built[0], built[1]) {
		t.Error("two builds of one commit differ")
	}
	commit := strings.TrimSpace(sh(t, ".", "git", "rev-parse", "HEAD"))
	said := sh(t, ".", program, "version")
	if !regexp.MustCompile(`^dsappd v\S+\ncommit +` + commit + ` of \d{4}-\S+Z\n`).MatchString(said) {
		t.Errorf("the program of commit %s says %q", commit, said)
	}
}

func sh(t *testing.T, folder string, words ...string) string {
	t.Helper()
	command := exec.Command(words[0], words[1:]...)
	command.Dir = folder
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v: %s", words, err, out)
	}
	return string(out)
}
