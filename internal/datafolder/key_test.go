package datafolder

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeyReadsBack(t *testing.T) {
	dir := t.TempDir()
	written, err := writeKey(dir, keyName, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	read, err := readKey(filepath.Join(dir, keyName))
	if err != nil {
		t.Fatal(err)
	}
	if len(read) != keySize || !bytes.Equal(read, written) {
		t.Errorf("read %d bytes that are not those written", len(read))
	}
	if _, err := writeKey(dir, keyName, rand.Reader); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second key: %v; want the first to stay", err)
	}
}

func TestKeyRefused(t *testing.T) {
	cases := []struct {
		name string
		make func(name string) error
		want string
	}{
		{"missing", func(string) error { return nil }, "no such file"},
		{"readable by its group", func(name string) error { return writeMode(name, keySize, 0o640) }, "chmod 600"},
		{"readable by all", func(name string) error { return writeMode(name, keySize, 0o604) }, "chmod 600"},
		{"writable by all", func(name string) error { return writeMode(name, keySize, 0o602) }, "chmod 600"},
		{"too short", func(name string) error { return writeMode(name, keySize-1, 0o600) }, "holds 31 bytes, not 32"},
		{"too long", func(name string) error { return writeMode(name, keySize+1, 0o600) }, "holds 33 bytes, not 32"},
		{"a folder", func(name string) error { return os.Mkdir(name, 0o700) }, "not a file"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := c.make(filepath.Join(dir, keyName)); err != nil {
				t.Fatal(err)
			}
			_, err := readKey(filepath.Join(dir, keyName))
			if !errors.Is(err, ErrKey) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v; want ErrKey and %q", err, c.want)
			}
		})
	}
}

// writeMode gives a file the mode whatever the umask is.
func writeMode(name string, size int, mode os.FileMode) error {
	if err := os.WriteFile(name, make([]byte, size), 0o600); err != nil {
		return err
	}
	return os.Chmod(name, mode)
}
