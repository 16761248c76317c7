package platform

import (
	"errors"
	"net/http"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/request"
)

// object reads the request's body as an object. One that is empty is an empty
// object.
func (c *call) object() (*object, error) {
	body, err := c.readBody()
	if err != nil {
		return nil, err
	}
	if len(body) == 0 {
		return &object{wrong: new([]string)}, nil
	}
	if err := c.CheckJSON(); err != nil {
		return nil, asFault(err)
	}
	return parseObject(body)
}

// readBody reads the body within the limits, once.
func (c *call) readBody() ([]byte, error) {
	if c.read != nil {
		return c.read, nil
	}
	body, err := c.Body(c.writer, c.door.BodyTimeout)
	c.in = len(body)
	if err != nil {
		return nil, asFault(err)
	}
	c.read = body
	return body, nil
}

// asFault answers a body that is not taken in the form of the API, in which one
// that is too large is as wrong as any other.
func asFault(err error) error {
	refused, is := errors.AsType[*request.BodyError](err)
	if !is {
		return err
	}
	f := &fault{status: refused.Status, message: refused.Words}
	switch f.status {
	case http.StatusServiceUnavailable:
		f.refusal = provision.Busy
	case http.StatusRequestEntityTooLarge:
		f.status = http.StatusBadRequest
	}
	return f
}
