package soap

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/recovered"
)

// Operation answers a request of one body element: it decodes the request,
// acts, and appends the body of its reply to dst. A *Fault that it returns is
// sent; any other error is logged and answered by a fault in constant words.
type Operation func(ctx context.Context, r *Request, dst []byte) ([]byte, error)

// Config is what a Handler is made of. Fields are required unless they say
// otherwise.
type Config struct {
	Operations map[xml.Name]Operation
	Schema     *Schema // has an element for each operation

	// Namespaces are declared on the envelope of every reply, for what the
	// operations append.
	Namespaces []Namespace

	// Detail appends a fault's detail; without it there is none.
	Detail func(dst []byte, f *Fault, requestID string) []byte

	// Describe answers a GET or HEAD request that asks for the service's
	// description, and reports whether it was one; optional.
	Describe func(w http.ResponseWriter, r *http.Request) bool

	// TurnedAway is told of every request that is answered with a Fault, or
	// with an HTTP status of refusal; optional.
	TurnedAway func(r *http.Request, requestID string, status int, f *Fault)

	// Nearest returns which of the known names an unknown one most likely is a
	// misspelling of, "" for none. Optional.
	Nearest func(name string, known []string) string

	// Admit refuses a request before anything of it is read but its header, by
	// a *Fault; nil: it is read; *Sparingly: it is read while that costs little.
	// Any other error is logged, and answered by a fault in constant words.
	// Optional.
	Admit func(r *http.Request, asked *Request) error

	// Strict holds requests to the schema to the letter: order, occurrence,
	// namespaces and the forms of simple types.
	Strict bool

	MaxSize     int           // of a body in bytes, as it comes and unpacked; 0 is 64 KiB, and MaxSize the most
	MaxParts    int           // of a message; 0 is the constant MaxParts
	BodyTimeout time.Duration // for a body to arrive; 0 is 10 seconds

	// Turn waits until a message of the peer at RemoteAddr may be read that is
	// costly to read: large, packed or of many parts. The handler calls done
	// when it is read. Optional.
	Turn func(ctx context.Context, remoteAddr string) (done func(), err error)

	Trace *Trace // optional

	Log  *slog.Logger
	Rand io.Reader // is read from many goroutines
	Now  func() time.Time
}

// Handler is a SOAP 1.1 endpoint, on whatever path it is put. Operations are
// found by the qualified name of the element in the body alone.
type Handler struct {
	Config
	before, after string // of every body
	scratches     sync.Pool
}

// NewHandler checks that every operation is in the schema.
func NewHandler(c Config) (*Handler, error) {
	for name := range c.Operations {
		if c.Schema.globals[name] == nil {
			return nil, fmt.Errorf("soap: operation %s is not in the schema", name.Local)
		}
	}
	c.BodyTimeout = cmp.Or(c.BodyTimeout, 10*time.Second)
	c.MaxSize = min(cmp.Or(c.MaxSize, usualSize), MaxSize)
	c.MaxParts = cmp.Or(c.MaxParts, MaxParts)
	h := &Handler{Config: c}
	h.before, h.after = envelopeFrame(c.Namespaces)
	h.scratches.New = func() any { return new(scratch) }
	return h, nil
}

// Request is a request to an operation.
type Request struct {
	ID         string      // that of the reply's Request-Id header
	RemoteAddr string      // as http.Request has it
	Header     http.Header // as http.Request has it; to be read only
	TLS        bool        // it came over TLS

	operation string
	exchange  *exchange
	reader    *reader
	attrs     []slog.Attr
}

// Operation returns the local name of the body's element.
func (r *Request) Operation() string { return r.operation }

// Decode reads the request into v, a pointer to the operation's type. The
// error is a *Fault if the envelope is wrong and a *FieldError if a field is.
// It is called once.
func (r *Request) Decode(v any) error {
	defer r.exchange.read()
	return r.reader.decode(v)
}

// Note adds to the request's line in the log.
func (r *Request) Note(attrs ...slog.Attr) { r.attrs = append(r.attrs, attrs...) }

// PassOver adds a name to what the request's line in the log says was
// ignored. The name must be safe to show.
func (r *Request) PassOver(name string) { r.reader.passOver(name) }

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := exchange{handler: h, writer: w, request: r, started: h.Now(), scratch: h.scratches.Get().(*scratch)}
	defer h.keep(e.scratch)
	if err := e.draw(); err != nil {
		h.Log.ErrorContext(r.Context(), "draw a request's ID", "error", err)
		http.Error(w, "The server cannot draw random numbers.", http.StatusInternalServerError)
		return
	}
	e.called = Request{ID: e.id, RemoteAddr: r.RemoteAddr, Header: r.Header, TLS: r.TLS != nil, exchange: &e, attrs: e.scratch.noted[:0]}
	e.set("Request-Id", e.id)
	switch r.Method {
	case http.MethodPost:
		e.serve()
	case http.MethodGet, http.MethodHead:
		e.describe()
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		e.words(http.StatusMethodNotAllowed, clientFault(WrongMethod, "A SOAP request is sent by POST. GET ?wsdl describes the service."))
	}
}

// exchange is one request and its reply.
type exchange struct {
	handler *Handler
	writer  http.ResponseWriter
	request *http.Request
	id      string
	started time.Time
	scratch *scratch

	random [8]byte      // what the ID is made of
	header [2][1]string // of the reply: memory for its values
	headed int          // those that are in use
	in     []byte       // the request in UTF-8, once it is read
	sent   int          // bytes of the reply
	done   func()       // ends the turn of a message that is costly to read; nil: it has none
	called Request      // without an operation until that is known

	sparingly *Sparingly // how the request is read; nil: within the usual limits
}

// draw draws the request's ID.
func (e *exchange) draw() error {
	if _, err := io.ReadFull(e.handler.Rand, e.random[:]); err != nil {
		return err
	}
	var digits [2 * len(e.random)]byte
	hex.Encode(digits[:], e.random[:])
	e.id = string(digits[:])
	return nil
}

// set sets a field of the reply's header, whose name is in canonical form.
func (e *exchange) set(name, value string) {
	memory := &e.header[e.headed]
	e.headed++
	memory[0] = value
	e.writer.Header()[name] = memory[:]
}

// serve answers a POST, whatever happens.
func (e *exchange) serve() {
	reply, err := e.answer(append(e.scratch.reply[:0], e.handler.before...))
	status := http.StatusOK
	fault := e.fault(err)
	if fault == nil {
		reply = append(reply, e.handler.after...)
	} else {
		reply = e.handler.appendFault(e.scratch.reply[:0], fault, e.id)
		status = fault.status()
	}
	e.send(status, reply)
	e.log(status, fault)
	if e.handler.Trace != nil {
		e.trace(status, reply)
	}
	e.scratch.reply = reply
}

// answer appends a reply's body, or returns why there is none.
func (e *exchange) answer(dst []byte) (reply []byte, err error) {
	defer e.read()
	err = recovered.Do(func() error {
		reply, err = e.appendReply(dst)
		return err
	})
	return reply, err
}

func (e *exchange) appendReply(dst []byte) ([]byte, error) {
	body, charset, fault := e.readBody(e.fault(e.admit()))
	if fault != nil {
		return nil, e.sparing(fault)
	}
	e.in = body
	text, fault := readText(body, charset)
	if fault != nil {
		return nil, fault
	}
	e.in = text
	s := &e.scratch.scanner
	e.scratch.meter = meter{limit: e.handler.MaxParts, payer: e}
	s.reset(string(e.in), &e.scratch.meter)
	start, err := openEnvelope(s)
	if err != nil {
		return nil, err
	}
	e.called.operation = start.name.Local
	operation, ok := e.handler.Operations[start.name]
	if !ok {
		return nil, s.fault(UnknownOperation, e.handler.unknown(start.name))
	}
	e.called.reader = &e.scratch.reader
	e.called.reader.reset(s, e.handler.Schema, start, e.handler.Strict)
	return operation(e.request.Context(), &e.called, dst)
}

// costly waits until a message may be read that is costly to read.
func (e *exchange) costly() *Fault {
	if e.handler.Turn == nil || e.done != nil {
		return nil
	}
	done, err := e.handler.Turn(e.request.Context(), e.request.RemoteAddr)
	if err != nil {
		return e.sparing(tooBusy())
	}
	e.done = done
	return nil
}

// read says that the message is read, as far as it is.
func (e *exchange) read() {
	if e.done != nil {
		e.done()
		e.done = nil
	}
}

func (e *exchange) admit() error {
	if e.handler.Admit == nil {
		return nil
	}
	err := e.handler.Admit(e.request, &e.called)
	if errors.As(err, &e.sparingly) {
		return nil
	}
	return err
}

// unknown returns the words for a body element that is no operation: what was
// sent, and what may have been meant.
func (h *Handler) unknown(name xml.Name) string {
	var locals []string
	for known := range h.Operations {
		if known.Local == name.Local {
			return "The operation's element is in " + inNamespace(name.Space) + ": it must be in the namespace " + known.Space + "."
		}
		locals = append(locals, known.Local)
	}
	words := "The element " + shown(name.Local) + " in the Body is no operation of this service: "
	if h.Nearest != nil {
		if near := h.Nearest(name.Local, locals); near != "" {
			return words + "did you mean " + near + "? GET ?wsdl lists the operations."
		}
	}
	return words + "GET ?wsdl lists those that there are."
}

// inNamespace names the namespace that something is in.
func inNamespace(uri string) string {
	if uri == "" {
		return "no namespace"
	}
	return "the namespace " + shown(uri)
}

// shown returns a peer's own word, short enough to be shown.
func shown(word string) string {
	if len(word) <= maxShown {
		return word
	}
	return strings.ToValidUTF8(word[:maxShown], "") + "…"
}

// fault returns what an error is answered with, nil for none. What is no fault is
// logged with all that may be logged of it, and the peer is told nothing.
func (e *exchange) fault(err error) *Fault {
	if err == nil {
		return nil
	}
	var fault *Fault
	if errors.As(err, &fault) {
		return fault
	}
	attrs := append([]slog.Attr{slog.String("request_id", e.id), slog.String("operation", e.called.operation)}, recovered.Attrs(err)...)
	e.handler.Log.LogAttrs(e.request.Context(), slog.LevelError, "request failed", attrs...)
	return internalFault()
}

func (h *Handler) appendFault(dst []byte, f *Fault, id string) []byte {
	dst = append(dst, h.before...)
	dst = append(dst, "<SOAP-ENV:Fault><faultcode>SOAP-ENV:"...)
	dst = append(dst, f.Code...)
	dst = append(dst, "</faultcode><faultstring>"...)
	dst = append(dst, escape(f.Words())...)
	dst = append(dst, "</faultstring>"...)
	if h.Detail != nil {
		dst = append(dst, "<detail>"...)
		dst = h.Detail(dst, f, id)
		dst = append(dst, "</detail>"...)
	}
	dst = append(dst, "</SOAP-ENV:Fault>"...)
	return append(dst, h.after...)
}

// IsRequest reports whether an HTTP request means to be one of SOAP, by its
// header: for whoever answers at an address to which some are sent by mistake.
func IsRequest(r *http.Request) bool {
	_, fault := mediaType(r.Header.Get("Content-Type"))
	return r.Method == http.MethodPost && (fault == nil || len(r.Header.Values("SOAPAction")) > 0)
}

// Document returns an envelope with a fault that has no detail.
func Document(f *Fault) []byte {
	h := &Handler{}
	h.before, h.after = envelopeFrame(nil)
	return h.appendFault(nil, f, "")
}

// Values of the header of every reply. Whoever sets another puts it in their place.
var textXML, noStore = []string{"text/xml; charset=utf-8"}, []string{"no-store"}

func (e *exchange) send(status int, reply []byte) {
	header := e.writer.Header()
	header["Content-Type"] = textXML
	header["Cache-Control"] = noStore
	e.set("Content-Length", strconv.Itoa(len(reply)))
	if status == http.StatusServiceUnavailable {
		header.Set("Retry-After", "1")
	}
	e.writer.WriteHeader(status)
	e.sent, _ = e.writer.Write(reply) // a peer that went away needs no answer
}
