package datafolder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/bolt"
)

// original is the store of a folder that is to be written anew, with what stands
// beside it. No other process has it until it is closed.
type original struct {
	*bolt.File
	dir, name string
	master    []byte
	settings  Settings
}

// openOriginal opens the store of a folder, whatever its schema.
func openOriginal(ctx context.Context, dir string) (*original, error) {
	key, settings, err := readFolder(ctx, dir, nil)
	if err != nil {
		return nil, err
	}
	if err := settings.mustBeFile("migrate or compact"); err != nil {
		return nil, err
	}
	name := filepath.Join(dir, storeName)
	file, err := bolt.OpenFile(name)
	if err != nil {
		return nil, storeFault(dir, err)
	}
	return &original{File: file, dir: dir, name: name, master: key, settings: settings}, nil
}

// readFolder reads what stands beside the store in a data folder: the master key,
// unless the caller has it, and the settings.
func readFolder(ctx context.Context, dir string, master []byte) ([]byte, Settings, error) {
	if err := checkFolder(dir); err != nil {
		return nil, Settings{}, err
	}
	if err := checkModes(dir); err != nil {
		return nil, Settings{}, err
	}
	settings, err := ReadSettings(dir)
	if err != nil {
		return nil, Settings{}, err
	}
	if master == nil {
		master, err = settings.MasterKey.read(ctx, dir)
	}
	return master, settings, err
}

// copyTo opens a copy of the store, in this schema, in place of the folder's own.
func (o *original) copyTo(ctx context.Context, name string, from Source) (*Folder, error) {
	keys, err := openKeys(o.dir, o.settings, o.master, o.File.Get)
	if err != nil {
		return nil, err
	}
	recordKey, err := keys.RecordKey()
	if err != nil {
		return nil, err
	}
	engine, err := o.CopyTo(ctx, name, store.Convert(o.Schema, recordKey, provision.Kinds()...))
	if err != nil {
		return nil, storeFault(o.dir, err)
	}
	made, err := newFolder(o.dir, o.settings, keys, engine, from)
	if err == nil {
		err = made.checkKey(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, engine.Close(), os.Remove(name))
	}
	return made, nil
}

// mustBeSound refuses a copy in which a check finds a fault.
func (f *Folder) mustBeSound(ctx context.Context) error {
	problems, err := f.Check(ctx)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("%w: %d faults, of which the first is: %v", ErrDamagedStore, len(problems), problems[0])
	}
	return err
}
