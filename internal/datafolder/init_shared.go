package datafolder

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/store/postgres"
)

// useStore makes the text of the settings name a database, and returns its
// password.
func (o *InitOptions) useStore() (password string, err error) {
	bare, password, err := withoutPassword(o.Store)
	if err != nil {
		return "", err
	}
	o.Settings = setSetting(o.Settings, "store", "engine", `"`+enginePostgres+`"`)
	o.Settings = setSetting(o.Settings, "store", "url", fmt.Sprintf("%q", bare))
	if password != "" {
		o.Settings = setSetting(o.Settings, "store", "password_file", `"`+passwordName+`"`)
	}
	return password, nil
}

// fillShared makes what stands in a folder beside the database that it names. It
// returns what declares a new store complete, once the folder is in its place;
// nil where the folder joins the servers of a store.
func fillShared(ctx context.Context, dir string, options InitOptions) (complete func() error, err error) {
	password, err := options.useStore()
	if err == nil && password != "" {
		err = writeFile(filepath.Join(dir, passwordName), []byte(password+"\n"))
	}
	if err != nil {
		return nil, err
	}
	if options.KeyFile != "" {
		return nil, fillJoining(ctx, dir, options)
	}
	made, err := fillStore(ctx, dir, options)
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(made.shared.Complete(ctx), made.shared.Close()) }, nil
}

// fillJoining makes the folder of one more server of a store, with the master key
// and the settings that the others have.
func fillJoining(ctx context.Context, dir string, options InitOptions) error {
	master, err := ReadMasterKey(options.KeyFile)
	if err != nil {
		return err
	}
	settings, err := parseSettings(options.Settings)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSettings, err)
	}
	database, err := settings.Store.options(dir)
	if err != nil {
		return err
	}
	engine, err := postgres.Open(ctx, database)
	if err != nil {
		return databaseFault(err)
	}
	err = checkMaster(ctx, dir, settings, master, engine, options)
	var values map[string]string
	if err == nil {
		values, err = storedSettings(ctx, engine)
	}
	if err := errors.Join(err, engine.Close()); err != nil {
		return err
	}
	for name, literal := range values {
		table, member, in := strings.Cut(name, ".")
		if !in {
			table, member = "", name
		}
		options.Settings = setSetting(options.Settings, table, member, literal)
	}
	if _, err := fillBeside(dir, options); err != nil {
		return err
	}
	return errors.Join(writeFile(filepath.Join(dir, keyName), master), atomicfile.SyncFolder(dir))
}

// checkMaster refuses a master key that is not the store's.
func checkMaster(ctx context.Context, dir string, settings Settings, master []byte, engine *postgres.Engine, options InitOptions) error {
	keys, err := openKeys(dir, settings, master, storedValue(ctx, engine))
	if err != nil {
		return err
	}
	f, err := newFolder(dir, settings, keys, engine, Source{Now: options.Now, Rand: options.Rand})
	if err != nil {
		return err
	}
	return f.checkKey(ctx)
}
