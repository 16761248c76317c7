package platform

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
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
	if err := checkMediaType(c.HTTP.Header.Get("Content-Type")); err != nil {
		return nil, err
	}
	return parseObject(body)
}

// readBody reads the body within the limits, once.
func (c *call) readBody() ([]byte, error) {
	if c.read != nil {
		return c.read, nil
	}
	r := c.HTTP
	if coding := strings.ToLower(r.Header.Get("Content-Encoding")); coding != "" && coding != "identity" {
		return nil, &fault{status: http.StatusUnsupportedMediaType, message: "The request's content coding is not supported: send it plain."}
	}
	// The deadline is the connection's: past the body it would end the
	// request's context. A writer that has none, as in tests, is on no
	// connection.
	controller := http.NewResponseController(c.writer)
	_ = controller.SetReadDeadline(time.Now().Add(c.door.BodyTimeout))
	begun := r.ContentLength <= MaxSize
	err := error(&http.MaxBytesError{Limit: MaxSize})
	var body []byte
	if begun {
		// Without a writer, a body that is too large does not end the connection.
		body, err = io.ReadAll(http.MaxBytesReader(nil, r.Body, MaxSize))
	}
	c.in = len(body)
	if err != nil {
		if !soap.Drain(r, begun) {
			c.writer.Header().Set("Connection", "close") // nobody waits for the rest
		}
		return nil, brokenOff(err)
	}
	_ = controller.SetReadDeadline(time.Time{})
	c.read = body
	return body, nil
}

func brokenOff(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return &fault{status: http.StatusBadRequest, message: "The request's body is larger than 64 KiB (65536 bytes)."}
	}
	if errors.Is(err, syscall.ENOBUFS) {
		return &fault{status: http.StatusServiceUnavailable, refusal: provision.Busy, message: "The server has too many requests at the moment: send this one again soon."}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &fault{status: http.StatusRequestTimeout, message: "The request's body did not arrive in time."}
	}
	return &fault{status: http.StatusBadRequest, message: "The request's body ended too early."}
}

// checkMediaType refuses what is not JSON, which is UTF-8 (RFC 8259, section
// 8.1).
func checkMediaType(contentType string) error {
	media, parameters, err := mime.ParseMediaType(contentType)
	charset := strings.ToLower(parameters["charset"])
	if err != nil || media != jsonType || charset != "" && charset != "utf-8" {
		return &fault{status: http.StatusUnsupportedMediaType, message: "The request's media type is not JSON's: send Content-Type: application/json, in UTF-8."}
	}
	return nil
}
