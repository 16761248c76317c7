// Package atomicfile replaces files whole: at every moment, after a crash too, a
// file is the old one or the new one.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Write replaces the file of that name, which needs not be there. Content and
// name are on disk when it returns nil. The error is the file system's; the old
// file is then still there. The new one belongs to whom the folder belongs to.
func Write(name string, content []byte, mode fs.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(name), Temporary)
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // nothing is there once it was renamed
	_, err = file.Write(content)
	if err == nil {
		err = errors.Join(file.Chmod(mode), KeepOwner(file.Name(), filepath.Dir(name)), file.Sync())
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(name))
}

// Temporary makes the names that files have until they are whole: a pattern as
// os.CreateTemp takes it.
const Temporary = ".dsappd-*"

// SyncFolder puts the names in a folder on disk.
func SyncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
