package datafolder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
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

// migrations are the steps, in the order in which they run. A field that is new
// in schema 3 needs one only where its zero value does not mean what records
// meant before.
var migrations = []migration{
	{to: 2, run: func(ctx context.Context, s *provision.Service) ([]string, error) { return s.Audit.Mend(ctx) }},
	{to: 2, run: func(ctx context.Context, s *provision.Service) ([]string, error) { return s.NormalizeNames(ctx) }},
	{to: 3, run: func(ctx context.Context, s *provision.Service) ([]string, error) { return s.IndexRecords(ctx) }},
	{to: 3, run: migratePlatform},
}

// Migrate brings the store of the data folder dir to this program's schema. It
// writes a new file beside the old one, checks it, keeps the old one as a
// backup and only then puts the new one in its place: cut off at any point, it
// leaves the one or the other, whole. It refuses a folder that a process holds
// (ErrLocked), one of a newer program (ErrSchema) and a damaged one
// (ErrDamagedStore). A folder that has this schema already is left alone.
func Migrate(ctx context.Context, dir string, options MigrateOptions) (_ Migrated, err error) {
	from := Source{Now: options.Now, Rand: options.Rand, Logger: options.Logger}.WithDefaults()
	old, err := openOriginal(ctx, dir)
	if err != nil {
		return Migrated{}, err
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	done := Migrated{From: old.Schema, To: store.Schema, DryRun: options.DryRun, Notes: []string{}}
	if done.From == done.To {
		return done, nil
	}
	name, unfinished := old.name, old.name+".migrating"
	made, err := old.copyTo(ctx, unfinished, from)
	if err != nil {
		return Migrated{}, fmt.Errorf("migrate %s: %w", name, err)
	}
	done.Notes, err = made.migrate(ctx, done, options.Operator)
	if err = errors.Join(err, made.Close()); err == nil && !options.DryRun {
		done.Backup = fmt.Sprintf("%s.schema-%d.%s", name, done.From, from.Now().UTC().Format("20060102T150405Z"))
		err = replaceStore(name, unfinished, done.Backup)
	} else {
		err = errors.Join(err, os.Remove(unfinished))
	}
	if err != nil {
		return Migrated{}, fmt.Errorf("migrate %s: the store is as it was: %w", name, err)
	}
	return done, nil
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
	return notes, f.mustBeSound(ctx)
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
