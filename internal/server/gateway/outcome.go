package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/directory"
	"github.com/dsappd/dsappd/soap"
)

// unforeseen is all that a peer hears of what nobody foresaw.
const unforeseen = "The server could not answer because of an internal error: the log has it under the request's ID."

// contended is for a service whose records others kept changing: nothing was
// decided.
const contended = "Other requests kept changing the same records: try again."

// fault is an answer to a request that never became one of a service.
type fault struct {
	status  int
	refusal provision.Refusal // empty: InvalidParameter
	desc    string            // what is wrong and how to mend it, in constant words
}

func (f *fault) Error() string { return f.desc }

// outcome is what an error is answered with.
type outcome struct {
	http   int
	status provision.Status
	desc   string
}

// outcome decides, alone, what an error is: a refusal, which the domain has
// decided; a field or a fault, which is the request's; or anything else, which
// the log keeps and the peer does not hear.
func (c *call) outcome(err error) outcome {
	statuses := c.door.Service.Statuses
	if refusal, ok := errors.AsType[*provision.Error](err); ok {
		c.reason(refusal.Reason())
		return outcome{http.StatusOK, refusal.Status, asMember(refusal.Desc)}
	}
	if field, ok := errors.AsType[*fieldError](err); ok {
		c.reason(field.Error())
		return outcome{http.StatusOK, statuses[provision.InvalidParameter], field.Error()}
	}
	if errors.Is(err, provision.ErrContended) {
		c.reason(contended)
		return outcome{http.StatusOK, statuses[provision.Busy], contended}
	}
	if f, ok := errors.AsType[*soap.Fault](err); ok {
		c.reason(f.Words())
		return outcome{http.StatusInternalServerError, statuses[provision.InvalidParameter], f.Words()}
	}
	if wsdl, ok := errors.AsType[*directory.WSDLError](err); ok {
		err = &fault{status: http.StatusNotFound, desc: wsdl.Error()}
	}
	if f, ok := errors.AsType[*fault](err); ok {
		refusal := provision.InvalidParameter
		if f.refusal != "" {
			refusal = f.refusal
		}
		c.reason(f.desc)
		return outcome{f.status, statuses[refusal], f.desc}
	}
	c.logUnforeseen(err)
	c.reason("an internal error")
	return outcome{http.StatusInternalServerError, statuses[provision.Unforeseen], unforeseen}
}

// reason notes why the request is refused.
func (c *call) reason(words string) { c.Reason = words }

// asMember makes the domain's words name the registration as requests here do.
func asMember(words string) string {
	return strings.ReplaceAll(words, "registrationID", "registrationIdentifier")
}

func (c *call) logUnforeseen(err error) { c.Failed("gateway request failed", err) }

// envelope is what every reply of a service is.
type envelope struct {
	ResultCodes resultCodes `json:"resultCodes"`
	ErrorStack  *errorStack `json:"errorStack,omitempty"`
	Result      any         `json:"result,omitempty"`
}

type resultCodes struct {
	ReturnCodeEnum string `json:"returnCodeEnum"`
	StatusCodeEnum string `json:"statusCodeEnum"`
	ReturnCode     int    `json:"returnCode"`
	StatusCode     int    `json:"statusCode"`
}

// errorStack says in words what the codes do not, as SOAP's replies do.
type errorStack struct {
	Errors []errorEntry `json:"errors"`
}

type errorEntry struct {
	ErrorCode int    `json:"errorCode"`
	ErrorDesc string `json:"errorDesc"`
}

func codes(s provision.Status) resultCodes {
	return resultCodes{ReturnCodeEnum: s.ReturnCodeEnum, StatusCodeEnum: s.StatusCodeEnum, ReturnCode: s.ReturnCode, StatusCode: s.StatusCode}
}

// success makes the reply with a result; nil: codes only.
func (c *call) success(result any) (reply, error) {
	granted := c.door.Service.Statuses[provision.Granted]
	c.Note(slog.String("status", granted.StatusCodeEnum))
	return enveloped(http.StatusOK, envelope{ResultCodes: codes(granted), Result: result})
}

// refusal makes the reply to a request that came to an error.
func (c *call) refusal(err error) reply {
	o := c.outcome(err)
	c.Note(slog.String("status", o.status.StatusCodeEnum))
	c.TurnAway(c.HTTP.Method+" "+c.path(), fmt.Sprintf("%s, HTTP %d", o.status, o.http), c.Reason)
	if f, ok := errors.AsType[*soap.Fault](err); ok {
		return reply{status: o.http, mediaType: "text/xml; charset=utf-8", body: soap.Document(f)}
	}
	stack := &errorStack{Errors: []errorEntry{{ErrorCode: o.status.StatusCode, ErrorDesc: o.desc}}}
	r, err := enveloped(o.http, envelope{ResultCodes: codes(o.status), ErrorStack: stack})
	if err != nil {
		c.logUnforeseen(err)
		return reply{status: http.StatusInternalServerError, mediaType: jsonType}
	}
	return r
}

const jsonType = "application/json"

func enveloped(status int, e envelope) (reply, error) {
	body, err := json.Marshal(e)
	return reply{status: status, mediaType: jsonType, body: append(body, '\n')}, err
}
