package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// workshop builds programs, each once. It works at the root of the module.
type workshop struct {
	dir string

	mu    sync.Mutex
	built map[string]string // by their edits
}

func newWorkshop() (*workshop, error) {
	dir, err := os.MkdirTemp("", "dsappd-torture-build-")
	return &workshop{dir: dir, built: make(map[string]string)}, err
}

// close removes the programs.
func (w *workshop) close() error { return os.RemoveAll(w.dir) }

// build builds the program with edits of its source.
func (w *workshop) build(ctx context.Context, edits []edit) (binary string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := fmt.Sprint(edits)
	if binary, done := w.built[name]; done {
		return binary, nil
	}
	dir, err := os.MkdirTemp(w.dir, "")
	if err != nil {
		return "", err
	}
	flags, err := change(ctx, dir, edits)
	if err != nil {
		return "", err
	}
	binary = filepath.Join(dir, "dsappd")
	args := append([]string{"build", "-ldflags", "-s -w", "-o", binary}, flags...)
	out, err := exec.CommandContext(ctx, "go", append(args, "./cmd/dsappd")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	w.built[name] = binary
	return binary, nil
}

// bbolt is the one library that is edited.
const bbolt = "go.etcd.io/bbolt"

// change edits sources in a folder, and returns the flags that have go build
// take them: an overlay, and for the library a copy of it.
func change(ctx context.Context, dir string, edits []edit) (flags []string, err error) {
	overlay, copied := make(map[string]string), ""
	for _, e := range edits {
		name, library := strings.CutPrefix(e.file, bbolt+"/")
		if library && copied == "" {
			copied = filepath.Join(dir, "bbolt")
			flag, err := copyLibrary(ctx, dir, copied)
			if err != nil {
				return nil, err
			}
			flags = append(flags, "-modfile", flag)
		}
		from, to := filepath.Join(copied, name), filepath.Join(copied, name)
		if !library {
			if to, err = filepath.Abs(e.file); err != nil {
				return nil, err
			}
			from = to
			if edited := overlay[to]; edited != "" {
				from = edited
			}
			overlay[to] = filepath.Join(dir, strings.ReplaceAll(e.file, "/", "-"))
			to = overlay[to]
		}
		if err := e.do(from, to); err != nil {
			return nil, err
		}
	}
	if len(overlay) == 0 {
		return flags, nil
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": overlay})
	if err != nil {
		return nil, err
	}
	name := filepath.Join(dir, "overlay.json")
	return append(flags, "-overlay", name), os.WriteFile(name, text, 0o600)
}

// do reads one file and writes it, edited, to another, or the same.
func (e edit) do(from, to string) error {
	text, err := os.ReadFile(from)
	found := strings.Count(string(text), e.old)
	switch {
	case e.old == "" && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is to be made, and is there already", e.file)
	case e.old != "" && err != nil:
		return fmt.Errorf("run this at the root of the module: %w", err)
	case e.old != "" && found != 1:
		return fmt.Errorf("%s holds what is replaced %d times, and must do so once: %q", e.file, found, e.old)
	}
	return os.WriteFile(to, []byte(strings.Replace(string(text), e.old, e.new, 1)), 0o600)
}

// copyLibrary copies bbolt, and writes a go.mod that takes the copy.
func copyLibrary(ctx context.Context, dir, to string) (modfile string, err error) {
	from, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", bbolt).Output()
	if err != nil {
		return "", fmt.Errorf("find %s: %w", bbolt, err)
	}
	if err := os.CopyFS(to, os.DirFS(strings.TrimSpace(string(from)))); err != nil {
		return "", err
	}
	text, err := os.ReadFile("go.mod")
	if err != nil {
		return "", err
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		return "", err
	}
	modfile = filepath.Join(dir, "torture.mod") // its sums are in torture.sum
	return modfile, errors.Join(
		os.WriteFile(modfile, fmt.Appendf(text, "\nreplace %s => %s\n", bbolt, to), 0o600),
		os.WriteFile(filepath.Join(dir, "torture.sum"), sums, 0o600))
}
