package platform

import (
	"cmp"
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
	provision.SignatureIncorrect: {http.StatusConflict, ""},
}

// refuse makes the answer to a request that came to an error.
func (c *call) refuse(err error) {
	if f, is := errors.AsType[*soap.Fault](err); is {
		c.status, c.media, c.body = http.StatusInternalServerError, "text/xml; charset=utf-8", soap.Document(f)
		c.noted(provision.InvalidParameter, c.door.Service.Statuses[provision.InvalidParameter], f.Words())
		return
	}
	c.tell(err)
	status, body := c.problem(err)
	if err := c.encode(body); err != nil {
		c.Failed("platform request failed", err)
	}
	c.status = status
}

// problem makes the answer to an error: a refusal of the domain, a fault of the
// request, or anything else, which the peer does not hear.
func (c *call) problem(err error) (status int, body problem) {
	status, message := http.StatusInternalServerError, unforeseen
	refusal, refused := errors.AsType[*provision.Error](err)
	login, ofLogin := errors.AsType[*refusedLogin](err)
	wrong, isWrong := errors.AsType[*invalid](err)
	f, isFault := errors.AsType[*fault](err)
	wsdl, isWSDL := errors.AsType[*directory.WSDLError](err)
	switch {
	case ofLogin:
		status, message = http.StatusConflict, login.words
	case refused:
		status, message = answers[refusal.Refusal].status, cmp.Or(answers[refusal.Refusal].message, refusal.Desc)
	case isWrong:
		status, message = http.StatusBadRequest, wrong.messages[0]
		for _, each := range wrong.messages {
			body.ValidationErrors = append(body.ValidationErrors, validationError{each})
		}
	case errors.Is(err, provision.ErrContended):
		status, message = http.StatusServiceUnavailable, contended
	case isFault:
		status, message = f.status, f.message
	case isWSDL:
		status, message = http.StatusNotFound, wsdl.Error()
	}
	body.Error, body.Message = http.StatusText(status), message
	return status, body
}

// tell tells the log why the request is refused.
func (c *call) tell(err error) {
	statuses := c.door.Service.Statuses
	if refusal, is := errors.AsType[*provision.Error](err); is {
		c.noted(refusal.Refusal, refusal.Status, refusal.Reason())
		return
	}
	refusal, reason := provision.Unforeseen, "an internal error"
	_, wrong := errors.AsType[*invalid](err)
	_, wsdl := errors.AsType[*directory.WSDLError](err)
	f, isFault := errors.AsType[*fault](err)
	switch {
	case errors.Is(err, provision.ErrContended):
		refusal, reason = provision.Busy, contended
	case isFault && f.refusal != "":
		refusal, reason = f.refusal, f.message
	case isFault, wrong, wsdl:
		refusal, reason = provision.InvalidParameter, err.Error()
	default:
		c.Failed("platform request failed", err)
	}
	c.noted(refusal, statuses[refusal], reason)
}

// noted tells the log and the journal why the request was turned away.
func (c *call) noted(refusal provision.Refusal, status provision.Status, reason string) {
	c.Note(slog.String("status", status.StatusCodeEnum))
	c.TurnAway(c.HTTP.Method+" "+c.path(), fmt.Sprintf("%s (%s)", status, refusal), reason)
}
