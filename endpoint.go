package dsappd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
)

// endpoint is one listener and the HTTP server behind it.
type endpoint struct {
	name     string // for the log
	listener net.Listener
	server   *http.Server

	// refusing is closed when new connections are refused and the log says so.
	refusing chan struct{}
}

// newEndpoint serves handler within the settings. Requests live in a context
// of their own: the end of whoever opened the server must not cut them off.
func newEndpoint(name string, listener net.Listener, handler http.Handler, settings Settings, logger *slog.Logger) *endpoint {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: settings.Timeouts.ReadHeader,
		ReadTimeout:       settings.Timeouts.Read,
		WriteTimeout:      settings.Timeouts.Write,
		IdleTimeout:       settings.Timeouts.Idle,
		MaxHeaderBytes:    settings.Limits.HeaderBytes,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	e := &endpoint{name: name, listener: listener, server: server, refusing: make(chan struct{})}
	server.RegisterOnShutdown(sync.OnceFunc(func() {
		logger.Info("draining: new connections are refused", "door", name)
		close(e.refusing)
	}))
	return e
}

// serve returns nil after drain, and otherwise why it ended.
func (e *endpoint) serve() error {
	if err := e.server.Serve(e.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", e.name, err)
	}
	return nil
}

// drain refuses new connections and waits for the requests in flight. What
// is left when ctx ends is cut off, and the error says so.
func (e *endpoint) drain(ctx context.Context) error {
	err := e.server.Shutdown(ctx)
	<-e.refusing // net/http does not wait for it
	if err != nil {
		return fmt.Errorf("drain %s: requests were cut off: %w", e.name, errors.Join(err, e.server.Close()))
	}
	return nil
}

// listenLoopback listens at address. Unless plain, it refuses an address
// that other machines can reach, with ErrAddress.
func listenLoopback(ctx context.Context, address string, plain bool) (net.Listener, error) {
	if !plain {
		if err := checkLoopback(ctx, address); err != nil {
			return nil, err
		}
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; choose another with --addr or the setting soap.listen", ErrAddress, err)
	}
	return listener, nil
}

// checkLoopback looks at what the host resolves to; an empty host is every
// address of the machine.
func checkLoopback(ctx context.Context, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%w: %q: %w", ErrAddress, address, err)
	}
	found := []net.IPAddr{{IP: net.IPv6unspecified}}
	if host != "" {
		found, err = net.DefaultResolver.LookupIPAddr(ctx, host)
	}
	if err != nil {
		return fmt.Errorf("%w: %q: %w", ErrAddress, address, err)
	}
	for _, ip := range found {
		if !ip.IP.IsLoopback() {
			return fmt.Errorf("%w: %s can be reached from other machines, and passwords would travel unencrypted: "+
				"use 127.0.0.1, or --plain where that is meant", ErrAddress, address)
		}
	}
	return nil
}
