package gateway

import (
	"log/slog"
	"net/http"
	"strconv"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/request"
)

// call is one request and its reply.
type call struct {
	*request.Request
	door   *door
	writer http.ResponseWriter

	route *route // once it is known
	in    int    // bytes of the body
	sent  int    // bytes of the reply
}

// reply is what is sent.
type reply struct {
	status    int // of HTTP
	mediaType string
	body      []byte
}

// answer finds the route, lets in who may take it, and follows it.
func (c *call) answer() (reply, error) {
	if c.door.guard.StrangeHost(c.HTTP) {
		return reply{}, &fault{status: http.StatusMisdirectedRequest,
			desc: "The request's Host is a name that this server does not go by: on a loopback address it is localhost, an IP address or a name in the setting gateway.hosts."}
	}
	found, known := c.door.routes[c.HTTP.URL.Path]
	if !known {
		if err := c.door.Directory.Misdirected(c.HTTP, "the gateway, whose services are JSON"); err != nil {
			return reply{}, err
		}
		return reply{}, &fault{status: http.StatusNotFound, desc: "There is no such service: GET " + descriptionPath + " describes those that there are."}
	}
	c.route = &found
	if !found.takes(c.HTTP.Method) {
		c.writer.Header().Set("Allow", found.allow())
		return reply{}, &fault{status: http.StatusMethodNotAllowed, desc: "This path is asked by " + found.allow() + "."}
	}
	if err := c.admit(); err != nil {
		return reply{}, err
	}
	return found.answer(c)
}

// caller returns who asks, as the domain is told.
func (c *call) caller() (provision.Caller, error) {
	return c.Caller(c.door.proxies, c.door.ComponentType)
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
	if c.HTTP.Method != http.MethodHead {
		c.sent, _ = c.writer.Write(r.body) // a peer that went away needs no answer
	}
}

// path returns the request's path as far as it is known: anything else may be a
// secret that slipped there.
func (c *call) path() string {
	if c.route == nil {
		return "unknown"
	}
	return c.route.path
}

// log writes the request's one line.
func (c *call) log(status int) {
	c.End(slog.LevelInfo, "gateway request",
		slog.String("method", c.HTTP.Method), slog.String("path", c.path()),
		slog.Int("http_status", status), slog.Int("bytes_in", c.in), slog.Int("bytes_out", c.sent))
}
