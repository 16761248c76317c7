package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// build builds the program, or a mutant of it, into a folder. It is called at
// the root of the module.
func build(ctx context.Context, dir string, m *mutant) (binary string, err error) {
	binary = filepath.Join(dir, "dsappd")
	args := []string{"build", "-o", binary}
	if m != nil {
		overlay, err := m.overlay(dir)
		if err != nil {
			return "", err
		}
		args = append(args, "-overlay", overlay)
	}
	out, err := exec.CommandContext(ctx, "go", append(args, "./cmd/dsappd")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return binary, nil
}

// overlay writes the file that go build -overlay takes, and those that stand in
// for the mutant's.
func (m *mutant) overlay(dir string) (string, error) {
	texts := make(map[string]string)
	for _, e := range m.edits {
		if _, read := texts[e.file]; !read {
			text, err := os.ReadFile(e.file)
			if err != nil {
				return "", fmt.Errorf("mutant %s: run this at the root of the module: %w", m.name, err)
			}
			texts[e.file] = string(text)
		}
		if n := strings.Count(texts[e.file], e.old); n != 1 {
			return "", fmt.Errorf("mutant %s: %s holds what it replaces %d times, and must do so once: %q", m.name, e.file, n, e.old)
		}
		texts[e.file] = strings.Replace(texts[e.file], e.old, e.new, 1)
	}
	replace := make(map[string]string)
	for file, text := range texts {
		original, err := filepath.Abs(file)
		if err != nil {
			return "", err
		}
		replace[original] = filepath.Join(dir, strings.ReplaceAll(file, "/", "-"))
		if err := os.WriteFile(replace[original], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, overlay, 0o600)
}
