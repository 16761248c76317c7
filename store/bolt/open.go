package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/store"
)

const (
	// lockTimeout is how long Open waits for another process to let go.
	lockTimeout = 500 * time.Millisecond

	// fileMode: the owner's alone.
	fileMode = 0o600

	// walkedSize is up to which size of file, in bytes, Open looks at every
	// page, which takes some 30 ms. Check does so for files of any size.
	walkedSize = 64 << 20

	// growth is the step in which the file grows, in bytes.
	growth = 1 << 20
)

// LockedError says that another process, or another Engine of this one,
// holds the file.
type LockedError struct{ Path string }

func (e *LockedError) Error() string {
	return fmt.Sprintf("store file %s is locked: another process serves it; stop that one first", e.Path)
}

// SchemaError says that the file belongs to another version of the program;
// Found is empty when it is no store of this program at all.
type SchemaError struct {
	Path, Found, Want string
}

func (e *SchemaError) Error() string {
	if e.Found == "" {
		return fmt.Sprintf("store file %s holds no schema version: it was not made by this program", e.Path)
	}
	return fmt.Sprintf("store file %s has schema version %s, this program has %s", e.Path, e.Found, e.Want)
}

// Older reports whether this program can migrate the file.
func (e *SchemaError) Older() bool {
	found, err := strconv.Atoi(e.Found)
	return err == nil && found >= 1 && found < store.Schema
}

// DamagedError says that the file cannot be what this program wrote.
type DamagedError struct {
	Path  string
	Cause error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("store file %s is damaged: %v; restore it from a backup", e.Path, e.Cause)
}

func (e *DamagedError) Unwrap() error { return e.Cause }

// The damages that Open tells apart.
var (
	ErrEmptyFile = errors.New("it is empty")
	ErrCutShort  = errors.New("it is shorter than its contents")
)

// Create makes a new store file and opens it. It refuses, by an error that
// is fs.ErrExist, when there is a file already. The file appears under its
// name when it is complete.
func Create(path string) (*Engine, error) {
	unfinished := path + ".new"
	db, err := open(unfinished, os.O_CREATE)
	if err != nil {
		return nil, err
	}
	if err := create(db, unfinished, path); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("create store file: %w", err)
	}
	return start(db, path), nil
}

// create runs under the lock of the unfinished file, which is that of the
// finished one afterwards.
func create(db *bbolt.DB, unfinished, path string) error {
	switch _, err := os.Lstat(path); {
	case err == nil:
		return errors.Join(&fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}, os.Remove(unfinished))
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := db.Update(writeHead); err != nil {
		return err
	}
	if err := os.Rename(unfinished, path); err != nil {
		return err
	}
	return atomicfile.SyncFolder(filepath.Dir(path))
}

// writeHead makes both buckets, of which the second is empty.
func writeHead(tx *bbolt.Tx) error {
	head, err := tx.CreateBucketIfNotExists([]byte(headBucket))
	if err != nil {
		return err
	}
	if err := head.Put([]byte(schemaKey), []byte(wantSchema())); err != nil {
		return err
	}
	if _, err := tx.CreateBucketIfNotExists([]byte(recordsBucket)); err != nil {
		return err
	}
	return totals{}.write(tx)
}

func wantSchema() string { return strconv.Itoa(store.Schema) }

// Open opens a store file that Create made. It refuses a missing file, by an
// error that is fs.ErrNotExist, one that is held by somebody else
// (*LockedError, within a second), of another version (*SchemaError) or
// damaged (*DamagedError), and changes none of them.
func Open(path string) (*Engine, error) {
	db, err := openMade(path)
	if err != nil {
		return nil, err
	}
	if err := checkFile(db, path); err != nil {
		_ = db.Close()
		return nil, err
	}
	e := start(db, path)
	e.meta = checkMetas(path, db.Info().PageSize)
	return e, nil
}

// openMade opens a file that is there and holds something.
func openMade(path string) (*bbolt.DB, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open store file: %w", err)
	}
	if info.Size() == 0 {
		return nil, &DamagedError{path, ErrEmptyFile}
	}
	return open(path, 0)
}

// open opens the file with bbolt, and creates it only if flag says so. Memory
// that the file should back and does not causes a panic here, not a crash.
func open(path string, flag int) (db *bbolt.DB, err error) {
	var file *os.File
	options := &bbolt.Options{
		Timeout:         lockTimeout,
		FreelistType:    bbolt.FreelistMapType,
		NoStatistics:    true,
		InitialMmapSize: addressSpace(path),
		OpenFile: func(name string, bboltFlag int, mode os.FileMode) (_ *os.File, err error) {
			file, err = os.OpenFile(name, bboltFlag&^os.O_CREATE|flag, mode)
			return file, err
		},
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			_ = file.Close()
			db, err = nil, &DamagedError{path, fmt.Errorf("%v", fault)}
		}
	}()
	db, err = bbolt.Open(path, fileMode, options)
	if err != nil {
		return nil, openError(path, err)
	}
	db.AllocSize = growth
	return db, nil
}

// addressSpace returns how many bytes the file is mapped into from the start: four
// times its size, and no less than a GiB. When a file outgrows its mapping bbolt waits for
// every reader before it maps anew, and readers wait for that; addresses are
// free where there are plenty.
func addressSpace(path string) int {
	if runtime.GOOS == "windows" || math.MaxInt == math.MaxInt32 {
		return 0
	}
	size := int64(1 << 30)
	if info, err := os.Stat(path); err == nil {
		size = max(size, 4*info.Size())
	}
	return int(min(size, 1<<40))
}

// openError tells what the system refused from what bbolt did not recognise.
func openError(path string, err error) error {
	var errno syscall.Errno
	switch {
	case errors.Is(err, bbolterrors.ErrTimeout):
		return &LockedError{path}
	case errors.As(err, &errno):
		return fmt.Errorf("open store file: %w", err)
	}
	return &DamagedError{path, err}
}

// checkFile turns a panic of bbolt, which trusts the pages that it reads, into
// a DamagedError.
func checkFile(db *bbolt.DB, path string) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			err = &DamagedError{path, fmt.Errorf("%v", fault)}
		}
	}()
	return db.View(func(tx *bbolt.Tx) error {
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("open store file: %w", err)
		}
		if info.Size() < tx.Size() {
			return &DamagedError{path, ErrCutShort}
		}
		if err := checkSchema(tx, path); err != nil {
			return err
		}
		if err := checkSequence(tx, path); err != nil {
			return err
		}
		if tx.Size() > walkedSize {
			return nil
		}
		if err := checkTree(tx, path); err != nil {
			return &DamagedError{path, err}
		}
		return nil
	})
}

func checkSchema(tx *bbolt.Tx, path string) error {
	var found string
	if head := tx.Bucket([]byte(headBucket)); head != nil {
		found = string(head.Get([]byte(schemaKey)))
	}
	if found != wantSchema() || tx.Bucket([]byte(recordsBucket)) == nil {
		return &SchemaError{Path: path, Found: found, Want: wantSchema()}
	}
	return nil
}

// checkSequence refuses a file whose revisions would come a second time.
func checkSequence(tx *bbolt.Tx, path string) error {
	all, err := readTotals(tx)
	if err != nil {
		return &DamagedError{path, err}
	}
	if newest := tx.Bucket([]byte(recordsBucket)).Sequence(); newest != all.Sequence {
		return &DamagedError{path, fmt.Errorf("%w: its newest revision is %d, commits have reached %d", errTotals, newest, all.Sequence)}
	}
	return nil
}
