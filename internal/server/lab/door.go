// Package lab is the door of a lab's controls, which is JSON over HTTP. A Client
// asks it. It asks nobody for a password: the server opens it on a loopback
// address, or where it is told to by name.
package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
	"github.com/dsappd/dsappd/internal/server/request"
)

// Config is what the door is made of. All fields are required.
type Config struct {
	Lab   *lab.Lab
	Frame request.Frame
	Hosts []string        // as browser.New has them
	URLs  func() lab.URLs // where the server answers
}

// maxBody bounds a request, in bytes.
const maxBody = 1 << 20

type door struct {
	Config
	guard *browser.Guard
}

// NewHandler makes the door.
func NewHandler(c Config) http.Handler {
	d := &door{Config: c, guard: browser.New(c.Hosts, nil)}
	mux := http.NewServeMux()
	for _, row := range d.routes() {
		mux.HandleFunc(row.pattern, func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, row.take) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, d.unknown) })
	return mux
}

// route is a row of the door's table.
type route struct {
	pattern string // as http.ServeMux has it
	take    func(w http.ResponseWriter, r *http.Request) (out any, err error)
}

func (d *door) routes() []route {
	return []route{
		{"GET /lab", d.show},
		{"GET /lab/users", d.listUsers},
		{"GET /lab/clock", d.showClock},
		{"POST /lab/clock", d.moveClock},
		{"GET /lab/faults", d.listFaults},
		{"POST /lab/faults", d.addFault},
		{"DELETE /lab/faults", d.clearFaults},
		{"DELETE /lab/faults/{id}", d.clearFault},
		{"POST /lab/reset", d.reset},
		{"POST /lab/snapshot", d.snapshot},
		{"POST /lab/restore", d.restore},
		{"GET /lab/requests", d.findRequests},
		{"POST /lab/register", d.register},
		{"POST /lab/phone", d.playPhone},
		{"POST /lab/phone/otp", d.makeOTP},
		{"POST /lab/apply", d.apply},
	}
}

// unknown names what there is.
func (d *door) unknown(_ http.ResponseWriter, r *http.Request) (any, error) {
	var known []string
	for _, row := range d.routes() {
		known = append(known, row.pattern)
	}
	return nil, &Error{Status: http.StatusNotFound, Message: fmt.Sprintf("There is no %s %s here. There are: %s.", r.Method, r.URL.Path, strings.Join(known, ", "))}
}

// serve takes one request: guard, act, encode, one line in the log.
func (d *door) serve(w http.ResponseWriter, r *http.Request, take func(http.ResponseWriter, *http.Request) (any, error)) {
	q, err := d.Frame.Begin(w, r)
	var out any
	if err == nil {
		err = d.admit(r)
	}
	if err == nil {
		err = q.Do(func() (err error) {
			out, err = take(w, r)
			return err
		})
	}
	status := http.StatusOK
	if err != nil {
		failed := d.shown(q, err)
		status, out = failed.Status, map[string]*Error{"error": failed}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_ = json.NewEncoder(w).Encode(out) // a peer that left needs no answer
	}
	q.End(slog.LevelInfo, "lab's request", slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", status))
}

// admit keeps web pages away.
func (d *door) admit(r *http.Request) error {
	switch {
	case d.guard.StrangeHost(r):
		return &Error{Status: http.StatusMisdirectedRequest, Message: "The request's Host is a name that this server does not go by: ask localhost, or an IP address."}
	case d.guard.OtherOrigin(r):
		return &Error{Status: http.StatusForbidden, Message: "A web page of another origin had a browser send this request: only programs may."}
	}
	return nil
}

func (d *door) shown(q *request.Request, err error) *Error {
	if failed, is := errors.AsType[*Error](err); is {
		q.Reason = failed.Message
		return failed
	}
	if refused, is := errors.AsType[*provision.Error](err); is {
		q.Reason = refused.Error()
		return &Error{Status: http.StatusBadRequest, Message: refused.Error()}
	}
	if errors.Is(err, lab.ErrRefused) {
		q.Reason = err.Error()
		return &Error{Status: http.StatusBadRequest, Message: err.Error()}
	}
	q.Failed("lab's request failed", err)
	return &Error{Status: http.StatusInternalServerError, Message: "Something unforeseen went wrong: the server's log says what, under this request's Request-Id."}
}

// decode reads one JSON object of known members. example says what would do.
func decode(w http.ResponseWriter, r *http.Request, in any, example string) error {
	refuse := func(why string) error {
		return &Error{Status: http.StatusBadRequest, Message: why + " This would do: " + example}
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return &Error{Status: http.StatusUnsupportedMediaType, Message: "The Content-Type is not application/json. This would do: " + example}
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(in); err != nil {
		return refuse("The request cannot be read: " + strings.TrimPrefix(err.Error(), "json: ") + ".")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return refuse("The request is more than one JSON object.")
	}
	return nil
}

// Error is a refusal, in JSON and in Go.
type Error struct {
	Status  int    `json:"status"` // of HTTP
	Message string `json:"message"`
}

func (e *Error) Error() string { return e.Message }
