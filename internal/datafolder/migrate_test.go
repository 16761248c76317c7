package datafolder_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/server/admin"
)

// keptFolder unpacks a data folder that an older program made, from
// testdata/folders.
func keptFolder(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "testdata", "folders", name+".tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	for archive := tar.NewReader(unpacked); ; {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(parent, name)
		}
		if err != nil {
			t.Fatal(err)
		}
		at := filepath.Join(parent, filepath.FromSlash(head.Name))
		if head.Typeflag == tar.TypeDir {
			err = os.MkdirAll(at, 0o700)
		} else {
			var content []byte
			if content, err = io.ReadAll(archive); err == nil {
				err = os.WriteFile(at, content, fs.FileMode(head.Mode).Perm())
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func entriesOf(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// The kept folder has the sample, an activation of user2, refusals, open
// registrations and a domain more.
func TestMigrate(t *testing.T) {
	dir := keptFolder(t, "schema1")
	before := mustRead(t, filepath.Join(dir, "dsappd.db"))
	_, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"})
	if !errors.Is(err, datafolder.ErrSchema) || !strings.Contains(err.Error(), "dsappd migrate --dir "+hint.ShellWord(dir)) {
		t.Errorf("datafolder.Open before the migration: %v", err)
	}
	if _, err := datafolder.Compact(t.Context(), dir, datafolder.CompactOptions{Operator: "tester"}); !errors.Is(err, datafolder.ErrSchema) {
		t.Errorf("Compact before the migration: %v", err)
	}
	dry, err := datafolder.Migrate(t.Context(), dir, datafolder.MigrateOptions{DryRun: true, Operator: "tester"})
	if err != nil || dry.From != 1 || dry.Backup != "" {
		t.Errorf("dry run: %+v, %v", dry, err)
	}
	if got := mustRead(t, filepath.Join(dir, "dsappd.db")); got != before || len(entriesOf(t, dir)) != 4 {
		t.Errorf("the dry run changed the folder: %q", entriesOf(t, dir))
	}

	done, err := datafolder.Migrate(t.Context(), dir, datafolder.MigrateOptions{Operator: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, done.Backup); got != before {
		t.Error("the backup is not the old store")
	}
	again, err := datafolder.Migrate(t.Context(), dir, datafolder.MigrateOptions{Operator: "tester"})
	if err != nil || again.From != again.To || again.Backup != "" {
		t.Errorf("a second migration: %+v, %v", again, err)
	}
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	if checked, err := door.Check(t.Context()); err != nil || len(checked.Problems) > 0 {
		t.Errorf("check: %+v, %v", checked, err)
	}
	shown, err := door.ShowAuthenticator(t.Context(), admin.NameAuthenticator{SerialNumber: "VDS1000141"})
	if err != nil || shown.State != "Active" {
		t.Errorf("user2's authenticator: %+v, %v", shown, err)
	}
}

// The kept folder is one whose server took the backlog of an import, which an
// earlier program left unsealed at its end, for events put in afterwards.
func TestMigrateMendsTheAudit(t *testing.T) {
	dir := keptFolder(t, "schema1-backlog")
	done, err := datafolder.Migrate(t.Context(), dir, datafolder.MigrateOptions{Operator: "tester"})
	if err != nil || len(done.Notes) != 3 || !strings.Contains(done.Notes[0], "that its seals had left out") {
		t.Fatalf("Migrate: %+v, %v", done, err)
	}
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	got, err := door.VerifyAudit(t.Context(), admin.VerifyAudit{})
	if err != nil || len(got.Broken) > 0 || got.Unsealed > 0 || got.Events < 70 {
		t.Errorf("verify: %+v, %v", got, err)
	}
}

// What a migration that is cut off or refused leaves is the old store, whole.
func TestMigrateIsWholeOrNothing(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	cases := []struct {
		name  string
		ctx   context.Context
		spoil func(dir string) error
		want  error
	}{
		{"ended", ended, func(string) error { return nil }, context.Canceled},
		{"another key", t.Context(), func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "master.key"), make([]byte, 32), 0o600)
		}, datafolder.ErrKey},
		{"a record is damaged", t.Context(), func(dir string) error {
			name := filepath.Join(dir, "dsappd.db")
			content, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			return os.WriteFile(name, []byte(strings.ReplaceAll(string(content), `"UserID":"user3"`, `"UserID":"user9"`)), 0o600)
		}, datafolder.ErrDamagedStore},
		{"a newer program", t.Context(), datafolder.SetSchema, datafolder.ErrSchema},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := keptFolder(t, "schema1")
			if err := os.WriteFile(filepath.Join(dir, "dsappd.db.migrating"), []byte("cut off"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			before := mustRead(t, filepath.Join(dir, "dsappd.db"))
			if _, err := datafolder.Migrate(c.ctx, dir, datafolder.MigrateOptions{}); !errors.Is(err, c.want) {
				t.Errorf("Migrate: %v, want %v", err, c.want)
			}
			if mustRead(t, filepath.Join(dir, "dsappd.db")) != before {
				t.Error("the store has changed")
			}
		})
	}
}

func mustRead(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
