package dsappd

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"github.com/dsappd/dsappd/provision"
	"github.com/dsappd/dsappd/replay"
	"github.com/dsappd/dsappd/server/admin"
	"github.com/dsappd/dsappd/store/memory"
)

// StartReplay starts a throw-away server for one play of a transcript, at a
// free port of 127.0.0.1: its store is in memory, its password hashes cost
// next to nothing, and nothing works beside its SOAP interface. It is for
// nothing else.
func StartReplay(ctx context.Context, setup replay.Setup) (replay.Server, error) {
	made, err := newReplayFolder(ctx, setup)
	if err != nil {
		return replay.Server{}, err
	}
	return made.serveReplay(ctx, setup)
}

// newReplayFolder makes a folder in memory, with the sample.
func newReplayFolder(ctx context.Context, setup replay.Setup) (*folder, error) {
	settings := DefaultSettings()
	settings.GatewayID = cmp.Or(setup.Sample.GatewayID, settings.GatewayID)
	settings.PasswordHash = PasswordHashSettings{MemoryKiB: 8, Passes: 1, Parallelism: 1, Queue: 64}
	if err := settings.check(); err != nil {
		return nil, err
	}
	key := make([]byte, keySize)
	if _, err := io.ReadFull(setup.Rand, key); err != nil {
		return nil, fmt.Errorf("draw a master key: %w", err)
	}
	made, err := newFolder("", settings, key, &memory.Engine{}, source{now: setup.Now, rand: setup.Rand})
	if err != nil {
		return nil, err
	}
	return made, begin(ctx, made, InitOptions{Replay: setup.Sample, Now: setup.Now, Rand: setup.Rand})
}

// serveReplay serves a folder that is in memory.
func (f *folder) serveReplay(ctx context.Context, setup replay.Setup) (replay.Server, error) {
	config := Config{Strict: setup.Strict, Logger: slog.New(slog.DiscardHandler), Now: setup.Now, Rand: setup.Rand}
	handler, err := soapHandler(config, f)
	if err != nil {
		return replay.Server{}, err
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return replay.Server{}, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	server := &http.Server{
		Handler: handler, ReadTimeout: f.settings.Timeouts.Read, MaxHeaderBytes: f.settings.Limits.HeaderBytes,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) }) // until it is closed
	return replay.Server{URL: "http://" + listener.Addr().String() + "/", Order: f.orderInProcess, Close: func() error {
		err := server.Close()
		serving.Wait()
		return errors.Join(err, f.records.Close())
	}}, nil
}

// orderInProcess gives an order at the operators' door of a folder that this
// process holds.
func (f *folder) orderInProcess(ctx context.Context, words []string) error {
	transport, end := admin.InProcess(f.door(f.logger).Handler())
	door := Door{Client: admin.Client{Transport: transport, Operator: "replay"}, close: end}
	return errors.Join(door.ReplayOrder(ctx, words), door.Close())
}

// addReplaySample makes the sample data of a transcript, as an operator would.
func addReplaySample(ctx context.Context, service *provision.Service, sample replay.Sample) error {
	for _, p := range sample.Policies {
		set, err := json.Marshal(p.Set)
		if err != nil {
			return fmt.Errorf("policy %s: %w", p.Name, err)
		}
		add := provision.AddPolicy{Name: p.Name, Parent: p.Parent}
		if len(p.Set) > 0 {
			add.Set = set
		}
		if _, err := service.AddPolicy(ctx, initOperator(), add); err != nil {
			return fmt.Errorf("policy %s: %w", p.Name, err)
		}
	}
	for _, c := range sample.Components {
		add := provision.AddComponent{ComponentType: c.ComponentType, Location: cmp.Or(c.Location, "127.0.0.1"), Policy: c.Policy}
		if _, err := service.AddComponent(ctx, initOperator(), add); err != nil {
			return fmt.Errorf("component %s: %w", c.ComponentType, err)
		}
	}
	for _, d := range sample.Domains {
		if _, err := service.AddDomain(ctx, initOperator(), provision.AddDomain{Name: d.Name}); err != nil {
			return fmt.Errorf("domain %s: %w", d.Name, err)
		}
	}
	for _, u := range sample.Users {
		if err := addReplayUser(ctx, service, u); err != nil {
			return fmt.Errorf("user %s: %w", u.UserID, err)
		}
	}
	for _, a := range sample.Authenticators {
		if err := addReplayAuthenticator(ctx, service, a); err != nil {
			return fmt.Errorf("authenticator %s: %w", a.SerialNumber, err)
		}
	}
	return nil
}

func addReplayUser(ctx context.Context, service *provision.Service, u replay.User) error {
	_, err := service.AddUser(ctx, initOperator(), provision.AddUser{
		UserID: u.UserID, Domain: u.Domain, OrgUnit: u.OrgUnit, StaticPassword: u.StaticPassword})
	if err != nil || !u.Disabled {
		return err
	}
	_, err = service.DisableUser(ctx, initOperator(), provision.NameUser{UserID: u.UserID, Domain: u.Domain})
	return err
}

func addReplayAuthenticator(ctx context.Context, service *provision.Service, a replay.Authenticator) error {
	secret, err := a.SecretBytes()
	if err != nil {
		return err
	}
	activationType := provision.Online
	if a.ActivationType == "offline" {
		activationType = provision.Offline
	}
	_, err = service.AddAuthenticator(ctx, initOperator(), provision.AddAuthenticator{
		SerialNumber: a.SerialNumber, Domain: a.Domain, Parameters: a.Parameters(), ActivationType: activationType,
		Secret: secret, MovingFactor: a.MovingFactor, Limit: a.Limit,
	})
	if err != nil || a.UserID == "" {
		return err
	}
	_, err = service.AssignAuthenticator(ctx, initOperator(), provision.AssignAuthenticator{SerialNumber: a.SerialNumber, UserID: a.UserID})
	return err
}
