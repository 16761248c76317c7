package datafolder

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// mustOpen opens a folder that has to be sound.
func mustOpen(t *testing.T, dir string) *Folder {
	t.Helper()
	f, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if problems, err := f.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Fatalf("check: %v, %v", problems, err)
	}
	return f
}

// rotated rotates the keys of a folder, seals anew and closes it.
func rotated(t *testing.T, dir string, in admin.RotateKeys) admin.KeyStatus {
	t.Helper()
	f := mustOpen(t, dir)
	if _, err := f.RotateKeys(t.Context(), provision.Operator{Name: "test"}, in); err != nil {
		t.Fatal(err)
	}
	f.reseal(t.Context())
	status := f.KeyStatus()
	if status.Rotating() {
		t.Errorf("not all is sealed anew: %+v", status)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return status
}

// A folder opens with its new key, is compacted with it, and is refused with the
// one from before.
func TestRotateKeys(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	newFolderAt(t, dir, true)
	old, err := os.ReadFile(filepath.Join(dir, keyName))
	if err != nil {
		t.Fatal(err)
	}
	first := rotated(t, dir, admin.RotateKeys{})
	second := rotated(t, dir, admin.RotateKeys{})
	kept := rotated(t, dir, admin.RotateKeys{KeepMasterKey: true})
	if first.MasterKey == second.MasterKey || second.MasterKey != kept.MasterKey || first.Resealing.Secrets == 0 {
		t.Errorf("%+v, %+v, %+v", first, second, kept)
	}
	if _, err := Compact(t.Context(), dir, CompactOptions{}); err != nil {
		t.Error(err)
	}
	replaced, err := filepath.Glob(filepath.Join(dir, keyName+".replaced.*"))
	if err != nil || len(replaced) == 0 {
		t.Errorf("the keys from before are not kept: %v, %v", replaced, err)
	}
	mustOpen(t, dir).Close()
	if err := overwrite(dir, keyName, old); err != nil {
		t.Fatal(err)
	}
	if _, err := open(dir); !errors.Is(err, ErrKey) || !strings.Contains(err.Error(), kept.MasterKey) {
		t.Errorf("with the key from before: %v; want ErrKey and the ID %s", err, kept.MasterKey)
	}
	if _, err := Compact(t.Context(), dir, CompactOptions{}); !errors.Is(err, ErrKey) {
		t.Errorf("compacted with the key from before: %v", err)
	}
}

// Cut off at any point, a rotation leaves a folder that opens, and the next start
// ends it.
func TestRotationIsCutOff(t *testing.T) {
	t.Parallel()
	cases := map[string]func(t *testing.T, dir string){
		"before the store takes the key": func(t *testing.T, dir string) {
			if _, err := writeKey(dir, newKeyName, strings.NewReader(strings.Repeat("n", keySize))); err != nil {
				t.Fatal(err)
			}
		},
		"before the key is in its place": func(t *testing.T, dir string) {
			f := mustOpen(t, dir)
			key, err := writeKey(dir, newKeyName, f.Service.Rand)
			if err == nil {
				_, err = f.Service.RotateKeys(t.Context(), provision.Operator{}, provision.RotateKeys{MasterKey: key})
			}
			if err = errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
		},
		"before anything is sealed anew": func(t *testing.T, dir string) {
			f := mustOpen(t, dir)
			_, err := f.RotateKeys(t.Context(), provision.Operator{}, admin.RotateKeys{})
			if err = errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, cut := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "data")
			newFolderAt(t, dir, true)
			cut(t, dir)
			f := mustOpen(t, dir)
			f.reseal(t.Context())
			if status := f.KeyStatus(); status.Rotating() {
				t.Errorf("%+v", status)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
			mustOpen(t, dir)
			if _, err := os.Stat(filepath.Join(dir, newKeyName)); err == nil {
				t.Errorf("%s is left", newKeyName)
			}
		})
	}
}

// setKeySource makes the master key come from elsewhere, and removes the file.
func setKeySource(t *testing.T, dir, line string) []byte {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(dir, keyName))
	if err == nil {
		err = errors.Join(overwrite(dir, settingsName, []byte("[master_key]\n"+line+"\n")), os.Remove(filepath.Join(dir, keyName)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestKeySources(t *testing.T) {
	credentials := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", credentials)
	dir := filepath.Join(t.TempDir(), "data")
	newFolderAt(t, dir, true)
	key := setKeySource(t, dir, `env = "TEST_MASTER_KEY"`)
	outside := filepath.Join(t.TempDir(), "key")
	if err := errors.Join(os.WriteFile(outside, []byte(base64.StdEncoding.EncodeToString(key)+"\n"), 0o600), overwrite(credentials, "dsappd", key)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TEST_MASTER_KEY", hex.EncodeToString(key))
	t.Setenv("TEST_WRONG", strings.Repeat("ab", keySize))
	cases := []struct{ line, want string }{
		{`env = "TEST_MASTER_KEY"`, ""},
		{`credential = "dsappd"`, ""},
		{`file = "` + outside + `"`, ""},
		{`command = ["cat", "` + outside + `"]`, ""},
		{`env = "TEST_NONE"`, "has no variable TEST_NONE"},
		{`env = "PATH"`, "the variable PATH holds"},
		{`env = "TEST_WRONG"`, "variable TEST_WRONG is not the key of"},
		{`credential = "none"`, "no such file"},
		{`command = ["sh", "-c", "echo the vault is sealed >&2; exit 3"]`, "the vault is sealed"},
		{`command = ["none-such-program"]`, "none-such-program"},
		{`command = ["head", "-c", "1000000", "/dev/zero"]`, "prints holds 1025 bytes"},
		{"env = \"TEST_MASTER_KEY\"\ncredential = \"dsappd\"", "set one of them"},
		{`file = ""`, "master_key.file is empty"},
		{`credential = "../x"`, "not of a file"},
	}
	for _, c := range cases {
		if err := overwrite(dir, settingsName, []byte("[master_key]\n"+c.line+"\n")); err != nil {
			t.Fatal(err)
		}
		f, err := open(dir)
		if err == nil {
			err = f.Close()
		}
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), hex.EncodeToString(key))) {
			t.Errorf("%s: %v; want %q", c.line, err, c.want)
		}
	}
}

// A master key from elsewhere is replaced by one that is given, backed up when
// asked, and not left in a folder that is restored.
func TestRotateKeyFromElsewhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	newFolderAt(t, dir, true)
	key := setKeySource(t, dir, `env = "TEST_MASTER_KEY"`)
	t.Setenv("TEST_MASTER_KEY", hex.EncodeToString(key))
	f := mustOpen(t, dir)
	if _, err := f.RotateKeys(t.Context(), provision.Operator{}, admin.RotateKeys{}); err == nil || !strings.Contains(err.Error(), "give the new one") {
		t.Errorf("without a key: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	next := bytes.Repeat([]byte{7}, keySize)
	rotated(t, dir, admin.RotateKeys{MasterKey: next})
	if _, err := open(dir); !errors.Is(err, ErrKey) {
		t.Errorf("with the variable from before: %v", err)
	}
	t.Setenv("TEST_MASTER_KEY", hex.EncodeToString(next))

	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	f = mustOpen(t, dir)
	backup := filepath.Join(t.TempDir(), "backup")
	file, err := os.Create(backup)
	if err == nil {
		_, err = WriteBackup(t.Context(), file, dir, time.Now(), []age.Recipient{identity.Recipient()}, f.CopyStore)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteBackup(t.Context(), io.Discard, dir, time.Now(), []age.Recipient{identity.Recipient()}, func(begin func(int64) (io.Writer, error)) error {
		t.Setenv("TEST_MASTER_KEY", hex.EncodeToString(key))
		return f.CopyStore(begin)
	}); !errors.Is(err, ErrKeyReplaced) {
		t.Errorf("a key that is replaced meanwhile: %v", err)
	}
	to := filepath.Join(t.TempDir(), "restored")
	if _, err := Restore(t.Context(), backup, to, RestoreOptions{Identities: []age.Identity{identity}}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(to, keyName)); err == nil {
		t.Errorf("%s is in a folder whose key comes from elsewhere", keyName)
	}
	t.Setenv("TEST_MASTER_KEY", hex.EncodeToString(next))
	mustOpen(t, to)
}
