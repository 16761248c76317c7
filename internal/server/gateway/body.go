package gateway

import (
	"errors"
	"net/http"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/request"
)

// body reads the request's body within the limits.
func (c *call) body() ([]byte, error) {
	body, err := c.Body(c.writer, c.door.BodyTimeout)
	c.in = len(body)
	return body, asFault(err)
}

// asFault answers a body that is not taken in the form of the services.
func asFault(err error) error {
	refused, is := errors.AsType[*request.BodyError](err)
	if !is {
		return err
	}
	f := &fault{status: refused.Status, desc: refused.Words}
	if f.status == http.StatusServiceUnavailable {
		f.refusal = provision.Busy
	}
	return f
}
