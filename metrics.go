package dsappd

import (
	"cmp"
	"context"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/watch"
	"github.com/dsappd/dsappd/store"
)

// startMetrics makes the metrics hear of all that is counted and timed.
func (s *Server) startMetrics() {
	f := s.folder
	s.metrics = watch.NewMetrics(build(), watch.Sources{
		Store:            s.storeStats,
		PasswordsWaiting: f.Service.Passwords.Waiting,
		Unsealed:         f.Service.Audit.Unsealed,
		Sealed:           f.Service.Sealer.Sealed,
		Certificates:     s.certificateEnds,
		Registrations:    s.openRegistrations,
		FreeBytes:        f.FreeBytes,
		Webhooks:         s.webhookStates,
	})
	f.Service.Decided = s.metrics.Decided
	f.Swept = func(swept provision.Swept) { s.metrics.Swept(f.Service.Now(), swept.Blanked, swept.Deleted) }
	switch {
	case f.Engine != nil:
		f.Engine.Observe(s.metrics.Committed)
	case f.Shared != nil:
		f.Shared.Observe(s.metrics.Committed)
	}
}

// watched counts and traces a door's requests.
func (s *Server) watched(door string, handler http.Handler) http.Handler {
	return watch.Trace(s.config.Traces, door, s.metrics.Count(door, handler))
}

// build returns what the toolchain stamped into this program.
func build() watch.Build {
	b := watch.Build{Version: "(devel)", Go: runtime.Version(), Schema: store.Schema}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version = cmp.Or(info.Main.Version, b.Version)
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			b.Commit = setting.Value
		}
	}
	return b
}

func (s *Server) storeStats() (watch.StoreStats, bool) {
	if s.folder.Engine == nil {
		return watch.StoreStats{}, false
	}
	stats, err := s.folder.Engine.Stats()
	return watch.StoreStats(stats), err == nil
}

func (s *Server) certificateEnds() map[string]time.Time {
	ends := make(map[string]time.Time)
	for _, door := range s.doors {
		if door.tls != nil {
			ends[door.name] = door.tls.Leaf().NotAfter
		}
	}
	return ends
}

func (s *Server) webhookStates() (states []watch.WebhookState) {
	for _, state := range s.folder.SinkStates() {
		states = append(states, watch.WebhookState(state))
	}
	return states
}

func (s *Server) openRegistrations(ctx context.Context) (map[string]int, error) {
	open, err := s.folder.Service.OpenRegistrations(ctx)
	counts := make(map[string]int)
	for state, count := range open {
		counts[string(state)] = count
	}
	return counts, err
}

// watchHandler answers those who watch, and nothing that would change anything
// or give a secret away.
func (s *Server) watchHandler(datafolder.Settings) (http.Handler, error) {
	mux := http.NewServeMux()
	s.health().Register(mux)
	s.metrics.Register(mux)
	return mux, nil
}
