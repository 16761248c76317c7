package datafolder

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/sealing"
)

// InitOptions say what a new data folder begins with.
type InitOptions struct {
	// Sample fills it with the users, authenticators and components of a
	// lab, whose passwords are public.
	Sample bool

	// Replay fills it with the sample data of transcripts.
	Replay transcript.Sample

	// Settings replace the text of settings.toml; empty: the defaults, each
	// with its comment.
	Settings string

	// Store is the URL of a database that keeps the records instead of a file in
	// the folder; empty: none. With KeyFile, which holds the master key of a store
	// that is there, the folder is one more server's of it.
	Store   string
	KeyFile string

	// Certificate makes a CA and a server's certificate; nil: none, and what
	// other machines can reach is served only as plain text, where that is
	// meant. Its Now and Rand are those here.
	Certificate *CertificateOptions

	// Now and Rand are the clock and the source of randomness; nil: the
	// system's.
	Now  func() time.Time
	Rand io.Reader
}

// Init makes a data folder at dir, whole or not at all: it is built beside
// dir and moved there when it is complete and on disk. A dir that exists must
// be empty.
func Init(ctx context.Context, dir string, options InitOptions) (err error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Rand == nil {
		options.Rand = rand.Reader
	}
	if options.Settings == "" {
		options.Settings = strings.Replace(SettingsText, DefaultSettings().GatewayID,
			cmp.Or(options.Replay.GatewayID, DefaultSettings().GatewayID), 1)
	}
	if err := CheckNamed(dir); err != nil {
		return err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("make a data folder: %w", err)
	}
	if err := checkEmpty(dir); err != nil {
		return err
	}
	parent := filepath.Dir(dir)
	unfinished, err := os.MkdirTemp(parent, ".dsappd-init-")
	if err != nil {
		return hint.Add(fmt.Errorf("make a data folder in %s: %w", parent, err), "that folder must exist and be writable")
	}
	defer os.RemoveAll(unfinished)
	if options.Store == "" {
		made, err := fillStore(ctx, unfinished, options)
		if err != nil {
			return fmt.Errorf("make a data folder: %w", err)
		}
		if err := made.Close(); err != nil {
			return fmt.Errorf("make a data folder: %w", err)
		}
		return moveFolder(unfinished, dir)
	}
	complete, err := fillShared(ctx, unfinished, options)
	if err != nil {
		return fmt.Errorf("make a data folder: %w", err)
	}
	if err := moveFolder(unfinished, dir); err != nil || complete == nil {
		return err
	}
	return complete()
}

// Exists reports whether dir holds anything of a data folder. Open says whether
// that can be served.
func Exists(dir string) bool {
	entries, _ := os.ReadDir(dir)
	return lacksStore(entries) || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == storeName })
}

func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	holdsStore := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == storeName })
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case holdsStore:
		return hint.Add(fmt.Errorf("%w: %s is a data folder already", ErrNotEmpty, dir), "serve it with: dsappd serve --dir %s", hint.ShellWord(dir))
	case err != nil:
		return fmt.Errorf("make a data folder: %w", err)
	case lacksStore(entries):
		return hint.Add(fmt.Errorf("%w: %s is a data folder that has lost its %s", ErrNotEmpty, dir, storeName),
			"restore that from a backup, or choose a new folder")
	case len(entries) > 0:
		return hint.Add(fmt.Errorf("%w: %s holds %s", ErrNotEmpty, dir, entries[0].Name()), "choose a new folder or an empty one")
	}
	return nil
}

// lacksStore reports whether something of a data folder is there.
func lacksStore(entries []fs.DirEntry) bool {
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == keyName || e.Name() == settingsName })
}

// fillBeside makes what stands beside the store and the master key.
func fillBeside(dir string, options InitOptions) (Settings, error) {
	settings, err := parseSettings(options.Settings)
	if err != nil {
		return Settings{}, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	if err := writeFile(filepath.Join(dir, settingsName), []byte(options.Settings)); err != nil {
		return Settings{}, err
	}
	if certified := options.Certificate; certified != nil {
		return settings, renewCertificate(dir, CertificateOptions{Hosts: certified.Hosts, Now: options.Now, Rand: options.Rand})
	}
	return settings, nil
}

// fillStore makes all that a data folder holds, with a new store, whose engine it
// returns.
func fillStore(ctx context.Context, dir string, options InitOptions) (engines, error) {
	settings, err := fillBeside(dir, options)
	if err != nil {
		return engines{}, err
	}
	key, err := writeKey(dir, keyName, options.Rand)
	if err != nil {
		return engines{}, err
	}
	engine, err := createEngine(ctx, dir, settings)
	if err != nil {
		return engines{}, err
	}
	if err := beginStore(ctx, dir, settings, key, engine, options); err != nil {
		return engines{}, errors.Join(err, engine.discard(ctx))
	}
	return engine, atomicfile.SyncFolder(dir)
}

// beginStore writes the first records and seals the audit of having done so.
func beginStore(ctx context.Context, dir string, settings Settings, key []byte, engine engines, options InitOptions) error {
	keys, err := sealing.New(key)
	if err != nil {
		return err
	}
	made, err := newFolder(dir, settings, keys, engine.Engine, Source{Now: options.Now, Rand: options.Rand})
	if err != nil {
		return err
	}
	err = errors.Join(begin(ctx, made, options), made.finishAudit(finishTimeout))
	if err == nil && engine.shared != nil {
		err = noteSettings(ctx, engine.shared, settings)
	}
	return err
}

// begin writes the first records.
func begin(ctx context.Context, made *Folder, options InitOptions) error {
	if err := beginEmpty(ctx, made); err != nil {
		return err
	}
	return addSamples(ctx, made, options)
}

// beginEmpty writes what every folder begins with.
func beginEmpty(ctx context.Context, made *Folder) error {
	service := made.Service
	if err := provision.NoteKey(ctx, service.Store, service.Sealer, service.Now()); err != nil {
		return err
	}
	if err := addDefaults(ctx, service); err != nil {
		return err
	}
	return addGateway(ctx, service, made.Settings.Gateway)
}

// addSamples adds the sample data that a folder was asked to begin with, and
// the doors whose policies depend on them.
func addSamples(ctx context.Context, made *Folder, options InitOptions) error {
	service := made.Service
	consolePolicy, platformPolicy := provision.ProvisioningPolicy, provision.ProvisioningPolicy
	if options.Sample || options.Replay.Lab {
		if err := addSample(ctx, service); err != nil {
			return err
		}
		consolePolicy, platformPolicy = labPolicy, labPlatformPolicy
	}
	if err := addConsole(ctx, service, made.Settings.Console, consolePolicy); err != nil {
		return err
	}
	if err := addPlatform(ctx, service, made.Settings.Platform, platformPolicy); err != nil {
		return err
	}
	err := addReplaySample(ctx, service, options.Replay)
	refusal, refused := errors.AsType[*provision.Error](err)
	if refused && refusal.Refusal == provision.Exists && options.Replay.Lab {
		return hint.Add(fmt.Errorf("%w: %w", ErrLabClash, err),
			"take sample = true out of the header, or keep the transcripts that have it in a folder of their own")
	}
	return err
}

// ErrLabClash says that transcripts ask for the sample of the lab, by sample =
// true, and for something else of the same name.
var ErrLabClash = errors.New("a transcript with sample = true asks for the sample of the lab, in which something has the same name")

// moveFolder puts a complete folder in its place and has that on disk when it
// returns.
func moveFolder(from, to string) error {
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return hint.Add(fmt.Errorf("make a data folder: %w", err), "where it cannot be replaced, name a new folder inside it")
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("make a data folder: %w", err)
	}
	return atomicfile.SyncFolder(filepath.Dir(to))
}
