package datafolder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// CompactOptions say how to compact a data folder.
type CompactOptions struct {
	// Operator is the name that the audit notes.
	Operator string

	// Logger gets what goes wrong beside the result; nil: nothing is logged.
	Logger *slog.Logger

	// Now and Rand are the clock and the source of randomness; nil: the
	// system's.
	Now  func() time.Time
	Rand io.Reader
}

// Compacted tells what Compact did: the size of the store, in bytes.
type Compacted struct {
	Before int64 `json:"before"`
	After  int64 `json:"after"`
}

// Compact gives back the space in the store of the data folder dir that nothing
// uses any more. It writes a new file beside the store, checks all of it, and
// only then puts it in the store's place: cut off at any point, it leaves the
// one or the other, whole. It needs free space for a second store, and refuses
// a folder that a process holds (ErrLocked), one of another schema (ErrSchema)
// and a damaged one (ErrDamagedStore).
func Compact(ctx context.Context, dir string, options CompactOptions) (_ Compacted, err error) {
	from := Source{Now: options.Now, Rand: options.Rand, Logger: options.Logger}.WithDefaults()
	old, err := openOriginal(ctx, dir)
	if err != nil {
		return Compacted{}, err
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	if old.Schema != store.Schema {
		return Compacted{}, storeFault(dir, old.OtherSchema())
	}
	name, unfinished := old.name, old.name+".compacting"
	made, err := old.copyTo(ctx, unfinished, from)
	if err != nil {
		return Compacted{}, fmt.Errorf("compact %s: the store is as it was: %w", name, err)
	}
	err = errors.Join(made.noteCompaction(ctx, options.Operator), made.Close())
	var done Compacted
	if err == nil {
		done, err = putInPlace(unfinished, name)
	}
	if err != nil {
		return Compacted{}, fmt.Errorf("compact %s: the store is as it was: %w", name, errors.Join(err, os.Remove(unfinished)))
	}
	return done, atomicfile.SyncFolder(dir)
}

// noteCompaction checks the copy, and has its audit say what it is.
func (f *Folder) noteCompaction(ctx context.Context, operator string) error {
	if err := f.mustBeSound(ctx); err != nil {
		return err
	}
	return f.Service.NoteCompaction(ctx, provision.Operator{Name: operator})
}

// putInPlace replaces a store by a finished one.
func putInPlace(finished, name string) (Compacted, error) {
	before, err := os.Stat(name)
	if err != nil {
		return Compacted{}, err
	}
	after, err := os.Stat(finished)
	if err != nil {
		return Compacted{}, err
	}
	return Compacted{Before: before.Size(), After: after.Size()}, os.Rename(finished, name)
}
