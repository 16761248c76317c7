package operation

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/journal"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// unforeseen is all that a peer hears of what nobody foresaw.
const unforeseen = "The server could not answer because of an internal error: the log has it under the request's ID."

// contended is for an operation whose records others kept changing: nothing
// was decided.
const contended = "Other requests kept changing the same records: try again."

// Outcome decides, alone, what an error is: a refusal, which stands in the
// reply with its status; a fault, which is returned; or anything else, which
// the log keeps and the peer does not hear.
func (d *Door) Outcome(ctx context.Context, r *soap.Request, err error) (wsdl.CommandStatusResponse, error) {
	if fault, ok := errors.AsType[*soap.Fault](err); ok {
		return wsdl.CommandStatusResponse{}, fault
	}
	status, desc, reason := d.Service.Statuses[provision.Granted], "", ""
	if refusal, ok := errors.AsType[*provision.Error](err); ok {
		status, desc, reason = refusal.Status, refusal.Desc, refusal.Reason()
	} else if attribute, ok := errors.AsType[*AttributeError](err); ok {
		status, desc, reason = d.Service.Statuses[attribute.Refusal], attribute.Error(), attribute.Error()
	} else if field, ok := errors.AsType[*soap.FieldError](err); ok {
		status, desc, reason = d.Service.Statuses[provision.InvalidParameter], field.Error(), field.Error()
	} else if errors.Is(err, provision.ErrContended) {
		status, desc, reason = d.Service.Statuses[provision.Busy], contended, contended
	} else if err != nil {
		status, desc, reason = d.Service.Statuses[provision.Unforeseen], unforeseen, "an internal error"
		d.Log.LogAttrs(ctx, slog.LevelError, "operation failed", slog.String("request_id", r.ID), slog.String("error", err.Error()))
	}
	r.Note(slog.String("status", status.StatusCodeEnum))
	if reason != "" {
		r.Note(slog.String("reason", reason))
		d.Journal.Add(journal.Entry{Time: d.Service.Now(), RequestID: r.ID, Door: doorName, Remote: r.RemoteAddr,
			Request: r.Operation(), Status: status.String(), Reason: reason})
	}
	return commandStatus(status, desc), nil
}

// doorName is this door's in the journal.
const doorName = "soap"

// TurnedAway remembers a Fault.
func (d *Door) TurnedAway(r *http.Request, requestID string, status int, f *soap.Fault) {
	d.Journal.Add(journal.Entry{Time: d.Service.Now(), RequestID: requestID, Door: doorName, Remote: r.RemoteAddr,
		Request: r.Method, Status: "HTTP " + strconv.Itoa(status), Problem: string(f.Reason), Reason: f.Words()})
}

// StatusMessage says a refusal by an attribute, which some clients look for.
func StatusMessage(prefix string, status wsdl.CommandStatusResponse) []Written {
	var out []Written
	for _, e := range status.ErrorStack.Errors {
		out = append(out, Written{ID: prefix + "STATUS_MESSAGE", Value: wsdl.Value{Type: TypeString, Text: e.ErrorDesc}})
	}
	return out
}

// commandStatus writes a status as replies have it; a description makes an
// entry of the error stack, of the status's own code.
func commandStatus(status provision.Status, desc string) wsdl.CommandStatusResponse {
	response := wsdl.CommandStatusResponse{ResultCodes: wsdl.ResultCodes{
		ReturnCodeEnum: status.ReturnCodeEnum,
		StatusCodeEnum: status.StatusCodeEnum,
		ReturnCode:     int32(status.ReturnCode),
		StatusCode:     int32(status.StatusCode),
	}}
	if desc != "" {
		response.ErrorStack.Errors = []wsdl.ErrorStackEntry{{ErrorCode: int32(status.StatusCode), ErrorDesc: desc}}
	}
	return response
}
