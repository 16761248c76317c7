package admin

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// Error is a refusal as operators see it, in JSON and in Go.
type Error struct {
	Refusal        provision.Refusal `json:"refusal"`
	StatusCode     int               `json:"statusCode"`
	StatusCodeEnum string            `json:"statusCodeEnum"`
	Desc           string            `json:"errorDesc"`

	// Uncertain says that it is not known whether the order was carried out.
	Uncertain bool `json:"uncertain,omitempty"`
}

// ErrUncertain means that it is not known whether an order was carried out: its
// commit failed halfway, or the server went away before it answered.
var ErrUncertain = errors.New("it is not known whether this was carried out")

// Is makes an uncertain Error match ErrUncertain.
func (e *Error) Is(target error) bool { return target == ErrUncertain && e.Uncertain }

func (e *Error) Error() string { return fmt.Sprintf("%s (%s)", e.Desc, e.StatusCodeEnum) }

type errorBody struct {
	Error *Error `json:"error"`
}

// malformedError is a request that does not reach the Service.
type malformedError string

func (e malformedError) Error() string { return string(e) }

func malformed(desc string) error { return malformedError(desc) }

// foreseen reports whether the words of an error are for operators.
func foreseen(err error) bool {
	_, refused := errors.AsType[*provision.Error](err)
	_, unread := errors.AsType[malformedError](err)
	return refused || unread || errors.Is(err, provision.ErrContended)
}

// shown returns an error in the words that leave the server.
func (d *Door) shown(err error) *Error {
	refusal, refused := errors.AsType[*provision.Error](err)
	_, unread := errors.AsType[malformedError](err)
	switch {
	case refused:
		return newError(refusal.Refusal, refusal.Status, refusal.Desc)
	case unread:
		return newError(provision.InvalidParameter, d.Service.Statuses[provision.InvalidParameter], err.Error())
	case errors.Is(err, provision.ErrContended):
		return newError(provision.Busy, d.Service.Statuses[provision.Busy], "Others kept changing the same records: try again.")
	}
	if errors.Is(err, store.ErrUncertain) {
		uncertain := newError(provision.Unforeseen, d.Service.Statuses[provision.Unforeseen],
			"It is uncertain whether this was carried out: writing it failed halfway. Look before you try again. The server's log says what failed, under this request's Request-Id.")
		uncertain.Uncertain = true
		return uncertain
	}
	return newError(provision.Unforeseen, d.Service.Statuses[provision.Unforeseen],
		"Something unforeseen went wrong, and nothing was changed: the server's log says what, under this request's Request-Id.")
}

func newError(refusal provision.Refusal, status provision.Status, desc string) *Error {
	return &Error{Refusal: refusal, StatusCode: status.StatusCode, StatusCodeEnum: status.StatusCodeEnum, Desc: desc}
}

func (e *Error) httpStatus() int {
	switch e.Refusal {
	case provision.InvalidParameter:
		return http.StatusBadRequest
	case provision.NotFound:
		return http.StatusNotFound
	case provision.Busy:
		return http.StatusServiceUnavailable
	case provision.Unforeseen:
		return http.StatusInternalServerError
	}
	return http.StatusConflict
}

// IsRefusal reports whether an error is the refusal of an order, and not the
// failure to give it.
func IsRefusal(err error) bool {
	refused, is := errors.AsType[*Error](err)
	return is && !refused.Uncertain && refused.Refusal != provision.Unforeseen
}
