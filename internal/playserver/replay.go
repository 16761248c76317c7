package playserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/server/administration"
	"github.com/dsappd/dsappd/internal/server/authentication"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/internal/server/signature"
	"github.com/dsappd/dsappd/replay"
)

// Start starts a throw-away server for one play of a transcript, at a
// free port of 127.0.0.1: its store is in memory, its password hashes cost
// next to nothing, and nothing works beside its SOAP interface. It keeps no
// audit, which no transcript can ask for: that of ten thousand exchanges takes
// more memory than all else. It is for nothing else.
func Start(ctx context.Context, setup replay.Setup) (replay.Server, error) {
	made, err := datafolder.OpenInMemory(ctx, setup, audit.Events.Name, audit.Requests.Name)
	if err != nil {
		return replay.Server{}, err
	}
	return serveReplay(ctx, made, setup)
}

// Play plays the text of a transcript on a throw-away server. It reports whether
// the play passed, and how many of its exchanges expect no reply. The error says
// that it cannot be played.
func Play(ctx context.Context, file string, text []byte) (passed bool, unwritten int, err error) {
	t, err := replay.Parse(file, text)
	if err != nil {
		return false, 0, err
	}
	player := &replay.Player{Start: Start}
	result := player.Play(ctx, t)
	return result.Passed(), result.Unwritten(), nil
}

// serveReplay serves a folder that is in memory.
func serveReplay(ctx context.Context, f *datafolder.Folder, setup replay.Setup) (replay.Server, error) {
	settings := f.Settings
	proxies, err := settings.SOAP.TrustedProxies("soap")
	if err != nil {
		return replay.Server{}, err
	}
	handler, err := provisioning.NewHandler(provisioning.Config{
		Service: f.Service, Log: slog.New(slog.DiscardHandler), Proxies: proxies,
		Interfaces: []operation.Interface{authentication.Operations, signature.Operations, administration.Operations},
		Hosts:      settings.SOAP.AllowedHosts(), Origins: settings.SOAP.Origins,
		Strict: setup.Strict, BodyTimeout: settings.Timeouts.Read,
		MaxSize: settings.Limits.BodyBytes, MaxParts: settings.Limits.MessageParts,
	})
	if err != nil {
		return replay.Server{}, err
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return replay.Server{}, fmt.Errorf("%w: %w", datafolder.ErrAddress, err)
	}
	server := &http.Server{
		Handler: handler, ReadTimeout: f.Settings.Timeouts.Read, MaxHeaderBytes: f.Settings.Limits.HeaderBytes,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) }) // until it is closed
	return replay.Server{URL: "http://" + listener.Addr().String() + "/", Order: func(ctx context.Context, words []string) error { return orderInProcess(ctx, f, words) }, Close: func() error {
		err := server.Close()
		serving.Wait()
		return errors.Join(err, f.Records.Close())
	}}, nil
}

// orderInProcess gives an order at the operators' door of a folder that this
// process holds.
func orderInProcess(ctx context.Context, f *datafolder.Folder, words []string) error {
	door := operators.InProcess(f, "replay", f.Logger)
	return errors.Join(door.ReplayOrder(ctx, words), door.Close())
}
