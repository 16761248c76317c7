package admin

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// InProcess serves handler to the returned transport alone, over pipes in
// memory: the whole of net/http is between them, as between two processes.
// Close waits for what is still being decided, and ends both.
func InProcess(handler http.Handler) (transport http.RoundTripper, close func() error) {
	pipes := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: handler}
	go server.Serve(pipes)
	dialing := &http.Transport{DialContext: pipes.dial}
	return dialing, func() error {
		dialing.CloseIdleConnections()
		return server.Shutdown(context.Background())
	}
}

// pipeListener accepts what its own dial has made.
type pipeListener struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "in process", Net: "pipe"} }
