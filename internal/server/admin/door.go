package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/recovered"
	"github.com/dsappd/dsappd/internal/server/journal"
	"github.com/dsappd/dsappd/internal/server/request"
	"github.com/dsappd/dsappd/store"
)

// Door answers operators by a Service's decisions. Fields are required unless
// they say otherwise.
type Door struct {
	Service *provision.Service
	Log     *slog.Logger

	// Journal has what the server turned away; nil where none runs.
	Journal *journal.Journal

	// Copy copies the store's file: see bolt.Engine.Copy.
	Copy func(begin func(size int64) (io.Writer, error)) error

	// Check looks for damage in all that the Service's store keeps.
	Check func(context.Context) ([]store.Problem, error)

	// Level is from which level on the server logs; nil where none runs.
	Level *slog.LevelVar

	// Keys are the data folder's.
	Keys Keys

	// Webhooks are the data folder's.
	Webhooks Webhooks
}

// operatorHeader names the operator. Whoever may open the socket may read the
// whole data folder too, so the name is taken as it is given.
const operatorHeader = "Dsappd-Operator"

// Handler answers every order of the table at its path.
func (d *Door) Handler() http.Handler {
	mux := http.NewServeMux()
	frame := &request.Frame{Door: "operators", Log: d.Log, Rand: d.Service.Rand, Now: d.Service.Now}
	for _, order := range d.orders() {
		mux.HandleFunc("POST /"+order.path, func(w http.ResponseWriter, r *http.Request) { d.serve(frame, order, w, r) })
	}
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) { d.backup(frame, w, r) })
	return mux
}

// serve takes one order: decode, decide, encode, one log line.
func (d *Door) serve(frame *request.Frame, order order, w http.ResponseWriter, r *http.Request) {
	q, err := frame.Begin(w, r)
	operator := provision.Operator{Name: r.Header.Get(operatorHeader), RequestID: q.ID}
	var out any
	if err == nil {
		err = q.Do(func() (err error) {
			out, err = order.take(r.Context(), operator, func(in any) error {
				if err := decode(w, r, operator, order.maxBody, in); err != nil {
					return err
				}
				atLeisure(w)
				return nil
			})
			return err
		})
	}
	d.answer(w, out, err)
	d.log(q, operator, err)
}

// atLeisure lifts the connection's deadlines, which bound a peer that sends
// slowly: a check may take longer, and the one deadline would end its context,
// the other its answer.
func atLeisure(w http.ResponseWriter) {
	controller := http.NewResponseController(w)
	_ = controller.SetReadDeadline(time.Time{})
	_ = controller.SetWriteDeadline(time.Time{})
}

// decode checks who asks, and reads one JSON object of known members and nothing
// after it.
func decode(w http.ResponseWriter, r *http.Request, operator provision.Operator, limit int64, in any) error {
	if length := len(operator.Name); length < 1 || length > 255 {
		return malformed(fmt.Sprintf(
			"The header %s has %d bytes: it names the operator in 1 to 255.", operatorHeader, length))
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return malformed("The Content-Type is not application/json.")
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(in); err != nil {
		return undecodable(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return malformed("The request is more than one JSON object.")
	}
	return nil
}

// undecodable never quotes a value, which may be a password.
func undecodable(err error) error {
	if large, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return malformed(fmt.Sprintf("The request has more than %d bytes.", large.Limit))
	}
	if mistyped, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return malformed(fmt.Sprintf("The member %q of the request has the wrong type, or a value out of range: it is a %s.", mistyped.Field, mistyped.Type.Kind()))
	}
	if broken, ok := errors.AsType[*json.SyntaxError](err); ok {
		return malformed(fmt.Sprintf("The request is not JSON, from byte %d on.", broken.Offset))
	}
	if unknown, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return malformed("The request has a member that this operation does not know: " + unknown + ".")
	}
	return malformed("The request is not one JSON object that ends.")
}

// answer writes what was decided.
func (d *Door) answer(w http.ResponseWriter, out any, err error) {
	w.Header().Set("Content-Type", "application/json")
	status, body := http.StatusOK, out
	if err != nil {
		shown := d.shown(err)
		status, body = shown.httpStatus(), errorBody{Error: shown}
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func (d *Door) log(q *request.Request, operator provision.Operator, err error) {
	attrs := []slog.Attr{slog.String("operation", q.HTTP.URL.Path), slog.String("operator", operator.Name)}
	level := slog.LevelInfo
	if q.HTTP.URL.Path == "/audit/list" { // which a tail that follows asks for every second
		level = slog.LevelDebug
	}
	switch {
	case err == nil:
		q.End(level, "operator's request", attrs...)
	case foreseen(err):
		q.Reason = err.Error()
		q.End(slog.LevelInfo, "operator's request refused", attrs...)
	default:
		q.End(slog.LevelError, "operator's request failed", append(attrs, recovered.Attrs(err)...)...)
	}
}
