package datafolder

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dsappd/dsappd/internal/hint"
)

// keySize is that of the AES-256 key that seals the secrets in the store.
const keySize = 32

// writeKey draws a master key into the data folder dir, for its owner alone.
func writeKey(dir string, rand io.Reader) ([]byte, error) {
	key := make([]byte, keySize)
	if _, err := io.ReadFull(rand, key); err != nil {
		return nil, fmt.Errorf("draw the master key: %w", err)
	}
	return key, writeFile(filepath.Join(dir, keyName), key)
}

// readKey reads the master key of the data folder dir and refuses, with
// ErrKey, one that is missing, open to others or of another size.
func readKey(dir string) ([]byte, error) {
	name := filepath.Join(dir, keyName)
	file, err := os.Open(name)
	if err != nil {
		return nil, hint.Add(fmt.Errorf("%w: %w; without the key of this folder its secrets stay shut", ErrKey, err), "bring it back from a backup")
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a file", ErrKey, name)
	}
	if mode := info.Mode(); mode.Perm()&0o077 != 0 {
		return nil, hint.Add(fmt.Errorf("%w: %s can be read by others (%v)", ErrKey, name, mode), "chmod 600 %s", hint.ShellWord(name))
	}
	if info.Size() != keySize {
		return nil, hint.Add(fmt.Errorf("%w: %s holds %d bytes, not %d", ErrKey, name, info.Size(), keySize), "bring it back from a backup")
	}
	key := make([]byte, keySize)
	if _, err := io.ReadFull(file, key); err != nil {
		return nil, fmt.Errorf("%w: read %s: %w", ErrKey, name, err)
	}
	return key, nil
}

// writeFile writes a new file for its owner alone and has it on disk when it
// returns.
func writeFile(name string, content []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}
