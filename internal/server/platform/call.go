package platform

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/request"
)

// correlation is the header that names a request in every answer.
const correlation = "log-correlation-id"

// call is one request and its answer.
type call struct {
	*request.Request
	door   *Handler
	writer http.ResponseWriter

	endpoint *endpoint         // once it is known
	segments map[string]string // of the path
	who      string            // the key or the certificate that opened the endpoint

	once   *provision.Once        // nil: the request is not repeatable
	show   func(any) (any, error) // shows a decision as it is answered
	refine func(error) error      // has a refusal say other words
	read   []byte                 // the request's body, once it is read

	in     int // bytes of the request's body
	status int
	media  string
	body   []byte
	sent   int
}

// picture is an answer that is not JSON.
type picture struct {
	mediaType string
	body      []byte
}

// answer finds the endpoint, lets in who may ask it, and asks it.
func (c *call) answer() error {
	if c.door.guard.StrangeHost(c.HTTP) {
		return &fault{status: http.StatusMisdirectedRequest,
			message: "The request's Host is a name that this server does not go by: on a loopback address it is localhost, an IP address or a name in the setting platform.hosts."}
	}
	found, segments, allow := route(c.HTTP.Method, c.HTTP.URL.EscapedPath())
	if found.answer == nil {
		if err := c.misdirected(); err != nil {
			return err
		}
	}
	if len(allow) > 0 {
		c.writer.Header().Set("Allow", strings.Join(allow, ", "))
		return &fault{status: http.StatusMethodNotAllowed, message: "This path is asked by " + strings.Join(allow, " or ") + "."}
	}
	if found.answer == nil {
		return &fault{status: http.StatusNotFound, message: "There is no such path: GET /v1/openapi.json describes those that there are."}
	}
	c.endpoint, c.segments = &found, segments
	if err := c.admit(); err != nil {
		return err
	}
	if given, err := c.repeatable(); given || err != nil {
		return err
	}
	result, err := found.answer(c)
	if err != nil {
		return err
	}
	if _, given := result.(replayedAnswer); given {
		return nil
	}
	c.Note(slog.String("status", c.door.Service.Statuses[provision.Granted].StatusCodeEnum))
	return c.encode(result)
}

// misdirected tells a client of the SOAP interface where that is; nil: it is
// none.
func (c *call) misdirected() error {
	return c.door.Directory.Misdirected(c.HTTP, "the Platform API, which is REST with JSON")
}

// encode makes the answer of a result; nil is an empty object, as some clients
// parse every answer.
func (c *call) encode(result any) error {
	c.status = http.StatusOK
	switch r := result.(type) {
	case picture:
		c.media, c.body = r.mediaType, r.body
		return nil
	case nil:
		result = struct{}{}
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(result)
	c.media, c.body = jsonType, body.Bytes()
	return err
}

const jsonType = "application/json"

func (c *call) send() {
	header := c.writer.Header()
	header.Set("Content-Type", c.media)
	header.Set("Content-Length", strconv.Itoa(len(c.body)))
	if header.Get("Cache-Control") == "" || c.status != http.StatusOK {
		header.Set("Cache-Control", "no-store")
	}
	if c.status == http.StatusServiceUnavailable {
		header.Set("Retry-After", "1")
	}
	c.writer.WriteHeader(c.status)
	if c.HTTP.Method != http.MethodHead {
		c.sent, _ = c.writer.Write(c.body) // a peer that went away needs no answer
	}
}

// path returns the endpoint's path. What stands in its braces, or at no
// endpoint, may be a secret that slipped there.
func (c *call) path() string {
	if c.endpoint == nil {
		return "unknown"
	}
	return c.endpoint.path
}

func (c *call) log() {
	c.End(slog.LevelInfo, "platform request",
		slog.String("method", c.HTTP.Method), slog.String("path", c.path()),
		slog.Int("http_status", c.status), slog.Int("bytes_in", c.in), slog.Int("bytes_out", c.sent))
}

// caller returns who asks, as the domain is told.
func (c *call) caller() (provision.Caller, error) {
	caller, err := c.Caller(c.door.proxies, c.door.ComponentType)
	caller.Once = c.once
	return caller, err
}

// ownPolicy returns the policy of what is done here.
func (c *call) ownPolicy() (string, error) {
	return c.door.Service.OwnDoorPolicy(c.HTTP.Context(), c.door.ComponentType)
}

// operator returns who gives an order, as the audit is told.
func (c *call) operator() provision.Operator {
	return provision.Operator{Name: "platform " + c.who, RequestID: c.ID, Once: c.once}
}
