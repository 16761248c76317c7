package datafolder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/sealing"
	"github.com/dsappd/dsappd/store"
)

// newKeyName is where a new master key waits for the store to take it.
const newKeyName = keyName + ".new"

// storedValue returns the values of an engine as it has them.
func storedValue(ctx context.Context, engine store.Engine) func(string) ([]byte, error) {
	return func(key string) ([]byte, error) {
		snapshot, err := engine.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		defer snapshot.Close()
		value, _, err := snapshot.Get(key)
		return append([]byte(nil), value...), err
	}
}

// openKeys opens the keys of a store by its master key, or by the new one of a
// rotation that was cut off, which it then finishes.
func openKeys(dir string, settings Settings, master []byte, get func(string) ([]byte, error)) (*sealing.Keys, error) {
	keys, err := provision.OpenKeys(master, get)
	if settings.MasterKey.inFolder() {
		waiting, readErr := readKey(filepath.Join(dir, newKeyName))
		if readErr == nil && errors.Is(err, provision.ErrWrongKey) {
			if next, err := provision.OpenKeys(waiting, get); err == nil {
				return next, putKeyInPlace(dir, time.Now())
			}
		}
	}
	if errors.Is(err, provision.ErrWrongKey) {
		return nil, wrongKey(dir, settings, err)
	}
	return keys, err
}

// wrongKey says that the master key is not the store's.
func wrongKey(dir string, settings Settings, err error) error {
	source, file := settings.MasterKey.String(), filepath.Join(dir, storeName)
	if settings.MasterKey.inFolder() {
		source, file = filepath.Join(dir, keyName), storeName
	}
	return hint.Add(fmt.Errorf("%w: %s is not the key of %s: %w", ErrKey, source, file, err),
		"bring back the key that was made with it")
}

// putKeyInPlace replaces the master key by the new one, and keeps the old one
// beside it: backups that were made before open with it.
func putKeyInPlace(dir string, now time.Time) error {
	name := filepath.Join(dir, keyName)
	kept := fmt.Sprintf("%s.replaced.%s", name, now.UTC().Format("20060102T150405Z"))
	if err := os.Link(name, kept); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: keep the master key that was replaced: %w", ErrKey, err)
	}
	if err := os.Rename(filepath.Join(dir, newKeyName), name); err != nil {
		return fmt.Errorf("%w: put the new master key in its place: %w", ErrKey, err)
	}
	return atomicfile.SyncFolder(dir)
}
