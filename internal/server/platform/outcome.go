package platform

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/directory"
	"github.com/dsappd/dsappd/soap"
)

// fault is an answer to a request that never reached the domain.
type fault struct {
	status  int
	refusal provision.Refusal // for the log; empty: InvalidParameter
	message string            // what is wrong and how to mend it, in constant words
}

func (f *fault) Error() string { return f.message }

// invalid is an answer to a body or a query that has wrong members.
type invalid struct{ messages []string }

func (i *invalid) Error() string { return strings.Join(i.messages, " ") }

// problem is the body of every answer that is not 2xx.
type problem struct {
	Error            string            `json:"error"`
	Message          string            `json:"message"`
	ValidationErrors []validationError `json:"validationErrors,omitempty"`
}

type validationError struct {
	Message string `json:"message"`
}

const (
	unforeseen = "The server could not answer because of an internal error: the log has it under the log-correlation-id."
	contended  = "Other requests kept changing the same records: try again."
)

// answers are the HTTP status of each refusal, and the words that the vendor
// documents for some; empty: the refusal's own.
var answers = map[provision.Refusal]struct {
	status  int
	message string
}{
	provision.InvalidParameter:   {http.StatusBadRequest, ""},
	provision.NoComponent:        {http.StatusForbidden, ""},
	provision.NotAllowed:         {http.StatusForbidden, ""},
	provision.ActivationLimit:    {http.StatusConflict, ""},
	provision.AuthenticatorLimit: {http.StatusConflict, "The authenticator limit has been reached."},
	provision.InvalidCredentials: {http.StatusConflict, ""},
	provision.UserLocked:         {http.StatusConflict, "User is locked"},
	provision.UserDisabled:       {http.StatusConflict, "User is disabled"},
	provision.MessageExpired:     {http.StatusConflict, ""},
	provision.NotFound:           {http.StatusNotFound, ""},
	provision.Exists:             {http.StatusConflict, ""},
	provision.InUse:              {http.StatusConflict, ""},
	provision.LicenceFull:        {http.StatusConflict, "License activation limit reached."},
	provision.OutOfOrder:         {http.StatusConflict, ""},
	provision.Busy:               {http.StatusServiceUnavailable, ""},
	provision.Unforeseen:         {http.StatusInternalServerError, ""},
	provision.OTPIncorrect:       {http.StatusConflict, ""},
	provision.OTPUsed:            {http.StatusConflict, ""},
	provision.PasswordMismatch:   {http.StatusConflict, ""},
	provision.GracePeriodExpired: {http.StatusConflict, ""},
	provision.ChallengeExpired:   {http.StatusConflict, ""},
	provision.NotLocal:           {http.StatusConflict, ""},
	provision.NoPermission:       {http.StatusForbidden, ""},
	provision.SessionStopped:     {http.StatusForbidden, ""},
	provision.UserUnknown:        {http.StatusNotFound, ""},
	provision.MissingField:       {http.StatusBadRequest, ""},
	provision.InvalidData:        {http.StatusBadRequest, ""},
	provision.NotAvailable:       {http.StatusConflict, ""},
	provision.NotAssigned:        {http.StatusConflict, ""},
	provision.AuthenticatorError: {http.StatusConflict, ""},
}

// refuse makes the answer to a request that came to an error.
func (c *call) refuse(err error) {
	if f, is := errors.AsType[*soap.Fault](err); is {
		c.status, c.media, c.body = http.StatusInternalServerError, "text/xml; charset=utf-8", soap.Document(f)
		c.noted(provision.InvalidParameter, c.door.Service.Statuses[provision.InvalidParameter], f.Words())
		return
	}
	status, message, wrong := c.outcome(err)
	body := problem{Error: http.StatusText(status), Message: message}
	for _, each := range wrong {
		body.ValidationErrors = append(body.ValidationErrors, validationError{each})
	}
	if err := c.encode(body); err != nil {
		c.Failed("platform request failed", err)
	}
	c.status = status
}

// outcome decides what an error is: a refusal of the domain, a fault of the
// request, or anything else, which the log keeps and the peer does not hear.
func (c *call) outcome(err error) (status int, message string, wrong []string) {
	statuses := c.door.Service.Statuses
	if refusal, is := errors.AsType[*provision.Error](err); is {
		c.noted(refusal.Refusal, refusal.Status, refusal.Reason())
		answer := answers[refusal.Refusal]
		if answer.message == "" {
			answer.message = refusal.Desc
		}
		if login, is := errors.AsType[*refusedLogin](err); is {
			answer.status, answer.message = http.StatusConflict, login.words
		}
		return answer.status, answer.message, nil
	}
	if i, is := errors.AsType[*invalid](err); is {
		c.noted(provision.InvalidParameter, statuses[provision.InvalidParameter], i.Error())
		return http.StatusBadRequest, i.messages[0], i.messages
	}
	if errors.Is(err, provision.ErrContended) {
		c.noted(provision.Busy, statuses[provision.Busy], contended)
		return http.StatusServiceUnavailable, contended, nil
	}
	if wsdl, is := errors.AsType[*directory.WSDLError](err); is {
		err = &fault{status: http.StatusNotFound, message: wsdl.Error()}
	}
	if f, is := errors.AsType[*fault](err); is {
		refusal := f.refusal
		if refusal == "" {
			refusal = provision.InvalidParameter
		}
		c.noted(refusal, statuses[refusal], f.message)
		return f.status, f.message, nil
	}
	c.Failed("platform request failed", err)
	c.noted(provision.Unforeseen, statuses[provision.Unforeseen], "an internal error")
	return http.StatusInternalServerError, unforeseen, nil
}

// noted tells the log and the journal why the request was turned away.
func (c *call) noted(refusal provision.Refusal, status provision.Status, reason string) {
	c.Note(slog.String("status", status.StatusCodeEnum))
	c.TurnAway(c.HTTP.Method+" "+c.path(), fmt.Sprintf("%s (%s)", status, refusal), reason)
}
