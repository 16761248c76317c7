package admin

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/dsappd/dsappd/provision"
	"github.com/dsappd/dsappd/server/journal"
	"github.com/dsappd/dsappd/store"
)

// Door answers operators by a Service's decisions. Fields are required unless
// they say otherwise.
type Door struct {
	Service *provision.Service
	Log     *slog.Logger

	// Journal has what the server turned away; nil where none runs.
	Journal *journal.Journal

	// Check looks for damage in all that the Service's store keeps.
	Check func(context.Context) ([]store.Problem, error)
}

// operatorHeader names the operator. Whoever may open the socket may read the
// whole data folder too, so the name is taken as it is given.
const operatorHeader = "Dsappd-Operator"

// maxBody bounds a request, in bytes.
const maxBody = 64 << 10

// Handler answers every operation at its path.
func (d *Door) Handler() http.Handler {
	mux := http.NewServeMux()
	handle(d, mux, "check", d.check)
	handle(d, mux, "domain/add", d.addDomain)
	handle(d, mux, "domain/list", d.listDomains)
	handle(d, mux, "domain/delete", d.deleteDomain)
	handle(d, mux, "user/add", d.addUser)
	handle(d, mux, "user/list", d.listUsers)
	handle(d, mux, "user/show", d.showUser)
	handle(d, mux, "user/set-password", d.setUserPassword)
	handle(d, mux, "user/enable", d.enableUser)
	handle(d, mux, "user/disable", d.disableUser)
	handle(d, mux, "user/unlock", d.unlockUser)
	handle(d, mux, "user/delete", d.deleteUser)
	handle(d, mux, "authenticator/add", d.addAuthenticator)
	handle(d, mux, "authenticator/list", d.listAuthenticators)
	handle(d, mux, "authenticator/show", d.showAuthenticator)
	handle(d, mux, "authenticator/assign", d.assignAuthenticator)
	handle(d, mux, "authenticator/unassign", d.unassignAuthenticator)
	handle(d, mux, "authenticator/reset", d.resetAuthenticator)
	handle(d, mux, "authenticator/set", d.setAuthenticator)
	handle(d, mux, "authenticator/enable", d.enableAuthenticator)
	handle(d, mux, "authenticator/disable", d.disableAuthenticator)
	handle(d, mux, "authenticator/delete", d.deleteAuthenticator)
	handle(d, mux, "authenticator/deactivate", d.deactivateInstance)
	handle(d, mux, "component/add", d.addComponent)
	handle(d, mux, "component/list", d.listComponents)
	handle(d, mux, "component/show", d.showComponent)
	handle(d, mux, "component/set", d.setComponent)
	handle(d, mux, "component/delete", d.deleteComponent)
	handle(d, mux, "gateway-key/add", d.addGatewayKey)
	handle(d, mux, "gateway-key/list", d.listGatewayKeys)
	handle(d, mux, "gateway-key/delete", d.deleteGatewayKey)
	handle(d, mux, "policy/add", d.addPolicy)
	handle(d, mux, "policy/list", d.listPolicies)
	handle(d, mux, "policy/show", d.showPolicy)
	handle(d, mux, "policy/set", d.setPolicy)
	handle(d, mux, "policy/delete", d.deletePolicy)
	handle(d, mux, "registration/list", d.listRegistrations)
	handle(d, mux, "registration/show", d.showRegistration)
	handle(d, mux, "registration/close", d.closeRegistration)
	handle(d, mux, "audit/list", d.listAuditEvents)
	handle(d, mux, "audit/verify", d.verifyAudit)
	handle(d, mux, "audit/export", d.exportAudit)
	handle(d, mux, "audit/prune", d.pruneAudit)
	handle(d, mux, "audit/explain", d.explainRequest)
	handle(d, mux, "audit/refusals", d.listRefusals)
	return mux
}

// handle answers POST at a path: decode, decide, encode, one log line.
func handle[In, Out any](d *Door, mux *http.ServeMux, path string,
	decide func(context.Context, provision.Operator, In) (Out, error)) {
	mux.HandleFunc("POST /"+path, func(w http.ResponseWriter, r *http.Request) {
		began := d.Service.Now()
		operator, err := d.operator(r)
		w.Header().Set("Request-Id", operator.RequestID)
		var out Out
		if err == nil {
			var in In
			if err = decode(w, r, &in); err == nil {
				atLeisure(w)
				out, err = decide(r.Context(), operator, in)
			}
		}
		d.answer(w, out, err)
		d.log(r, operator, began, err)
	})
}

// atLeisure lifts the connection's deadlines, which bound a peer that sends
// slowly: a check may take longer, and the one deadline would end its context,
// the other its answer.
func atLeisure(w http.ResponseWriter) {
	controller := http.NewResponseController(w)
	_ = controller.SetReadDeadline(time.Time{})
	_ = controller.SetWriteDeadline(time.Time{})
}

// operator is who asks, under a fresh request ID.
func (d *Door) operator(r *http.Request) (provision.Operator, error) {
	var id [8]byte
	if _, err := io.ReadFull(d.Service.Rand, id[:]); err != nil {
		return provision.Operator{}, fmt.Errorf("draw a request ID: %w", err)
	}
	operator := provision.Operator{Name: r.Header.Get(operatorHeader), RequestID: hex.EncodeToString(id[:])}
	if length := len(operator.Name); length < 1 || length > 255 {
		return operator, malformed(fmt.Sprintf(
			"The header %s has %d bytes: it names the operator in 1 to 255.", operatorHeader, length))
	}
	return operator, nil
}

// decode reads one JSON object of known members and nothing after it.
func decode(w http.ResponseWriter, r *http.Request, in any) error {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return malformed("The Content-Type is not application/json.")
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
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
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return malformed(fmt.Sprintf("The request has more than %d bytes.", maxBody))
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

func (d *Door) log(r *http.Request, operator provision.Operator, began time.Time, err error) {
	attributes := []any{"request_id", operator.RequestID, "operation", r.URL.Path, "operator", operator.Name,
		"took", d.Service.Now().Sub(began)}
	level := slog.LevelInfo
	if r.URL.Path == "/audit/list" { // which a tail that follows asks for every second
		level = slog.LevelDebug
	}
	switch {
	case err == nil:
		d.Log.Log(r.Context(), level, "operator's request", attributes...)
	case foreseen(err):
		d.Log.Info("operator's request refused", append(attributes, "reason", err)...)
	default:
		d.Log.Error("operator's request failed", append(attributes, "error", err)...)
	}
}
