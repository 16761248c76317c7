package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/internal/hint"
)

// writeNewFile writes a file that is not there yet, whole or not at all, and
// returns its size in bytes. Only its owner may read it.
func writeNewFile(name string, write func(io.Writer) error) (size int64, err error) {
	if _, err := os.Lstat(name); err == nil {
		return 0, hint.Add(fmt.Errorf("%s is there already", name), "name a new file")
	}
	file, err := os.CreateTemp(filepath.Dir(name), atomicfile.Temporary)
	if err != nil {
		return 0, err
	}
	defer os.Remove(file.Name()) // its other name stays
	if err := write(file); err != nil {
		return 0, errors.Join(err, file.Close())
	}
	info, err := file.Stat()
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return 0, err
	}
	if err := os.Link(file.Name(), name); err != nil { // unless another has that name by now
		return 0, err
	}
	return info.Size(), atomicfile.SyncFolder(filepath.Dir(name))
}
