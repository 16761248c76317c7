package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/dsappd/dsappd"
)

// supervisor tells systemd how a server is, by sd_notify(3). Where nothing
// supervises the process, it tells nobody.
type supervisor struct{ log *slog.Logger }

func (s supervisor) tell(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		s.log.Warn("the supervisor cannot be told", "state", state, "error", err)
	}
}

func (s supervisor) ready(urls dsappd.URLs) {
	s.tell(daemon.SdNotifyReady + "\nSTATUS=serves SOAP at " + urls.SOAP)
}

// reload makes the server read its settings again, and says when that begins
// and ends.
func (s supervisor) reload(server *dsappd.Server) {
	s.tell(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
	_ = server.Reload() // it is in the log, and the server goes on
	s.ready(server.URLs())
}

func (s supervisor) ending() { s.tell(daemon.SdNotifyStopping) }

// keepWatchdog tells systemd's watchdog that the server lives, twice in each of
// its intervals, until ctx ends. When the server no longer lives, nothing is
// told, and systemd starts it anew.
func (s supervisor) keepWatchdog(ctx context.Context, server *dsappd.Server) {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		s.log.Warn("the watchdog is not told that the server lives", "error", err)
	}
	if interval == 0 {
		return
	}
	beats := time.NewTicker(interval / 2)
	defer beats.Stop()
	for {
		s.beat(ctx, server)
		select {
		case <-ctx.Done():
			return
		case <-beats.C:
		}
	}
}

// beat tells the watchdog once. The end of a server has bounds of its own.
func (s supervisor) beat(ctx context.Context, server *dsappd.Server) {
	err := server.Live(ctx)
	select {
	case <-server.Done():
		err = nil
	default:
	}
	switch {
	case err == nil:
		s.tell(daemon.SdNotifyWatchdog)
	case ctx.Err() == nil:
		s.log.Error("the watchdog is not told that the server lives", "reason", err)
	}
}
