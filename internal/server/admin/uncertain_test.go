package admin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

// doubtful is an engine of whose writes nobody knows what has become.
type doubtful struct{ *memory.Engine }

func (doubtful) Commit(context.Context, []store.Read, []store.Write) error {
	return fmt.Errorf("%w: the disk is broken", store.ErrUncertain)
}

// Whoever orders something is not told that nothing was changed where nobody
// knows.
func TestUncertainCommit(t *testing.T) {
	o := openOffice(t)
	service := labtest.Service(t, store.New(doubtful{&memory.Engine{}}, []byte("record key")), "uncertain", o.time)
	transport, end := admin.InProcess((&admin.Door{Service: service, Log: slog.New(slog.DiscardHandler), Check: o.check}).Handler())
	defer end()
	_, err := (&admin.Client{Transport: transport, Operator: "alice"}).AddDomain(t.Context(), provision.AddDomain{Name: "lab"})
	if !errors.Is(err, admin.ErrUncertain) || !strings.Contains(err.Error(), "uncertain") || strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("got %v", err)
	}
}

// TestLostAnswer lets the server go away before and in its answer.
func TestLostAnswer(t *testing.T) {
	for name, answer := range map[string]string{
		"before": "",
		"inside": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
	} {
		t.Run(name, func(t *testing.T) {
			socket := filepath.Join(t.TempDir(), "admin.sock")
			listener := listen(t, socket)
			go hangUp(listener, answer)
			transport := admin.Socket(socket)
			defer transport.CloseIdleConnections()
			client := &admin.Client{Transport: transport, Operator: "alice"}
			_, err := client.AddDomain(t.Context(), provision.AddDomain{Name: "lab"})
			if !errors.Is(err, admin.ErrUncertain) {
				t.Errorf("an order: %v, want %v", err, admin.ErrUncertain)
			}
			_, err = client.ListDomains(t.Context(), provision.ListDomains{})
			if err == nil || errors.Is(err, admin.ErrUncertain) {
				t.Errorf("a question: %v, want a plain error", err)
			}
		})
	}
}

// hangUp reads a request on each connection, answers and goes away.
func hangUp(listener net.Listener, answer string) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = io.WriteString(conn, answer)
		conn.Close()
	}
}

// What reached nobody, or nobody of this kind, changed nothing for certain.
func TestUnreachedIsCertain(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "admin.sock")
	client := &admin.Client{Transport: admin.Socket(socket), Operator: "alice"}
	if _, err := client.AddDomain(t.Context(), provision.AddDomain{Name: "lab"}); !errors.Is(err, admin.ErrNoServer) || errors.Is(err, admin.ErrUncertain) {
		t.Errorf("without a server: %v", err)
	}
	transport, end := admin.InProcess(http.NotFoundHandler())
	defer end()
	client.Transport = transport
	if _, err := client.AddDomain(t.Context(), provision.AddDomain{Name: "lab"}); err == nil || errors.Is(err, admin.ErrUncertain) {
		t.Errorf("from another server: %v", err)
	}
}
