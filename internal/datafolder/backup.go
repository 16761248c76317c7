package datafolder

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/bolt"
)

// What a backup holds, in this order: a tar file.
const (
	backupSecrets  = "secrets.age" // a tar file of the master key and the folder tls, sealed by age
	backupManifest = "manifest.json"
	backupFormat   = 1
)

// Manifest is the end of a backup: what it holds.
type Manifest struct {
	Format  int               `json:"format"`
	Schema  int               `json:"schema"` // of the store
	Made    time.Time         `json:"made"`
	Folder  string            `json:"folder"`
	Secrets bool              `json:"secrets"` // it holds the master key and the certificates, sealed
	SHA256  map[string]string `json:"sha256"`  // of each file before the manifest
}

// CopyStore writes the store as one moment has it: see bolt.Engine.Copy.
func (f *Folder) CopyStore(begin func(size int64) (io.Writer, error)) error {
	if f.Shared != nil {
		return f.copyThroughFile(begin)
	}
	if f.Engine == nil {
		return errors.New("the store is in memory, and has no file to copy")
	}
	return f.Engine.Copy(begin)
}

// copyThroughFile copies a store that is in a database into a file first, as a
// backup holds it.
func (f *Folder) copyThroughFile(begin func(size int64) (io.Writer, error)) error {
	dir, err := os.MkdirTemp(f.Dir, ".dsappd-backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file, err := bolt.Create(filepath.Join(dir, storeName))
	if err != nil {
		return err
	}
	_, err = f.copyEngine(context.Background(), file)
	if err == nil {
		err = file.Copy(begin)
	}
	return errors.Join(err, file.Close())
}

// WriteBackup writes a backup of the data folder dir, whose store copyStore
// copies. With recipients it holds the master key and the certificates, sealed
// to each of them.
func WriteBackup(ctx context.Context, to io.Writer, dir string, now time.Time, recipients []age.Recipient, copyStore func(begin func(size int64) (io.Writer, error)) error) (Manifest, error) {
	w := &backupWriter{tar: tar.NewWriter(to), manifest: Manifest{Format: backupFormat, Schema: store.Schema, Made: now.UTC(), Folder: dir, SHA256: map[string]string{}}}
	var master []byte
	var err error
	if len(recipients) > 0 {
		if master, err = masterKeyOf(ctx, dir); err != nil {
			return Manifest{}, fmt.Errorf("back up %s: %w", dir, err)
		}
	}
	var sum hash.Hash
	err = copyStore(func(size int64) (_ io.Writer, err error) {
		sum, err = w.begin(storeName, size)
		return io.MultiWriter(w.tar, sum), err
	})
	if err != nil {
		return Manifest{}, fmt.Errorf("back up the store: %w", err)
	}
	w.end(storeName, sum)
	settings, err := os.ReadFile(filepath.Join(dir, settingsName))
	if err == nil {
		err = w.file(settingsName, onFile(settings))
	}
	if err == nil && len(recipients) > 0 {
		err = w.secrets(ctx, dir, master, recipients)
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("back up %s: %w", dir, err)
	}
	text, err := json.MarshalIndent(w.manifest, "", "  ")
	if err == nil {
		err = w.file(backupManifest, append(text, '\n'))
	}
	return w.manifest, errors.Join(err, w.tar.Close())
}

// backupWriter writes files one after the other.
type backupWriter struct {
	tar      *tar.Writer
	manifest Manifest
}

// begin begins a file, of which both the tar and the hash are to be written.
func (w *backupWriter) begin(name string, size int64) (hash.Hash, error) {
	return sha256.New(), w.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: w.manifest.Made.Truncate(time.Second)})
}

func (w *backupWriter) end(name string, sum hash.Hash) {
	w.manifest.SHA256[name] = hex.EncodeToString(sum.Sum(nil))
}

func (w *backupWriter) file(name string, content []byte) error {
	sum, err := w.begin(name, int64(len(content)))
	if err != nil {
		return err
	}
	_, err = io.MultiWriter(w.tar, sum).Write(content)
	w.end(name, sum)
	return err
}

// onFile returns the settings of a folder whose store is a file, as what is
// restored is.
func onFile(text []byte) []byte {
	if settings, err := parseSettings(string(text)); err != nil || !settings.Store.shared() {
		return text
	}
	return []byte(setSetting(string(text), "store", "engine", `"`+engineBolt+`"`))
}

// ErrKeyReplaced means that the master key was replaced while a backup was made,
// which may hold a store that the key does not open.
var ErrKeyReplaced = errors.New("the master key was replaced meanwhile")

// masterKeyOf reads the master key of a data folder.
func masterKeyOf(ctx context.Context, dir string) ([]byte, error) {
	settings, err := ReadSettings(dir)
	if err != nil {
		return nil, err
	}
	return settings.MasterKey.read(ctx, dir)
}

// secrets writes what opens the store and what clients trust, sealed. master is the
// key from before the store was copied.
func (w *backupWriter) secrets(ctx context.Context, dir string, master []byte, recipients []age.Recipient) error {
	if now, err := masterKeyOf(ctx, dir); err != nil || !bytes.Equal(now, master) {
		return errors.Join(hint.Add(ErrKeyReplaced, "back up again"), err)
	}
	var sealed bytes.Buffer
	to, err := age.Encrypt(&sealed, recipients...)
	if err != nil {
		return err
	}
	inner := tar.NewWriter(to)
	err = addSecret(inner, keyName, master)
	if err == nil {
		err = filepath.WalkDir(filepath.Join(dir, tlsFolder), func(name string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			return addSecret(inner, tlsFolder+"/"+entry.Name(), content)
		})
	}
	if err := errors.Join(err, inner.Close(), to.Close()); err != nil {
		return err
	}
	w.manifest.Secrets = true
	return w.file(backupSecrets, sealed.Bytes())
}

func addSecret(to *tar.Writer, name string, content []byte) error {
	if err := to.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content))}); err != nil {
		return err
	}
	_, err := to.Write(content)
	return err
}
