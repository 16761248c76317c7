package datafolder

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"filippo.io/age"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/store/bolt"
)

// ErrBackup means that a file is no backup, or not all of one.
var ErrBackup = errors.New("the backup cannot be used")

// RestoreOptions say how to open a backup.
type RestoreOptions struct {
	// Identities open the secrets of a backup that was sealed to one of them;
	// none: the master key is KeyFile's, or that of the folder that is replaced.
	Identities []age.Identity
	KeyFile    string

	// Logger gets what goes wrong beside the result; nil: nothing is logged.
	Logger *slog.Logger

	// Now is the clock; nil: the system's.
	Now func() time.Time
}

// Restored tells what a backup was restored to, or would be.
type Restored struct {
	Manifest
	Dir string `json:"dir,omitempty"`

	// Kept is the folder that was there before.
	Kept string `json:"kept,omitempty"`

	// Unchecked says that there was no master key to look into the records
	// with: the file is whole, and more is not known.
	Unchecked bool `json:"unchecked"`

	// Certificates says that the folder has certificates.
	Certificates bool `json:"certificates"`
}

// Restore makes the data folder dir what a backup holds. Everything is verified
// before anything is replaced: the checksums, every page and record, what is
// sealed, and the audit. The folder that was there is kept beside it. It refuses
// a folder that a process holds, with ErrLocked.
func Restore(ctx context.Context, backup, dir string, options RestoreOptions) (_ Restored, err error) {
	if err := CheckNamed(dir); err != nil {
		return Restored{}, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return Restored{}, err
	}
	release, err := holdForRestore(dir)
	if err != nil {
		return Restored{}, err
	}
	defer func() { err = errors.Join(err, release()) }()
	made, err := os.MkdirTemp(filepath.Dir(dir), ".dsappd-restore-")
	if err != nil {
		return Restored{}, hint.Add(fmt.Errorf("restore: %w", err), "the folder that is to hold it must exist and be writable")
	}
	defer os.RemoveAll(made)
	done, err := unpack(ctx, backup, made, dir, options)
	if err != nil {
		return Restored{}, err
	}
	if done.Unchecked {
		return Restored{}, hint.Add(fmt.Errorf("%w: it does not hold the master key, and %s has none", ErrKey, dir), "give the key with --key-file, or the identity that the backup was sealed to")
	}
	done.Dir = dir
	if _, err := os.Lstat(dir); err == nil {
		done.Kept = fmt.Sprintf("%s.before-restore.%s", dir, options.now().UTC().Format("20060102T150405Z"))
		if err := errors.Join(ownAlike(made, dir), os.Rename(dir, done.Kept)); err != nil {
			return Restored{}, fmt.Errorf("restore: nothing was replaced: %w", err)
		}
	}
	if err := os.Rename(made, dir); err != nil {
		if done.Kept != "" {
			err = errors.Join(err, os.Rename(done.Kept, dir))
		}
		return Restored{}, fmt.Errorf("restore: nothing was replaced: %w", err)
	}
	return done, atomicfile.SyncFolder(filepath.Dir(dir))
}

// VerifyBackup looks through a backup as Restore does, and replaces nothing. Its
// records are looked into where there is a key.
func VerifyBackup(ctx context.Context, backup string, options RestoreOptions) (Restored, error) {
	made, err := os.MkdirTemp(filepath.Dir(backup), ".dsappd-verify-")
	if err != nil {
		return Restored{}, fmt.Errorf("verify a backup: %w", err)
	}
	defer os.RemoveAll(made)
	return unpack(ctx, backup, made, "", options)
}

func (o RestoreOptions) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// holdForRestore holds the store of a folder that is to be replaced, so that
// nobody serves it; a folder without a store has none to hold.
func holdForRestore(dir string) (release func() error, err error) {
	none := func() error { return nil }
	if conn, err := admin.Dial(context.Background(), filepath.Join(dir, SocketName)); err == nil {
		return none, errors.Join(hint.Add(fmt.Errorf("%w: a server serves %s", ErrLocked, dir), "stop it first"), conn.Close())
	}
	file, err := bolt.OpenFile(filepath.Join(dir, storeName))
	if _, locked := errors.AsType[*bolt.LockedError](err); locked {
		return none, storeFault(dir, err)
	}
	if err != nil { // it is not there, or damaged, which a restore is to mend
		return none, nil
	}
	return file.Close, nil
}

// unpack makes a folder of a backup, and verifies it. instead is the folder that
// lends what the backup does not hold; empty: none does.
func unpack(ctx context.Context, backup, to, instead string, options RestoreOptions) (Restored, error) {
	done := Restored{}
	file, err := os.Open(backup)
	if err != nil {
		return done, err
	}
	defer file.Close()
	if done.Manifest, err = unpackFiles(ctx, file, to); err != nil {
		return done, fmt.Errorf("%w: %s: %w", ErrBackup, backup, err)
	}
	if done.Secrets && len(options.Identities) > 0 {
		if err := unpackSecrets(to, options.Identities); err != nil {
			return done, fmt.Errorf("%w: %s: %w", ErrBackup, backup, err)
		}
	}
	if err := os.Remove(filepath.Join(to, backupSecrets)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return done, err
	}
	if err := lend(to, instead, options.KeyFile); err != nil {
		return done, err
	}
	_, err = os.Stat(filepath.Join(to, ServerCertificate))
	done.Certificates = err == nil
	settings, err := ReadSettings(to)
	if err != nil {
		return done, fmt.Errorf("%w: %w", ErrBackup, err)
	}
	master, err := restoredKey(ctx, to, settings)
	if err != nil {
		return done, err
	}
	if master == nil {
		done.Unchecked = true
		store, err := bolt.OpenFile(filepath.Join(to, storeName))
		if err != nil {
			return done, fmt.Errorf("%w: %w", ErrBackup, storeFault(to, err))
		}
		return done, store.Close()
	}
	return done, verifyUnpacked(ctx, to, master, options)
}

// restoredKey returns the master key that a restored folder is to have, or nil
// where it is not there. A folder whose settings name another place for the key
// holds none when it returns.
func restoredKey(ctx context.Context, dir string, settings Settings) ([]byte, error) {
	name := filepath.Join(dir, keyName)
	master, err := readKey(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) || settings.MasterKey.inFolder() {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return master, err
	}
	if err == nil {
		return master, os.Remove(name)
	}
	if master, err = settings.MasterKey.read(ctx, dir); err != nil {
		return nil, nil // --key-file can still give it
	}
	return master, nil
}

// verifyUnpacked looks for damage in all that was unpacked.
func verifyUnpacked(ctx context.Context, dir string, master []byte, options RestoreOptions) error {
	from := Source{Now: options.Now, Logger: options.Logger, masterKey: master}
	opened, err := Open(ctx, dir, from.WithDefaults())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBackup, err)
	}
	return errors.Join(opened.mustBeSound(ctx), opened.Records.Close())
}

// backupFile matches the names that a backup may hold. None leaves the folder.
var backupFile = regexp.MustCompile(`^(dsappd\.db|settings\.toml|secrets\.age|manifest\.json)$`)

// unpackFiles writes the files of a backup, and compares their checksums with
// the manifest, which is the last of them.
func unpackFiles(ctx context.Context, from io.Reader, to string) (Manifest, error) {
	sums := make(map[string]string)
	reader := tar.NewReader(from)
	for {
		if err := ctx.Err(); err != nil {
			return Manifest{}, context.Cause(ctx)
		}
		header, err := reader.Next()
		if err != nil {
			return Manifest{}, fmt.Errorf("it ends without its manifest: %w", notEOF(err))
		}
		if !backupFile.MatchString(header.Name) || sums[header.Name] != "" {
			return Manifest{}, fmt.Errorf("it holds %q", header.Name)
		}
		if header.Name == backupManifest {
			return readManifest(reader, sums)
		}
		sum, err := unpackFile(reader, filepath.Join(to, header.Name))
		if err != nil {
			return Manifest{}, err
		}
		sums[header.Name] = sum
	}
}

// notEOF returns an error that says that something is missing.
func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func unpackFile(from io.Reader, name string) (sum string, err error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(file, hash), from)
	if err == nil {
		err = file.Sync()
	}
	return hex.EncodeToString(hash.Sum(nil)), errors.Join(err, file.Close())
}

func readManifest(from io.Reader, sums map[string]string) (Manifest, error) {
	var manifest Manifest
	if err := json.NewDecoder(io.LimitReader(from, 1<<20)).Decode(&manifest); err != nil {
		return Manifest{}, fmt.Errorf("its manifest cannot be read: %w", err)
	}
	if manifest.Format != backupFormat {
		return Manifest{}, fmt.Errorf("its format is %d, and this program reads %d: use the dsappd that made it, or a newer one", manifest.Format, backupFormat)
	}
	for _, name := range []string{storeName, settingsName} {
		if manifest.SHA256[name] == "" || sums[name] == "" {
			return Manifest{}, fmt.Errorf("it lacks %s", name)
		}
	}
	for name, want := range manifest.SHA256 {
		if sums[name] != want {
			return Manifest{}, fmt.Errorf("%s is not what was backed up: its checksum differs", name)
		}
	}
	return manifest, nil
}

// secretFile is a name that the secrets of a backup may hold.
var secretFile = regexp.MustCompile(`^(master\.key|tls/[A-Za-z0-9_][A-Za-z0-9._-]*)$`)

// unpackSecrets opens what was sealed.
func unpackSecrets(to string, identities []age.Identity) error {
	file, err := os.Open(filepath.Join(to, backupSecrets))
	if err != nil {
		return err
	}
	defer file.Close()
	opened, err := age.Decrypt(file, identities...)
	if err != nil {
		return fmt.Errorf("its secrets do not open with this identity: %w", err)
	}
	if err := os.Mkdir(filepath.Join(to, tlsFolder), 0o700); err != nil {
		return err
	}
	for reader := tar.NewReader(opened); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !secretFile.MatchString(header.Name) {
			return fmt.Errorf("its secrets hold %q", header.Name)
		}
		if _, err := unpackFile(reader, filepath.Join(to, filepath.FromSlash(header.Name))); err != nil {
			return err
		}
	}
}

// lend copies what the backup did not hold: the key, and the certificates of the
// folder that is replaced.
func lend(to, instead, keyFile string) error {
	if keyFile != "" {
		if _, err := os.Stat(keyFile); err != nil {
			return err
		}
	} else if instead != "" {
		keyFile = filepath.Join(instead, keyName)
	}
	if keyFile != "" {
		if err := copyMissing(keyFile, filepath.Join(to, keyName)); err != nil {
			return err
		}
	}
	if instead == "" {
		return nil
	}
	entries, _ := os.ReadDir(filepath.Join(instead, tlsFolder))
	if _, err := os.Stat(filepath.Join(to, tlsFolder)); err == nil || len(entries) == 0 {
		return nil
	}
	if err := os.Mkdir(filepath.Join(to, tlsFolder), 0o700); err != nil {
		return err
	}
	for _, entry := range entries {
		if err := copyMissing(filepath.Join(instead, tlsFolder, entry.Name()), filepath.Join(to, tlsFolder, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// copyMissing copies a file, if there is one, to a name that none has.
func copyMissing(from, to string) error {
	content, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	err = writeFile(to, content)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// ownAlike gives all of a folder to the owner of another.
func ownAlike(dir, like string) error {
	return filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return atomicfile.KeepOwner(name, like)
	})
}
