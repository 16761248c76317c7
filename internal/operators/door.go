package operators

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/dsappd/dsappd/internal/server/admin"
)

// Config says who comes through the operators' door. Only Operator is
// required.
type Config struct {
	// Operator is the name that the audit notes.
	Operator string

	// Logger gets what goes wrong in this process; nil: nothing is logged.
	Logger *slog.Logger

	// Now and Rand are the clock and the source of randomness where this
	// process decides; nil: the system's.
	Now  func() time.Time
	Rand io.Reader
}

func (c Config) withDefaults() Config {
	from := datafolder.Source{Now: c.Now, Rand: c.Rand, Logger: c.Logger}.WithDefaults()
	c.Now, c.Rand, c.Logger = from.Now, from.Rand, from.Logger
	return c
}

// Door is the operators' door of a data folder, open. Its methods are the
// operators' operations.
type Door struct {
	admin.Client
	close func() error
}

// Close lets go of the data folder, where this process holds it.
func (d *Door) Close() error { return d.close() }

// doorRounds is how often Open tries while another process holds the
// folder and does not answer: another command, or a server that starts or
// ends. Each round waits for the store's lock.
const doorRounds = 5

// Open opens the operators' door of the data folder dir. Decisions are
// made by the server that holds the folder or, when none does, by the same
// code in this process, which then holds it until Close.
func Open(ctx context.Context, dir string, config Config) (*Door, error) {
	config = config.withDefaults()
	err := datafolder.CheckNamed(dir)
	if err != nil {
		return nil, err
	}
	for range doorRounds {
		var door *Door
		door, err = openDoor(ctx, dir, config)
		if err == nil {
			return door, nil
		}
		if !errors.Is(err, datafolder.ErrLocked) || ctx.Err() != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w, and no server answers operators there", err)
}

func openDoor(ctx context.Context, dir string, config Config) (*Door, error) {
	socket := filepath.Join(dir, datafolder.SocketName)
	conn, err := admin.Dial(ctx, socket)
	if err == nil {
		transport := admin.Socket(socket)
		close := func() error { transport.CloseIdleConnections(); return nil }
		return &Door{Client: admin.Client{Transport: transport, Operator: config.Operator}, close: close}, conn.Close()
	}
	if !errors.Is(err, admin.ErrNoServer) {
		return nil, err
	}
	opened, err := datafolder.Open(ctx, dir, datafolder.Source{Now: config.Now, Rand: config.Rand, Logger: config.Logger})
	if err != nil {
		return nil, err
	}
	door := InProcess(opened, config.Operator, config.Logger)
	end := door.close
	beside, stop := context.WithCancel(context.Background())
	var sealing sync.WaitGroup
	sealing.Go(func() { opened.KeepSealing(beside) })
	sealing.Go(func() { opened.KeepKeys(beside) })
	door.close = func() error {
		ended := end()
		stop()
		sealing.Wait()
		return errors.Join(ended, opened.Close())
	}
	return door, nil
}

// InProcess opens the door of a folder that this process holds, and keeps.
func InProcess(f *datafolder.Folder, operator string, logger *slog.Logger) *Door {
	deciding := admin.Door{Service: f.Service, Log: logger, Check: f.Check, Copy: f.CopyStore, Keys: f, Webhooks: f}
	transport, end := admin.InProcess(deciding.Handler())
	return &Door{Client: admin.Client{Transport: transport, Operator: operator}, close: end}
}
