package datafolder

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/dsappd/dsappd/internal/passwords"
	"github.com/dsappd/dsappd/internal/sealing"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/notify"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/bolt"
	"github.com/dsappd/dsappd/store/postgres"
)

// What a data folder holds.
const (
	storeName    = "dsappd.db"
	keyName      = "master.key"
	settingsName = "settings.toml"
	SocketName   = "admin.sock"
)

// Source says where time and randomness come from, and where the log goes; nil:
// nowhere.
type Source struct {
	Now    func() time.Time
	Rand   io.Reader
	Logger *slog.Logger

	masterKey []byte // nil: the one that the settings name
}

// WithDefaults puts the system's clock and randomness, and a log that goes
// nowhere, in the places that are nil.
func (s Source) WithDefaults() Source {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Rand == nil {
		s.Rand = rand.Reader
	}
	if s.Logger == nil {
		s.Logger = slog.New(slog.DiscardHandler)
	}
	return s
}

// Folder is an open data folder: while it is open, nobody else has it.
type Folder struct {
	Dir      string
	Settings Settings // as the folder was opened with; Current has those in force
	Records  *store.Store
	Service  *provision.Service
	Logger   *slog.Logger

	// Engine is the store's file; nil: the store is none. Shared is a store that
	// other servers may have open, too; nil: it is none.
	Engine *bolt.Engine
	Shared *postgres.Engine

	engine store.Engine // of the records, whichever it is
	member *member      // of those that share the store; nil: nobody does

	// Swept is told each time the sweeper has come through; nil: nobody is.
	Swept func(provision.Swept)

	// stopped is closed when the store is out of service until the folder is
	// opened anew; nil: it never is.
	Stopped <-chan struct{}

	space   *space
	rotated bell                     // rung after a rotation of keys
	current atomic.Pointer[Settings] // nil: Settings

	sinks   atomic.Pointer[[]notify.Sink]
	sending notify.Sender
}

// Open opens the data folder dir, or names what is wrong with it and
// how to mend that.
func Open(ctx context.Context, dir string, from Source) (*Folder, error) {
	master, settings, err := readFolder(ctx, dir, from.masterKey)
	if err != nil {
		return nil, err
	}
	engine, err := openEngine(ctx, dir, settings)
	if err != nil {
		return nil, err
	}
	var opened *Folder
	keys, err := openKeys(dir, settings, master, storedValue(ctx, engine))
	if err == nil {
		opened, err = newFolder(dir, settings, keys, engine.Engine, from)
	}
	if err == nil {
		err = opened.checkKey(ctx)
	}
	if err == nil && engine.shared != nil {
		opened.Shared = engine.shared
		err = opened.join(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	_ = os.Remove(filepath.Join(dir, newKeyName)) // a rotation was cut off before the store took it
	if engine.file != nil {
		opened.Stopped, opened.Engine = engine.file.Stopped(), engine.file
	}
	return opened, nil
}

// checkKey makes sure that the folder's key is its store's.
func (f *Folder) checkKey(ctx context.Context) error {
	err := provision.CheckKey(ctx, f.Records, f.Service.Sealer)
	switch {
	case errors.Is(err, provision.ErrWrongKey), errors.Is(err, store.ErrMAC):
		return wrongKey(f.Dir, f.Settings, err)
	case errors.Is(err, store.ErrNotFound):
		return hint.Add(fmt.Errorf("%w: %w", ErrDamagedStore, err), "restore %s from a backup", f.Dir)
	}
	return err
}

// Readable returns why the folder's records cannot be read.
func (f *Folder) Readable(ctx context.Context) error { return provision.Readable(ctx, f.Records) }

func checkFolder(dir string) error {
	if err := CheckNamed(dir); err != nil {
		return err
	}
	_, err := os.Stat(filepath.Join(dir, storeName))
	if errors.Is(err, fs.ErrNotExist) {
		if settings, readErr := ReadSettings(dir); readErr == nil && settings.Store.shared() {
			return nil
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return noStore(dir)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNoFolder, err)
	}
	return nil
}

// CheckNamed refuses the empty name, which would be the working folder's.
func CheckNamed(dir string) error {
	if dir == "" {
		return hint.Add(fmt.Errorf("%w: its name is empty", ErrNoFolder), "name one with --dir")
	}
	return nil
}

// noStore says what a folder without a store is. A new one is advised only
// where it would take no place of anything.
func noStore(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrNoFolder, err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name == keyName || name == settingsName {
			return hint.Add(fmt.Errorf("%w: %s holds %s but no %s", ErrNoStore, dir, name, storeName), "restore it from a backup")
		}
	}
	if len(entries) > 0 {
		return hint.Add(fmt.Errorf("%w at %s, which holds %s", ErrNoFolder, dir, entries[0].Name()), "name the folder that dsappd init made")
	}
	return hint.Add(fmt.Errorf("%w at %s", ErrNoFolder, dir), "make one with: dsappd init --dir %s", hint.ShellWord(dir))
}

// storeFault says in the words of a data folder what the store refused.
func storeFault(dir string, err error) error {
	if _, ok := errors.AsType[*bolt.LockedError](err); ok {
		return hint.Add(fmt.Errorf("%w: another process has %s open", ErrLocked, dir), "stop it first, or use another folder")
	}
	if schema, ok := errors.AsType[*bolt.SchemaError](err); ok {
		return schemaMend(dir, schema, fmt.Errorf("%w: %w", ErrSchema, err))
	}
	if _, ok := errors.AsType[*bolt.DamagedError](err); ok {
		return fmt.Errorf("%w: %w", ErrDamagedStore, err)
	}
	if _, ok := errors.AsType[*store.UnreadableError](err); ok {
		return fmt.Errorf("%w: %w", ErrDamagedStore, err)
	}
	return err
}

// schemaMend adds what to do about a store of another version.
func schemaMend(dir string, schema *bolt.SchemaError, err error) error {
	switch {
	case schema.Older():
		return hint.Add(err, "bring it up to date, which keeps a copy, with: dsappd migrate --dir %s", hint.ShellWord(dir))
	case schema.Found != "":
		return hint.Add(err, "a newer dsappd made it, and one with schema version %s opens it", schema.Found)
	}
	return err
}

// newFolder puts the domain together over an engine.
func newFolder(dir string, settings Settings, keys *sealing.Keys, engine store.Engine, from Source) (*Folder, error) {
	recordKey, err := keys.RecordKey()
	if err != nil {
		return nil, err
	}
	records := store.New(engine, recordKey)
	sealer := keys.Sealer(from.Rand)
	suite, err := dsapp.NewSRP()
	if err != nil {
		return nil, err
	}
	statuses, err := settings.statuses(dir)
	if err != nil {
		return nil, err
	}
	passwords, err := passwords.New(settings.PasswordHash.cost(), runtime.GOMAXPROCS(0), settings.PasswordHash.Queue, from.Rand)
	if err != nil {
		return nil, err
	}
	run, err := nameRun(from)
	if err != nil {
		return nil, err
	}
	log, err := provision.NewAudit(records, sealer, run, from.Now, from.Rand)
	if err != nil {
		return nil, err
	}
	service := &provision.Service{
		Store: records, Sealer: sealer, SRP: suite, Passwords: passwords, Statuses: statuses,
		Audit:     log,
		GatewayID: settings.GatewayID, Now: from.Now, Rand: from.Rand,
		FreeBytes: int64(settings.Audit.RefusalsMiB) << 20,
	}
	watched := &space{free: freeSpace}
	service.Space = watched.Space
	logger := cmp.Or(from.Logger, slog.New(slog.DiscardHandler))
	opened := &Folder{Dir: dir, Settings: settings, Records: records, engine: engine, Service: service, Logger: logger, space: watched, rotated: make(bell, 1)}
	return opened, opened.prepareSinks(from.Rand)
}

// nameRun draws the name of this run of the server. Names sort by the start
// of the run, as the keys of audit events begin with them.
func nameRun(from Source) (string, error) {
	var random [4]byte
	if _, err := io.ReadFull(from.Rand, random[:]); err != nil {
		return "", fmt.Errorf("draw the name of the run: %w", err)
	}
	return fmt.Sprintf("%s-%x", from.Now().UTC().Format("20060102T150405.000"), random), nil
}

// UntilStopped returns ErrStoreFailed when the store goes out of service, and
// nil when ctx ends first.
func (f *Folder) UntilStopped(ctx context.Context) error {
	select {
	case <-f.Stopped:
		if f.Shared != nil {
			return hint.Add(fmt.Errorf("%w: %w", ErrStoreFailed, postgres.ErrLapsed), "start again; nothing that was acknowledged is lost")
		}
		return fmt.Errorf("%w: %s: mend the disk and start again; nothing that was acknowledged is lost", ErrStoreFailed, f.Dir)
	case <-ctx.Done():
		return nil
	}
}

// Close seals what the audit of this run has left and lets go of the folder.
func (f *Folder) Close() error {
	err := f.finishAudit(finishTimeout)
	if f.member != nil {
		err = errors.Join(err, f.member.leave())
	}
	return errors.Join(err, f.Records.Close())
}
