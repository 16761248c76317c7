package playserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/server/administration"
	"github.com/dsappd/dsappd/internal/server/authentication"
	"github.com/dsappd/dsappd/internal/server/gateway"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/internal/server/platform"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/internal/server/signature"
	"github.com/dsappd/dsappd/replay"
	"github.com/dsappd/dsappd/replay/transcript"
)

// Start starts a throw-away server for one play of a transcript, at free ports of
// 127.0.0.1: its store is in memory, its password hashes cost next to nothing, and
// it has the SOAP interface and the doors that are asked. It keeps no audit unless
// the Platform API is asked, which shows some of it: that of ten thousand exchanges
// takes more memory than all else. It is for nothing else.
func Start(ctx context.Context, setup replay.Setup) (replay.Server, error) {
	drops := []string{audit.Events.Name, audit.Requests.Name}
	if slices.Contains(setup.Doors, transcript.Platform) {
		drops = nil
	}
	made, err := datafolder.OpenInMemory(ctx, setup, drops...)
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
	soap, err := serveHere(ctx, f, handler)
	if err != nil {
		return replay.Server{}, err
	}
	made, doors := serving(f, soap), map[string]string{}
	for _, name := range setup.Doors {
		door, err := serveDoor(ctx, f, name)
		if err != nil {
			return replay.Server{}, errors.Join(err, made.Close())
		}
		doors[name] = door.url
		made.Close = ending(door.close, made.Close)
	}
	made.Doors = doors
	return made, nil
}

// serveDoor serves a door beside the SOAP interface.
func serveDoor(ctx context.Context, f *datafolder.Folder, name string) (served, error) {
	settings, log := f.Settings, slog.New(slog.DiscardHandler)
	switch name {
	case transcript.Platform:
		return serveHere(ctx, f, platform.NewHandler(platform.Config{
			Service: f.Service, Log: log, ComponentType: settings.Platform.ComponentType, BodyTimeout: settings.Timeouts.Read,
		}))
	case transcript.Gateway:
		handler, err := gateway.NewHandler(gateway.Config{
			Service: f.Service, Log: log, ComponentType: settings.Gateway.ComponentType, BodyTimeout: settings.Timeouts.Read,
		})
		if err != nil {
			return served{}, err
		}
		return serveHere(ctx, f, handler)
	}
	return served{}, fmt.Errorf("%w: %s", errNoDoor, name)
}

var errNoDoor = errors.New("a throw-away server has no such door")

// ending ends one after the other.
func ending(first, then func() error) func() error {
	return func() error { return errors.Join(first(), then()) }
}

// serving returns a server with doors, of which the first is the SOAP
// interface.
func serving(f *datafolder.Folder, soap served) replay.Server {
	return replay.Server{
		URL:   soap.url,
		Order: func(ctx context.Context, words []string) error { return orderInProcess(ctx, f, words) },
		Close: ending(soap.close, func() error { return f.Records.Close() }),
	}
}

// served is a door at a free port of 127.0.0.1.
type served struct {
	url   string
	close func() error
}

func serveHere(ctx context.Context, f *datafolder.Folder, handler http.Handler) (served, error) {
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return served{}, fmt.Errorf("%w: %w", datafolder.ErrAddress, err)
	}
	server := &http.Server{
		Handler: handler, ReadTimeout: f.Settings.Timeouts.Read, MaxHeaderBytes: f.Settings.Limits.HeaderBytes,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) }) // until it is closed
	return served{"http://" + listener.Addr().String() + "/", func() error {
		err := server.Close()
		serving.Wait()
		return err
	}}, nil
}

// orderInProcess gives an order at the operators' door of a folder that this
// process holds.
func orderInProcess(ctx context.Context, f *datafolder.Folder, words []string) error {
	door := operators.InProcess(f, "replay", f.Logger)
	return errors.Join(door.ReplayOrder(ctx, words), door.Close())
}
