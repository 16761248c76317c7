package pgtest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Verdict is what a Proxy does with what a client has sent.
type Verdict int

// The verdicts.
const (
	Pass   Verdict = iota
	Drop           // both connections are cut, and the server never hears of it
	Unsaid         // the server hears of it, and the client's connection is cut
	Late           // the client's connection is cut, and the server hears of it a while later
)

// late is how long after the cut that is. It is longer than a client takes to
// connect anew and ask.
const late = 700 * time.Millisecond

// Proxy stands before a server and cuts connections.
type Proxy struct {
	// Judge is told each piece that a client sends; nil: all pass. It is set
	// before the first connection.
	Judge func(sent []byte) Verdict

	// Delay is how long each piece takes, either way.
	Delay time.Duration

	// Cancels is how many connections asked the server to cancel something.
	Cancels atomic.Int32

	server   string
	listener net.Listener
	mutex    sync.Mutex
	open     map[net.Conn]bool
	refusing atomic.Bool
}

// Before starts a proxy before a server, until the test ends.
func Before(t *testing.T, server string, p *Proxy) (through string) {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	p.server, p.open = u.Host, map[net.Conn]bool{}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { p.serve(&serving) })
	t.Cleanup(func() {
		_ = p.listener.Close()
		p.Cut()
		serving.Wait()
	})
	u.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(p.listener.Addr().(*net.TCPAddr).Port))
	return u.String()
}

func (p *Proxy) serve(serving *sync.WaitGroup) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		if p.refusing.Load() {
			_ = client.Close()
			continue
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.keep(client, true)
		p.keep(server, true)
		serving.Go(func() { p.ask(client, server) })
		serving.Go(func() { p.answer(client, server) })
	}
}

func (p *Proxy) keep(conn net.Conn, open bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !open {
		delete(p.open, conn)
		return
	}
	p.open[conn] = true
}

// Cut cuts all connections.
func (p *Proxy) Cut() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for conn := range p.open {
		_ = conn.Close()
	}
}

// Refuse makes the proxy refuse new connections, or accept them again.
func (p *Proxy) Refuse(refuse bool) { p.refusing.Store(refuse) }

// ask carries what a client sends.
func (p *Proxy) ask(client, server net.Conn) {
	defer server.Close()
	defer client.Close()
	defer p.keep(client, false)
	piece := make([]byte, 1<<20)
	for {
		n, err := client.Read(piece)
		if err != nil {
			return
		}
		if n == 16 && binary.BigEndian.Uint32(piece[4:]) == 80877102 {
			p.Cancels.Add(1)
		}
		time.Sleep(p.Delay)
		verdict := Pass
		if p.Judge != nil {
			verdict = p.Judge(piece[:n])
		}
		if verdict == Drop {
			return
		}
		if verdict == Late {
			_ = client.Close()
			time.Sleep(late)
		}
		if verdict == Unsaid {
			_ = client.Close()
		}
		if _, err := server.Write(piece[:n]); err != nil {
			return
		}
		if verdict != Pass {
			_ = server.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, server) // until the server has done it
			return
		}
	}
}

// answer carries what the server sends.
func (p *Proxy) answer(client, server net.Conn) {
	defer p.keep(server, false)
	defer client.Close()
	piece := make([]byte, 1<<20)
	for {
		n, err := server.Read(piece)
		if err != nil {
			return
		}
		time.Sleep(p.Delay)
		if _, err := client.Write(piece[:n]); err != nil {
			return
		}
	}
}

// IsCommit reports whether a piece holds what a writer of the store commits.
func IsCommit(sent []byte) bool { return bytes.Contains(sent, []byte("\x00put\x00")) }
