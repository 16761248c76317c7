package datafolder

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/provision"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/bolt"
)

// MigrateOptions say how to migrate a data folder.
type MigrateOptions struct {
	// DryRun migrates a copy, reports what would change and removes the copy.
	DryRun bool

	// Operator is the name that the audit notes.
	Operator string

	// Logger gets what goes wrong beside the result; nil: nothing is logged.
	Logger *slog.Logger

	// Now and Rand are the clock and the source of randomness; nil: the
	// system's.
	Now  func() time.Time
	Rand io.Reader
}

// Migrated tells what Migrate did, or would do.
type Migrated struct {
	From   int      `json:"fromSchema"`
	To     int      `json:"toSchema"`
	DryRun bool     `json:"dryRun"`
	Backup string   `json:"backup,omitempty"` // the old store, which is kept
	Notes  []string `json:"notes"`            // what changed beside the encoding, in words
}

// migration is one step that changes records. It works on a copy of the
// store, so it may write as often as it likes, and it may run again after it
// was cut off.
type migration struct {
	to  int // the schema version that needs it
	run func(context.Context, *provision.Service) (notes []string, err error)
}

// migrations are the steps, in the order in which they run.
var migrations = []migration{
	{to: 2, run: func(ctx context.Context, s *provision.Service) ([]string, error) { return s.MendAudit(ctx) }},
	{to: 2, run: func(ctx context.Context, s *provision.Service) ([]string, error) { return s.NormalizeNames(ctx) }},
}

// Migrate brings the store of the data folder dir to this program's schema. It
// writes a new file beside the old one, checks it, keeps the old one as a
// backup and only then puts the new one in its place: cut off at any point, it
// leaves the one or the other, whole. It refuses a folder that a process holds
// (ErrLocked), one of a newer program (ErrSchema) and a damaged one
// (ErrDamagedStore). A folder that has this schema already is left alone.
func Migrate(ctx context.Context, dir string, options MigrateOptions) (_ Migrated, err error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Rand == nil {
		options.Rand = rand.Reader
	}
	key, settings, err := readFolder(dir)
	if err != nil {
		return Migrated{}, err
	}
	name := filepath.Join(dir, storeName)
	old, err := bolt.OpenFile(name)
	if err != nil {
		return Migrated{}, storeFault(dir, err)
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	done := Migrated{From: old.Schema, To: store.Schema, DryRun: options.DryRun, Notes: []string{}}
	if done.From == done.To {
		return done, nil
	}
	unfinished := name + ".migrating"
	made, err := copyFolder(ctx, dir, old, unfinished, key, settings, Source{Now: options.Now, Rand: options.Rand, Logger: options.Logger})
	if err != nil {
		return Migrated{}, fmt.Errorf("migrate %s: %w", name, err)
	}
	done.Notes, err = made.migrate(ctx, done, options.Operator)
	if err = errors.Join(err, made.Close()); err == nil && !options.DryRun {
		done.Backup = fmt.Sprintf("%s.schema-%d.%s", name, done.From, options.Now().UTC().Format("20060102T150405Z"))
		err = replaceStore(name, unfinished, done.Backup)
	} else {
		err = errors.Join(err, os.Remove(unfinished))
	}
	if err != nil {
		return Migrated{}, fmt.Errorf("migrate %s: the store is as it was: %w", name, err)
	}
	return done, nil
}

// readFolder reads what stands beside the store in a data folder.
func readFolder(dir string) ([]byte, Settings, error) {
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
	key, err := readKey(dir)
	return key, settings, err
}

// copyFolder opens a copy of an older store, in this schema, in place of the
// folder's own.
func copyFolder(ctx context.Context, dir string, old *bolt.File, name string, key []byte, settings Settings, from Source) (*Folder, error) {
	recordKey, err := provision.RecordKey(key)
	if err != nil {
		return nil, err
	}
	engine, err := old.CopyTo(ctx, name, store.Convert(old.Schema, recordKey))
	if err != nil {
		return nil, storeFault(dir, err)
	}
	made, err := newFolder(dir, settings, key, engine, from)
	if err == nil {
		err = made.checkKey(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, engine.Close(), os.Remove(name))
	}
	return made, nil
}

// migrate runs the steps on the copy and checks what came of them.
func (f *Folder) migrate(ctx context.Context, done Migrated, operator string) ([]string, error) {
	notes := []string{}
	for _, step := range migrations {
		if step.to <= done.From {
			continue
		}
		said, err := step.run(ctx, f.Service)
		if _, unreadable := errors.AsType[*store.UnreadableError](err); unreadable {
			err = fmt.Errorf("%w: %w", ErrDamagedStore, err)
		}
		if err != nil {
			return nil, err
		}
		notes = append(notes, said...)
	}
	if err := f.Service.NoteMigration(ctx, provision.Operator{Name: operator}, done.From, done.To, notes); err != nil {
		return nil, err
	}
	problems, err := f.Check(ctx)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("%w: %d faults, of which the first is: %v", ErrDamagedStore, len(problems), problems[0])
	}
	return notes, err
}

// replaceStore keeps the old store under the name of the backup and puts the
// new one in its place.
func replaceStore(name, unfinished, backup string) error {
	if err := os.Link(name, backup); err != nil {
		return fmt.Errorf("keep a backup: %w", err)
	}
	if err := os.Rename(unfinished, name); err != nil {
		return err
	}
	return atomicfile.SyncFolder(filepath.Dir(name))
}
