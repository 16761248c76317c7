package datafolder

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/sealing"
	"github.com/dsappd/dsappd/replay"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

// OpenInMemory opens a folder in memory that holds the sample of a transcript.
// It is for throw-away servers: its password hashes cost next to nothing, and
// its master key is no secret. Records of the kinds that it drops are not kept.
func OpenInMemory(ctx context.Context, setup replay.Setup, drops ...string) (*Folder, error) {
	first, err := theEmptyStore()
	if err != nil {
		return nil, err
	}
	settings := inMemorySettings()
	settings.GatewayID = cmp.Or(setup.Sample.GatewayID, settings.GatewayID)
	if err := settings.check(); err != nil {
		return nil, err
	}
	engine := first.Copy()
	engine.Drops = func(key string) bool { return slices.Contains(drops, store.KindOf(key)) }
	keys, err := sealing.New(inMemoryKey())
	if err != nil {
		return nil, err
	}
	made, err := newFolder("", settings, keys, engine, Source{Now: setup.Now, Rand: setup.Rand})
	if err != nil {
		return nil, err
	}
	return made, addSamples(ctx, made, InitOptions{Replay: setup.Sample})
}

// MemoryOptions say what a folder in memory begins with. The zero value is an
// empty folder with the default settings.
type MemoryOptions struct {
	Sample   bool   // the users, authenticators and components of a lab
	Settings string // the text of settings.toml; empty: the defaults
	Dir      string // where the operators' socket goes; empty: nowhere
}

// OpenMemory makes and opens a data folder that is kept in memory, for a lab. It
// is ready in a few milliseconds, because its password hashes cost next to
// nothing, whatever the settings say. The error wraps ErrSettings where they
// have faults.
func OpenMemory(ctx context.Context, options MemoryOptions, from Source) (*Folder, error) {
	settings, err := parseSettings(options.Settings)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	settings.PasswordHash = inMemorySettings().PasswordHash
	key := inMemoryKey()
	if _, err := io.ReadFull(from.Rand, key); err != nil {
		return nil, fmt.Errorf("draw a master key: %w", err)
	}
	keys, err := sealing.New(key)
	if err != nil {
		return nil, err
	}
	made, err := newFolder(options.Dir, settings, keys, &memory.Engine{}, from)
	if err != nil {
		return nil, err
	}
	return made, begin(ctx, made, InitOptions{Sample: options.Sample})
}

// theEmptyStore is what every store in memory begins with. To make it costs more
// than most plays of transcripts, which have a store each, so it is made once
// and never changes: plays use copies.
var theEmptyStore = sync.OnceValues(newEmptyStore)

func newEmptyStore() (*memory.Engine, error) {
	engine := &memory.Engine{}
	before := func() time.Time { return time.Unix(0, 0) } // the clock of any play
	keys, err := sealing.New(inMemoryKey())
	if err != nil {
		return nil, err
	}
	made, err := newFolder("", inMemorySettings(), keys, engine, Source{Now: before, Rand: rand.NewChaCha8([32]byte{})})
	if err != nil {
		return nil, err
	}
	return engine, beginEmpty(context.Background(), made)
}

func inMemorySettings() Settings {
	settings := DefaultSettings()
	settings.PasswordHash = PasswordHashSettings{MemoryKiB: 8, Passes: 1, Parallelism: 1, Queue: 64}
	return settings
}

// inMemoryKey returns the master key of all stores in memory: copies share what
// is sealed under it.
func inMemoryKey() []byte { return make([]byte, keySize) }
