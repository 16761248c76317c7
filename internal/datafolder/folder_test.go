package datafolder

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/hint"

	"go.etcd.io/bbolt"
)

// newFolderAt makes a data folder whose password hashes cost next to nothing.
func newFolderAt(t *testing.T, dir string, sample bool) {
	t.Helper()
	cheap := strings.NewReplacer("memory_kib = 19456", "memory_kib = 8", "passes = 2", "passes = 1").Replace(SettingsText)
	if err := Init(context.Background(), dir, InitOptions{Sample: sample, Settings: cheap}); err != nil {
		t.Fatal(err)
	}
}

func open(dir string) (*Folder, error) {
	return Open(context.Background(), dir, Source{Now: time.Now, Rand: rand.Reader})
}

func TestFolderRefused(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(dir string) error
		want  error
		words string
	}{
		{"missing", os.RemoveAll, ErrNoFolder, "make one with: dsappd init --dir"},
		{"store removed", func(dir string) error { return os.Remove(filepath.Join(dir, storeName)) }, ErrNoStore, "holds master.key but no dsappd.db: restore it from a backup"},
		{"another folder", anotherFolder, ErrNoFolder, "which holds letter"},
		{"no settings", func(dir string) error { return os.Remove(filepath.Join(dir, settingsName)) }, ErrSettings, "an empty one will do"},
		{"unknown setting", func(dir string) error { return overwrite(dir, settingsName, []byte("soap.lisen = \"x\"")) }, ErrSettings, `"soap.listen"`},
		{"no key", func(dir string) error { return os.Remove(filepath.Join(dir, keyName)) }, ErrKey, "backup"},
		{"readable key", func(dir string) error { return os.Chmod(filepath.Join(dir, keyName), 0o644) }, ErrKey, "chmod 600"},
		{"another key", func(dir string) error { return overwrite(dir, keyName, make([]byte, keySize)) }, ErrKey, "is not the key of dsappd.db"},
		{"another schema version", SetSchema, ErrSchema, "schema version 99"},
		{"no store", func(dir string) error { return overwrite(dir, storeName, []byte("text")) }, ErrDamagedStore, "restore it from a backup"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			newFolderAt(t, dir, false)
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			opened, err := open(dir)
			if err == nil {
				t.Fatal("opened", opened.Close())
			}
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.words) || !strings.Contains(err.Error(), dir) {
				t.Errorf("error %q; want %q, %q and the folder's name", err, c.want, c.words)
			}
		})
	}
}

// anotherFolder puts a folder of somebody else's in the place of dir.
func anotherFolder(dir string) error {
	return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, "letter"), nil, 0o600))
}

func TestFolderIsOpenOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	newFolderAt(t, dir, false)
	first, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(dir); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("a second one: %v; want ErrLocked and the folder's name", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	// A refusal must have let go of the store too.
	if err := overwrite(dir, keyName, make([]byte, keySize)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := open(dir); !errors.Is(err, ErrKey) {
			t.Errorf("with another key: %v; want ErrKey", err)
		}
	}
}

// A wrong key must not seal anything, nor a damaged file be changed.
func TestRefusalChangesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	newFolderAt(t, dir, true)
	if err := overwrite(dir, keyName, make([]byte, keySize)); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	if _, err := open(dir); err == nil {
		t.Fatal("opened")
	}
	for name, content := range contents(t, dir) {
		if before[name] != content {
			t.Errorf("%s has changed", name)
		}
	}
}

func TestInitIsWholeOrNothing(t *testing.T) {
	cases := []struct {
		name    string
		options InitOptions
		want    error
	}{
		{"settings that are refused", InitOptions{Settings: "nonsense = 1"}, ErrSettings},
		{"randomness that ends", InitOptions{Rand: strings.NewReader(strings.Repeat("x", 40))}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			parent := t.TempDir()
			dir := filepath.Join(parent, "data")
			err := Init(context.Background(), dir, c.options)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("error %v; want %v", err, c.want)
			}
			left, err := os.ReadDir(parent)
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func overwrite(dir, name string, content []byte) error {
	return os.WriteFile(filepath.Join(dir, name), content, 0o600)
}

// SetSchema makes the store one of another version of this program.
func SetSchema(dir string) error {
	db, err := bbolt.Open(filepath.Join(dir, storeName), 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return err
	}
	changed := 0
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(_ []byte, bucket *bbolt.Bucket) error {
			if key := []byte("schema"); bucket.Get(key) != nil {
				changed++
				return bucket.Put(key, []byte("99"))
			}
			return nil
		})
	})
	if err == nil && changed != 1 {
		err = errors.New("found no schema version to change")
	}
	return errors.Join(err, db.Close())
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[entry.Name()] = string(content)
	}
	return all
}

func TestInitPointsToTheBackupOfALostStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := Init(t.Context(), dir, InitOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, storeName)); err != nil {
		t.Fatal(err)
	}
	err := Init(t.Context(), dir, InitOptions{})
	if !errors.Is(err, ErrNotEmpty) || !strings.Contains(err.Error(), "has lost its dsappd.db: restore that from a backup") {
		t.Errorf("got %v", err)
	}
}

// TestMendsCanBePasted carries out what a refusal says.
func TestMendsCanBePasted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's a folder")
	if _, err := open(dir); !errors.Is(err, ErrNoFolder) || !strings.HasSuffix(err.Error(), "dsappd init --dir "+hint.ShellWord(dir)) {
		t.Errorf("%v", err)
	}
	newFolderAt(t, dir, false)
	if err := os.Chmod(filepath.Join(dir, keyName), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := open(dir)
	if !errors.Is(err, ErrKey) {
		t.Fatalf("%v, want ErrKey", err)
	}
	mend := err.Error()[strings.LastIndex(err.Error(), "chmod"):]
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", mend).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", mend, err, out)
	}
	opened, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := opened.Close(); err != nil {
		t.Error(err)
	}
}
