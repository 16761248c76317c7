package datafolder

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dsappd/dsappd/internal/atomicfile"
)

// keySize is that of the AES-256 key that seals the secrets in the store.
const keySize = 32

// writeKey draws a master key into a file of the data folder dir, for its owner
// alone. One that an interrupted rotation has left there is replaced.
func writeKey(dir, name string, rand io.Reader) ([]byte, error) {
	key := make([]byte, keySize)
	if _, err := io.ReadFull(rand, key); err != nil {
		return nil, fmt.Errorf("draw the master key: %w", err)
	}
	if name == newKeyName {
		_ = os.Remove(filepath.Join(dir, name))
	}
	if err := writeFile(filepath.Join(dir, name), key); err != nil {
		return nil, err
	}
	return key, atomicfile.SyncFolder(dir)
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
