package listen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dsappd/dsappd/internal/server/handshake"
)

// Endpoint is one listener and the HTTP server behind it.
type Endpoint struct {
	name     string // for the log
	url      string // http://HOST:PORT/, or https; empty for a trusted listener
	listener net.Listener
	server   *http.Server
	log      *slog.Logger

	table    *table // nil for a trusted listener
	shared   *Shared
	handler  atomic.Pointer[http.Handler]
	draining atomic.Bool
	accepted sync.WaitGroup // connections that are open
	idle     chan struct{}  // holds one when a connection has become idle
	ended    chan struct{}  // closed when no connection is accepted any more
}

// settle is how long a drain leaves connections to their peers. A request may
// be on its way on one that looks idle; its answer then says that it is the
// connection's last.
const settle = time.Second

// newEndpoint serves within the limits. Requests live in a context of their
// own: the end of whoever opened the server must not cut them off.
func newEndpoint(c Config, listener net.Listener) *Endpoint {
	e := &Endpoint{name: c.Name, listener: listener, log: c.Log, idle: make(chan struct{}, 1), ended: make(chan struct{})}
	e.handler.Store(&c.Handler)
	e.server = &http.Server{
		Handler:           http.HandlerFunc(e.handle),
		ReadHeaderTimeout: c.Timeouts.ReadHeader,
		ReadTimeout:       c.Timeouts.Read,
		WriteTimeout:      c.Timeouts.Write,
		IdleTimeout:       c.Timeouts.Idle,
		MaxHeaderBytes:    c.Limits.HeaderBytes,
		ErrorLog:          log.New(c.errorLog(), "", 0),
		ConnState:         e.count,
	}
	if c.OnDrain != nil {
		e.server.RegisterOnShutdown(c.OnDrain)
	}
	return e
}

// errorLog returns what the HTTP server writes its errors to.
func (c Config) errorLog() io.Writer {
	var out io.Writer = &sparing{log: c.Log.With("door", c.Name)}
	if c.Handshakes != nil {
		out = handshake.ErrorLog(*c.Handshakes, out)
	}
	return out
}

// URL returns where the endpoint answers, http://HOST:PORT/ or https. HOST is
// localhost where it answers on every address of the machine.
func (e *Endpoint) URL() string { return e.url }

// Ended returns a channel that is closed when the endpoint accepts no
// connection any more.
func (e *Endpoint) Ended() <-chan struct{} { return e.ended }

// Close closes the listener of an endpoint that was never served.
func (e *Endpoint) Close() error { return e.listener.Close() }

// Change is what an endpoint serves with from now on.
type Change struct {
	Handler     http.Handler
	Connections int // Limits.Connections
	PerAddress  int // Limits.PerAddress
	Proxies     []netip.Prefix
}

// Change takes effect with the next request and the next connection; those
// under way end as they were begun. It is for endpoints that Open has made.
func (e *Endpoint) Change(c Change) {
	e.shared.Known.keep(e.name, c.Proxies)
	e.table.limit(c.Connections, c.PerAddress)
	e.handler.Store(&c.Handler)
}

// handle answers a request, as the last one of its connection while the
// endpoint drains.
func (e *Endpoint) handle(w http.ResponseWriter, r *http.Request) {
	if e.draining.Load() {
		w.Header().Set("Connection", "close")
	}
	(*e.handler.Load()).ServeHTTP(w, r)
}

func (e *Endpoint) count(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		e.accepted.Add(1)
	case http.StateActive:
		rest(c)
	case http.StateIdle:
		rest(c)
		select {
		case e.idle <- struct{}{}:
		default:
		}
	case http.StateClosed, http.StateHijacked:
		e.accepted.Done()
	}
}

// Serve answers until Drain, and then returns nil; otherwise it returns why it
// ended.
func (e *Endpoint) Serve() error {
	defer close(e.ended)
	err := e.server.Serve(e.listener)
	if errors.Is(err, net.ErrClosed) || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve %s: %w", e.name, err)
}

// Drain refuses new connections and waits for the requests in flight. What is
// left when ctx ends is cut off, and the error says so.
func (e *Endpoint) Drain(ctx context.Context) error {
	if err := e.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		e.log.Warn("close a listener", "door", e.name, "error", err)
	}
	// Only now: nobody is told to connect anew while they still could.
	e.draining.Store(true)
	e.log.Info("draining: new connections are refused", "door", e.name)
	e.settle(ctx)
	if err := e.server.Shutdown(ctx); err != nil {
		return fmt.Errorf("drain %s: requests were cut off: %w", e.name, errors.Join(err, e.server.Close()))
	}
	return nil
}

// settle returns when every connection has ended, or has had its time to. A
// request that was begun before the drain is answered without a word that it
// is the last, so time runs anew when its connection becomes idle.
func (e *Endpoint) settle(ctx context.Context) {
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
