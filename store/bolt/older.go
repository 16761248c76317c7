package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/store"
)

// File holds a store file of this schema or an older one. It keeps others from
// opening it, and never writes it.
type File struct {
	// Schema is the version that it has.
	Schema int

	db   *bbolt.DB
	path string
}

// OpenFile opens a store file to copy it. Errors are those of Open, but an
// older schema is none.
func OpenFile(path string) (*File, error) {
	db, err := openMade(path)
	if err != nil {
		return nil, err
	}
	f := &File{Schema: store.Schema, db: db, path: path}
	err = checkFile(db, path)
	if schema, ok := errors.AsType[*SchemaError](err); ok && schema.Older() {
		f.Schema, err = strconv.Atoi(schema.Found)
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return f, nil
}

// OtherSchema returns the error that Open has for a file of an older schema.
func (f *File) OtherSchema() *SchemaError {
	return &SchemaError{Path: f.path, Found: strconv.Itoa(f.Schema), Want: wantSchema()}
}

// Get returns the value under a key; nil where there is none.
func (f *File) Get(key string) (value []byte, err error) {
	err = f.db.View(func(tx *bbolt.Tx) error {
		entry := tx.Bucket([]byte(recordsBucket)).Get([]byte(key))
		if entry == nil {
			return nil
		}
		found, _, err := f.openEntry([]byte(key), entry)
		value = append([]byte(nil), found...)
		return err
	})
	return value, err
}

// Close lets go of the file.
func (f *File) Close() error { return f.db.Close() }

// copyBatch is how many entries one transaction of a copy writes.
const copyBatch = 8192

// CopyTo makes a new store file of this program's schema, without holes, of
// all entries, whose values convert turns into those of the schema. Revisions
// stay, and so does the owner of the file. What a copy that was interrupted left
// at path is replaced.
func (f *File) CopyTo(ctx context.Context, path string, convert func(key string, value []byte) ([]byte, error)) (_ *Engine, err error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("copy store file: %w", err)
	}
	db, err := open(path, os.O_CREATE)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("copy store file: %w", err), db.Close(), os.Remove(path))
		}
	}()
	if err := atomicfile.KeepOwner(path, f.path); err != nil {
		return nil, err
	}
	db.NoSync = true
	if err := db.Update(writeHead); err != nil {
		return nil, err
	}
	if err := f.copyEntries(ctx, db, convert); err != nil {
		return nil, err
	}
	db.NoSync = false
	if err := db.Sync(); err != nil {
		return nil, err
	}
	return start(db, path), nil
}

func (f *File) copyEntries(ctx context.Context, to *bbolt.DB, convert func(string, []byte) ([]byte, error)) error {
	return f.db.View(func(from *bbolt.Tx) error {
		if err := checkTree(from, f.path); err != nil {
			return &DamagedError{f.path, err}
		}
		records := from.Bucket([]byte(recordsBucket))
		all := totals{Sequence: records.Sequence()}
		found := all // of the entries as they were
		cursor := records.Cursor()
		for key, entry := cursor.First(); key != nil; {
			err := to.Update(func(tx *bbolt.Tx) error {
				copied := tx.Bucket([]byte(recordsBucket))
				copied.FillPercent = 0.9 // keys come in order
				for n := 0; key != nil && n < copyBatch; n++ {
					if err := ctx.Err(); err != nil {
						return err
					}
					found.add(entry)
					made, err := f.convert(key, entry, convert)
					if err != nil {
						return err
					}
					all.add(made)
					if err := copied.Put(key, made); err != nil {
						return err
					}
					key, entry = cursor.Next()
				}
				return errors.Join(copied.SetSequence(all.Sequence), all.write(tx))
			})
			if err != nil {
				return err
			}
		}
		return f.holdsAll(from, found)
	})
}

// holdsAll refuses a copy of entries that are not what the head of the file says
// it holds, which schema 1 did not say.
func (f *File) holdsAll(from *bbolt.Tx, copied totals) error {
	if f.Schema == 1 {
		return nil
	}
	want, err := readTotals(from)
	if err == nil && copied != want {
		err = fmt.Errorf("%w: found %+v, committed %+v", errTotals, copied, want)
	}
	if err != nil {
		return &DamagedError{f.path, err}
	}
	return nil
}

// convert makes an entry of today's layout.
func (f *File) convert(key, entry []byte, convert func(string, []byte) ([]byte, error)) ([]byte, error) {
	value, revision, err := f.openEntry(key, entry)
	if err != nil {
		return nil, err
	}
	value, err = convert(string(key), value)
	if err != nil {
		return nil, err
	}
	made := appendEntry(nil, value)
	stamp(key, made, revision)
	return made, nil
}

// openEntry takes an entry of the file's layout apart: schema 1 had a
// revision in front of the value and no checksum.
func (f *File) openEntry(key, entry []byte) ([]byte, uint64, error) {
	if f.Schema > 1 {
		return openEntry(key, entry)
	}
	if len(entry) < revisionSize {
		return nil, 0, fmt.Errorf("key %.80q: %w", key, ErrNoRevision)
	}
	return entry[revisionSize:], revisionOf(entry), nil
}
