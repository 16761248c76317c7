package gateway

import (
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/dsappd/dsappd/provision"
)

// call is one request and its reply.
type call struct {
	door    *door
	writer  http.ResponseWriter
	request *http.Request
	id      string
	started time.Time

	route *route // once it is known
	in    int    // bytes of the body
	sent  int    // bytes of the reply
	attrs []slog.Attr
	why   string // it is refused, in words
}

// reply is what is sent.
type reply struct {
	status    int // of HTTP
	mediaType string
	body      []byte
}

func (c *call) draw() error {
	var id [8]byte
	_, err := io.ReadFull(c.door.Service.Rand, id[:])
	c.id = hex.EncodeToString(id[:])
	return err
}

// note adds to the request's line in the log.
func (c *call) note(attrs ...slog.Attr) { c.attrs = append(c.attrs, attrs...) }

// answer finds the route, lets in who may take it, and follows it.
func (c *call) answer() (_ reply, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = panicked{recovered, debug.Stack()}
		}
	}()
	if c.door.guard.StrangeHost(c.request) {
		return reply{}, &fault{status: http.StatusMisdirectedRequest,
			desc: "The request's Host is a name that this server does not go by: on a loopback address it is localhost, an IP address or a name in the setting gateway.hosts."}
	}
	found, known := c.door.routes[c.request.URL.Path]
	if !known {
		if err := c.door.Directory.Misdirected(c.request, "the gateway, whose services are JSON"); err != nil {
			return reply{}, err
		}
		return reply{}, &fault{status: http.StatusNotFound, desc: "There is no such service: GET " + descriptionPath + " describes those that there are."}
	}
	c.route = &found
	if !found.takes(c.request.Method) {
		c.writer.Header().Set("Allow", found.allow())
		return reply{}, &fault{status: http.StatusMethodNotAllowed, desc: "This path is asked by " + found.allow() + "."}
	}
	if err := c.admit(); err != nil {
		return reply{}, err
	}
	return found.answer(c)
}

// caller is who asks, as the domain is told.
func (c *call) caller() (provision.Caller, error) {
	from, err := c.door.proxies.Request(c.request.RemoteAddr, c.request.Header)
	if err != nil {
		return provision.Caller{}, err
	}
	c.note(from.Attrs()...)
	return provision.Caller{
		ComponentType: c.door.ComponentType, OwnDoor: true, Address: from.Address, RequestID: c.id,
		Doubt: from.Doubt, Confidential: from.Confidential(c.request.TLS != nil),
	}, nil
}

func (c *call) send(r reply) {
	header := c.writer.Header()
	header.Set("Content-Type", r.mediaType)
	header.Set("Content-Length", strconv.Itoa(len(r.body)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if r.status == http.StatusServiceUnavailable {
		header.Set("Retry-After", "1")
	}
	c.writer.WriteHeader(r.status)
	if c.request.Method != http.MethodHead {
		c.sent, _ = c.writer.Write(r.body) // a peer that went away needs no answer
	}
}

// path is the request's as far as it is known: anything else may be a secret
// that slipped there.
func (c *call) path() string {
	if c.route == nil {
		return "unknown"
	}
	return c.route.path
}

// log writes the request's one line.
func (c *call) log(status int) {
	attrs := []slog.Attr{
		slog.String("request_id", c.id),
		slog.String("remote", c.request.RemoteAddr),
		slog.String("method", c.request.Method),
		slog.String("path", c.path()),
		slog.Int("http_status", status),
		slog.Int("bytes_in", c.in),
		slog.Int("bytes_out", c.sent),
		slog.Duration("took", c.door.Service.Now().Sub(c.started)),
	}
	if state := c.request.TLS; state != nil && len(state.PeerCertificates) > 0 {
		attrs = append(attrs, slog.String("client_certificate", state.PeerCertificates[0].Subject.String()))
	}
	c.door.Log.LogAttrs(c.request.Context(), slog.LevelInfo, "gateway request", append(attrs, c.attrs...)...)
}

// panicked is an error that a service, or the reading of a request, did not
// return.
type panicked struct {
	value any
	stack []byte
}

// Error tells a mistake of the run-time's apart and nothing else: any other
// value may hold what a log must not.
func (p panicked) Error() string {
	if mistake, ok := p.value.(runtime.Error); ok {
		return "panic: " + mistake.Error()
	}
	return fmt.Sprintf("panic with a %T", p.value)
}
