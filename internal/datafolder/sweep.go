package datafolder

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// sweeper takes the secrets of registrations that have expired, and deletes
// those that are over, at every tick.
type sweeper struct {
	service   *provision.Service
	retention func() time.Duration
	logger    *slog.Logger
	told      func(provision.Swept) // nil: nobody is

	// hold reports whether it is this server's turn to sweep; nil: it always is.
	hold func(context.Context) bool
}

// KeepSweeping sweeps at once and then at every interval of the settings,
// until ctx ends.
func (f *Folder) KeepSweeping(ctx context.Context) {
	f.sweeper().every(ctx, f.Settings.Sweep.Interval)
}

// Sweep sweeps once.
func (f *Folder) Sweep(ctx context.Context) { f.sweeper().sweep(ctx) }

func (f *Folder) sweeper() sweeper {
	return sweeper{service: f.Service, retention: func() time.Duration { return f.Current().Sweep.Retention }, logger: f.Logger, told: f.Swept,
		hold: func(ctx context.Context) bool { return f.hold(ctx, "sweep") }}
}

// every sweeps at once and then at every interval, until ctx ends.
func (s sweeper) every(ctx context.Context, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	s.run(ctx, ticker.C)
}

func (s sweeper) run(ctx context.Context, ticks <-chan time.Time) {
	for {
		s.sweep(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}

// sweep notes a failure and leaves the rest to the next one.
func (s sweeper) sweep(ctx context.Context) {
	if s.hold != nil && !s.hold(ctx) {
		return
	}
	operator, err := s.operator()
	var swept provision.Swept
	if err == nil {
		swept, err = s.service.SweepRegistrations(ctx, operator, s.retention())
	}
	if err == nil {
		_, err = s.service.SweepChallenges(ctx, operator)
	}
	if err == nil {
		_, err = s.service.SweepSessions(ctx, operator)
	}
	if err == nil {
		err = s.service.SweepReplies(ctx)
	}
	if err == nil && s.told != nil {
		s.told(swept)
	}
	switch {
	case err != nil && ctx.Err() == nil:
		s.logger.Error("sweep failed", "request_id", operator.RequestID, "error", err)
	case swept != provision.Swept{}:
		s.logger.Info("registrations swept", "request_id", operator.RequestID, "blanked", swept.Blanked, "deleted", swept.Deleted)
	}
}

// operator returns who the audit says swept.
func (s sweeper) operator() (provision.Operator, error) {
	var id [8]byte
	if _, err := io.ReadFull(s.service.Rand, id[:]); err != nil {
		return provision.Operator{}, fmt.Errorf("draw a request ID: %w", err)
	}
	return provision.Operator{Name: "sweeper", RequestID: hex.EncodeToString(id[:])}, nil
}
