package datafolder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/store/postgres"
)

// member keeps a run on the list of those that have a shared store open.
type member struct {
	engine *postgres.Engine
	self   postgres.Server
	lapsed chan struct{} // closed when a peer has ended this run

	stop    context.CancelFunc
	beating sync.WaitGroup
}

// join puts this run on the list, before it writes anything.
func (f *Folder) join(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("name this machine: %w", err)
	}
	m := &member{engine: f.Shared, lapsed: make(chan struct{}),
		self: postgres.Server{Run: f.Service.Audit.Run, Host: host, Version: programVersion()}}
	if err := f.agree(ctx); err != nil {
		return err
	}
	if err := m.engine.Beat(ctx, m.self); err != nil {
		return fmt.Errorf("join the servers of the store: %w", err)
	}
	beating, stop := context.WithCancel(context.Background())
	m.stop = stop
	m.beating.Go(func() { m.keepBeating(beating, f) })
	f.member, f.Stopped = m, m.lapsed
	return nil
}

func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func (m *member) keepBeating(ctx context.Context, f *Folder) {
	beats := time.NewTicker(postgres.BeatEvery)
	defer beats.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beats.C:
		}
		switch err := m.engine.Beat(ctx, m.self); {
		case errors.Is(err, postgres.ErrLapsed):
			f.Logger.Error("a peer has ended this run, which it had not heard of for too long", "run", m.self.Run)
			close(m.lapsed)
			return
		case err != nil && ctx.Err() == nil:
			f.Logger.Warn("the servers of the store do not hear of this one", "error", err)
		}
	}
}

// leave takes the run off the list. Nothing is written in its name any more.
func (m *member) leave() error {
	m.stop()
	m.beating.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), finishTimeout)
	defer cancel()
	return m.engine.Resign(ctx, m.self.Run)
}

// hold reports whether this run is the one that does the work of a name now.
func (f *Folder) hold(ctx context.Context, name string) bool {
	if f.Shared == nil {
		return true
	}
	held, err := f.Shared.Hold(ctx, name, f.Service.Audit.Run)
	return held && err == nil
}

// hasEnded returns what tells whether another run has; nil: all others have.
func (f *Folder) hasEnded(ctx context.Context) func(run string) (bool, error) {
	if f.Shared == nil {
		return nil
	}
	return func(run string) (bool, error) { return f.Shared.EndLapsed(ctx, run, f.Service.Audit.Run) }
}

// agreed lists the settings that all servers of a store must have alike, because
// they bear on decisions and not on one machine.
var agreed = []string{
	"gateway_id", "gateway.component_type", "console.component_type", "platform.component_type",
	"password_hash.memory_kib", "password_hash.passes", "password_hash.parallelism",
	"sweep.retention", "audit.retention", "audit.refusals_mib",
}

// agreedValues returns the values of those settings, as TOML writes them.
func (s Settings) agreedValues() map[string]string {
	values := make(map[string]string)
	for _, name := range agreed {
		switch v := settingValue(&s, name); v.Kind() {
		case reflect.String:
			values[name] = fmt.Sprintf("%q", v.String())
		default:
			values[name] = fmt.Sprint(v.Interface())
			if duration, is := v.Interface().(time.Duration); is {
				values[name] = fmt.Sprintf("%q", duration)
			}
		}
	}
	return values
}

// agree refuses settings that differ from those of the servers that have the
// store open. Where there is none, it notes these.
func (f *Folder) agree(ctx context.Context) error {
	own := f.Settings.agreedValues()
	there, err := storedSettings(ctx, f.Shared)
	if err != nil {
		return err
	}
	var differing []string
	for _, name := range agreed {
		if value, is := there[name]; is && value != own[name] {
			differing = append(differing, fmt.Sprintf("%s is %s here and %s there", name, own[name], value))
		}
	}
	if len(differing) == 0 && len(there) == len(own) {
		return nil
	}
	if len(differing) > 0 {
		servers, err := f.Shared.Servers(ctx)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(servers, func(s postgres.Server) bool { return s.Live }); i >= 0 {
			return hint.Add(fmt.Errorf("%w: they differ from those of the server on %s: %s", ErrSettings, servers[i].Host, strings.Join(differing, "; ")),
				"make them alike, or end all other servers, and the first to start again has its own taken")
		}
		f.Logger.Info("these settings are now those of all servers of the store", "changed", differing)
	}
	return noteSettings(ctx, f.Shared, f.Settings)
}

// noteSettings keeps on the store what its servers have to agree on.
func noteSettings(ctx context.Context, engine *postgres.Engine, settings Settings) error {
	text, err := json.Marshal(settings.agreedValues())
	if err != nil {
		return err
	}
	return engine.NoteSettings(ctx, string(text))
}

// storedSettings returns what the servers of a store have agreed on.
func storedSettings(ctx context.Context, engine *postgres.Engine) (map[string]string, error) {
	text, err := engine.Settings(ctx)
	if err != nil || text == "" {
		return nil, err
	}
	var values map[string]string
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return nil, fmt.Errorf("%w: the settings that the store keeps: %w", ErrDamagedStore, err)
	}
	return values, nil
}
