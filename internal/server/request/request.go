// Package request is the frame of a request at every HTTP door but SOAP's, which
// has its own: who asks, under which ID, what came of it, and one line in the
// log. A panic becomes an error. A door only decodes and encodes.
package request

import (
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/recovered"
	"github.com/dsappd/dsappd/internal/server/forwarded"
	"github.com/dsappd/dsappd/internal/server/journal"
)

// Frame is what the requests of a door share.
type Frame struct {
	Door    string // its name in the journal
	Log     *slog.Logger
	Journal *journal.Journal // of what is turned away; optional
	Rand    io.Reader        // is read from many goroutines
	Now     func() time.Time
}

// Request is one request.
type Request struct {
	ID     string // 16 hex digits; that of the answer's Request-Id header
	HTTP   *http.Request
	Began  time.Time
	Reason string // it was turned away, in words; empty: it was not

	frame *Frame
	attrs []slog.Attr
}

// Begin draws the request's ID and puts it into the answer's header. An error
// means that there is no randomness; the request then has an empty ID.
func (f *Frame) Begin(w http.ResponseWriter, r *http.Request) (*Request, error) {
	q := &Request{HTTP: r, Began: f.Now(), frame: f}
	var id [8]byte
	if _, err := io.ReadFull(f.Rand, id[:]); err != nil {
		return q, fmt.Errorf("draw a request ID: %w", err)
	}
	q.ID = hex.EncodeToString(id[:])
	w.Header().Set("Request-Id", q.ID)
	return q, nil
}

// Do acts, and returns a panic as an error.
func (q *Request) Do(act func() error) error { return recovered.Do(act) }

// Note adds to the request's line in the log.
func (q *Request) Note(attrs ...slog.Attr) { q.attrs = append(q.attrs, attrs...) }

// Caller returns who asks at a door of the server's own, in the name of its
// component. The error is that of a refused X-Forwarded-For.
func (q *Request) Caller(proxies forwarded.Proxies, componentType string) (provision.Caller, error) {
	from, err := proxies.Request(q.HTTP.RemoteAddr, q.HTTP.Header)
	if err != nil {
		return provision.Caller{}, err
	}
	q.Note(from.Attrs()...)
	return provision.Caller{
		ComponentType: componentType, OwnDoor: true, Address: from.Address, RequestID: q.ID,
		Doubt: from.Doubt, Confidential: from.Confidential(q.HTTP.TLS != nil),
	}, nil
}

// TurnAway notes in the log and in the journal why the request was turned away.
// what names the request, and status what it is answered with.
func (q *Request) TurnAway(what, status, reason string) {
	q.Reason = reason
	q.frame.Journal.Add(journal.Entry{Time: q.frame.Now(), RequestID: q.ID, Door: q.frame.Door, Remote: q.HTTP.RemoteAddr,
		Request: what, Status: status, Reason: reason})
}

// Failed logs an error of the server's own, with the stack of a panic.
func (q *Request) Failed(message string, err error) {
	q.frame.Log.LogAttrs(q.HTTP.Context(), slog.LevelError, message,
		append([]slog.Attr{slog.String("request_id", q.ID)}, recovered.Attrs(err)...)...)
}

// End writes the request's line in the log: attrs, and what was noted.
func (q *Request) End(level slog.Level, message string, attrs ...slog.Attr) {
	line := append([]slog.Attr{slog.String("request_id", q.ID), slog.String("remote", q.HTTP.RemoteAddr)}, attrs...)
	line = append(line, slog.Duration("took", q.frame.Now().Sub(q.Began)))
	if q.Reason != "" {
		line = append(line, slog.String("reason", q.Reason))
	}
	if state := q.HTTP.TLS; state != nil && len(state.PeerCertificates) > 0 {
		line = append(line, slog.String("client_certificate", state.PeerCertificates[0].Subject.String()))
	}
	q.frame.Log.LogAttrs(q.HTTP.Context(), level, message, append(line, q.attrs...)...)
}
