package datafolder

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// A store whose audit was pruned is smaller after it, and has all that it had.
func TestCompact(t *testing.T) {
	opened, c := sampleFolder(t)
	dir := opened.Dir
	for range 600 {
		register(t, opened.Service)
		c.wait(time.Second)
	}
	c.wait(time.Hour)
	opened.sealAudit(t.Context(), nil)
	c.wait(time.Hour)
	if _, err := opened.Service.PruneAudit(t.Context(), provision.Operator{Name: "tester"}, audit.Limit{Before: c.Now().Add(-time.Minute)}); err != nil {
		t.Fatal(err)
	}
	had := registrations(t, opened.Service)
	if _, err := Compact(t.Context(), dir, CompactOptions{Operator: "tester"}); !errors.Is(err, ErrLocked) {
		t.Errorf("a folder that is open: %v; want %v", err, ErrLocked)
	}
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, storeName+".compacting"), []byte("left by a crash"), 0o600); err != nil {
		t.Fatal(err)
	}
	done, err := Compact(t.Context(), dir, CompactOptions{Operator: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	if done.After >= done.Before*2/3 {
		t.Errorf("compacted from %d to %d bytes", done.Before, done.After)
	}
	if left := filesOf(t, dir); len(left) != 3 {
		t.Errorf("the folder holds %d files", len(left))
	}
	again, err := Open(t.Context(), dir, Source{Now: c.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if problems, err := again.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("check: %v, %v", problems, err)
	}
	if got := registrations(t, again.Service); got != had {
		t.Errorf("%d registrations, want %d", got, had)
	}
	noted, err := again.Service.ListAuditEvents(t.Context(), provision.ListAuditEvents{Operation: "compact"})
	if err != nil || len(noted.Records) != 1 {
		t.Errorf("the audit notes %d compactions: %v", len(noted.Records), err)
	}
}

// filesOf reads the files of a folder.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(text)
	}
	return files
}

// What a compaction that is cut off or refused leaves is the folder as it was.
func TestCompactIsWholeOrNothing(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx   context.Context
		spoil func(dir string) error
		want  error
	}{
		"ended":       {ended, func(string) error { return nil }, context.Canceled},
		"another key": {t.Context(), func(dir string) error { return overwrite(dir, keyName, make([]byte, keySize)) }, store.ErrMAC},
		"no store":    {t.Context(), func(dir string) error { return overwrite(dir, storeName, []byte("text")) }, ErrDamagedStore},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			newFolderAt(t, dir, false)
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			before := filesOf(t, dir)
			if _, err := Compact(c.ctx, dir, CompactOptions{Operator: "tester"}); !errors.Is(err, c.want) {
				t.Errorf("%v; want %v", err, c.want)
			}
			if !maps.Equal(filesOf(t, dir), before) {
				t.Error("the folder was changed")
			}
		})
	}
}
