package datafolder

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/bolt"
	"github.com/dsappd/dsappd/store/postgres"
)

// ErrCopy means that what came of a copy is not what was copied.
var ErrCopy = errors.New("the copy is not what was copied")

// Copied tells what Copy did.
type Copied struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Records int    `json:"records"`
	SHA256  string `json:"sha256"` // of all keys and values, in the order of the keys
}

// copyBatch is how many records are written at once, and copyBytes how many bytes
// of them.
const (
	copyBatch = 200
	copyBytes = 4 << 20
)

// Copy copies the store of the data folder from, as one moment has it, to a
// database that holds none, by its URL, or to a new data folder. The copy opens
// with the same master key. It is whole and verified, or does not count as a store.
// Copy refuses a folder that is served.
func Copy(ctx context.Context, from, to string, source Source) (done Copied, err error) {
	source = source.WithDefaults()
	opened, err := Open(ctx, from, source)
	if err != nil {
		return Copied{}, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	if err := opened.mustBeAlone(ctx); err != nil {
		return Copied{}, err
	}
	if IsDatabase(to) {
		return opened.copyToDatabase(ctx, to)
	}
	return opened.copyToFolder(ctx, to)
}

// IsDatabase reports whether what is copied to is the URL of a database.
func IsDatabase(to string) bool {
	return strings.HasPrefix(to, "postgres://") || strings.HasPrefix(to, "postgresql://")
}

// mustBeAlone refuses a store that another server writes to.
func (f *Folder) mustBeAlone(ctx context.Context) error {
	if f.Shared == nil {
		return nil
	}
	servers, err := f.Shared.Servers(ctx)
	if err != nil {
		return err
	}
	for _, s := range servers {
		if s.Live && s.Run != f.Service.Audit.Run {
			return hint.Add(fmt.Errorf("%w: the server %s on %s has it open", ErrLocked, s.Run, s.Host), "end it first: what it would write later is not in the copy")
		}
	}
	return nil
}

func (f *Folder) copyToDatabase(ctx context.Context, to string) (Copied, error) {
	bare, password, err := withoutPassword(to)
	if err != nil {
		return Copied{}, err
	}
	engine, err := postgres.Create(ctx, postgres.Options{URL: bare, Password: password})
	if err != nil {
		return Copied{}, databaseFault(err)
	}
	done, err := f.copyEngine(ctx, engine)
	if err == nil {
		err = noteSettings(ctx, engine, f.Settings)
	}
	if err == nil {
		err = engine.Complete(ctx)
	} else {
		err = errors.Join(err, engine.Remove(context.WithoutCancel(ctx)))
	}
	done.From, done.To = f.Dir, bare
	return done, errors.Join(err, engine.Close())
}

// copyToFolder makes a folder that has everything that this one has, with the
// store in a file.
func (f *Folder) copyToFolder(ctx context.Context, to string) (Copied, error) {
	to, err := filepath.Abs(to)
	if err == nil {
		err = checkEmpty(to)
	}
	if err != nil {
		return Copied{}, err
	}
	unfinished, err := os.MkdirTemp(filepath.Dir(to), ".dsappd-copy-")
	if err != nil {
		return Copied{}, err
	}
	defer os.RemoveAll(unfinished)
	if err := f.copyBeside(unfinished); err != nil {
		return Copied{}, err
	}
	engine, err := bolt.Create(filepath.Join(unfinished, storeName))
	if err != nil {
		return Copied{}, err
	}
	done, err := f.copyEngine(ctx, engine)
	if err = errors.Join(err, engine.Close()); err == nil {
		err = moveFolder(unfinished, to)
	}
	done.From, done.To = f.Dir, to
	return done, err
}

// copyBeside copies what stands beside the store.
func (f *Folder) copyBeside(to string) error {
	text, err := os.ReadFile(filepath.Join(f.Dir, settingsName))
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(to, settingsName), onFile(text)); err != nil {
		return err
	}
	return lend(to, f.Dir, "")
}

// copyEngine copies all records, and verifies that they arrived.
func (f *Folder) copyEngine(ctx context.Context, to store.Engine) (Copied, error) {
	want := newSum()
	if err := f.eachRecord(ctx, want, func(writes []store.Write) error { return to.Commit(ctx, nil, writes) }); err != nil {
		return Copied{}, fmt.Errorf("copy the store: %w", err)
	}
	got := newSum()
	if err := eachEntry(ctx, to, func(e store.Entry) error { return got.add(e) }); err != nil {
		return Copied{}, fmt.Errorf("verify the copy: %w", err)
	}
	if want.String() != got.String() || want.records != got.records {
		return Copied{}, fmt.Errorf("%w: %d records with SHA-256 %s became %d with %s", ErrCopy, want.records, want, got.records, got)
	}
	return Copied{Records: got.records, SHA256: got.String()}, nil
}

// eachRecord hands over the records of the folder's store in batches.
func (f *Folder) eachRecord(ctx context.Context, seen *sum, write func([]store.Write) error) error {
	var batch []store.Write
	size := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := write(batch)
		batch, size = batch[:0], 0
		return err
	}
	err := eachEntry(ctx, f.engine, func(e store.Entry) error {
		batch = append(batch, store.Write{Key: e.Key, Value: append([]byte{}, e.Value...)})
		size += len(e.Value)
		if err := seen.add(e); err != nil || len(batch) < copyBatch && size < copyBytes {
			return err
		}
		return flush()
	})
	return errors.Join(err, flush())
}

// eachEntry goes through one snapshot of an engine.
func eachEntry(ctx context.Context, engine store.Engine, do func(store.Entry) error) error {
	snapshot, err := engine.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snapshot.Close()
	for entry, err := range snapshot.Scan("", "") {
		if err == nil {
			err = do(entry)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sum is the checksum of records.
type sum struct {
	records int
	hash    interface {
		io.Writer
		Sum([]byte) []byte
	}
}

func newSum() *sum { return &sum{hash: sha256.New()} }

func (s *sum) add(e store.Entry) error {
	s.records++
	var head [8]byte
	binary.BigEndian.PutUint32(head[:4], uint32(len(e.Key)))
	binary.BigEndian.PutUint32(head[4:], uint32(len(e.Value)))
	_, err := s.hash.Write(append(append(head[:], e.Key...), e.Value...))
	return err
}

func (s *sum) String() string { return hex.EncodeToString(s.hash.Sum(nil)) }
