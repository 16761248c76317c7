package dsappd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// endpoint is one listener and the HTTP server behind it.
type endpoint struct {
	name     string // for the log
	listener net.Listener
	server   *http.Server
	logger   *slog.Logger

	draining atomic.Bool
	accepted sync.WaitGroup // connections that are open
	idle     chan struct{}  // holds one when a connection has become idle
	ended    chan struct{}  // closed when no connection is accepted any more
}

// settle is how long a drain leaves connections to their peers. A request may
// be on its way on one that looks idle; its answer then says that it is the
// connection's last.
const settle = time.Second

// newEndpoint serves handler within the settings. Requests live in a context
// of their own: the end of whoever opened the server must not cut them off.
func newEndpoint(name string, listener net.Listener, handler http.Handler, settings Settings, logger *slog.Logger) *endpoint {
	e := &endpoint{name: name, listener: listener, logger: logger, idle: make(chan struct{}, 1), ended: make(chan struct{})}
	e.server = &http.Server{
		Handler:           e.lastWhenDraining(handler),
		ReadHeaderTimeout: settings.Timeouts.ReadHeader,
		ReadTimeout:       settings.Timeouts.Read,
		WriteTimeout:      settings.Timeouts.Write,
		IdleTimeout:       settings.Timeouts.Idle,
		MaxHeaderBytes:    settings.Limits.HeaderBytes,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
		ConnState:         e.count,
	}
	return e
}

func (e *endpoint) lastWhenDraining(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		handler.ServeHTTP(w, r)
	})
}

func (e *endpoint) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		e.accepted.Add(1)
	case http.StateIdle:
		select {
		case e.idle <- struct{}{}:
		default:
		}
	case http.StateClosed, http.StateHijacked:
		e.accepted.Done()
	}
}

// serve returns nil after drain, and otherwise why it ended.
func (e *endpoint) serve() error {
	defer close(e.ended)
	err := e.server.Serve(e.listener)
	if errors.Is(err, net.ErrClosed) || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve %s: %w", e.name, err)
}

// drain refuses new connections and waits for the requests in flight. What
// is left when ctx ends is cut off, and the error says so.
func (e *endpoint) drain(ctx context.Context) error {
	if err := e.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		e.logger.Warn("close a listener", "door", e.name, "error", err)
	}
	// Only now, so that nobody is told to connect anew who still could.
	e.draining.Store(true)
	e.logger.Info("draining: new connections are refused", "door", e.name)
	e.settle(ctx)
	if err := e.server.Shutdown(ctx); err != nil {
		return fmt.Errorf("drain %s: requests were cut off: %w", e.name, errors.Join(err, e.server.Close()))
	}
	return nil
}

// settle returns when every connection has ended, or has had its time to. A
// request that was begun before the drain is answered without a word that it
// is the last, so time runs anew when its connection becomes idle.
func (e *endpoint) settle(ctx context.Context) {
	<-e.ended
	left := make(chan struct{})
	go func() { defer close(left); e.accepted.Wait() }()
	over := time.NewTimer(settle)
	defer over.Stop()
	for {
		select {
		case <-e.idle:
			over.Reset(settle)
		case <-left:
			return
		case <-over.C:
			return
		case <-ctx.Done():
			return
		}
	}
}
