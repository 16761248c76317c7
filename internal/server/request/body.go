package request

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/dsappd/dsappd/soap"
)

// MaxBody is the most bytes of a body.
const MaxBody = 64 << 10

// BodyError says why a body was not taken.
type BodyError struct {
	Status int    // of HTTP
	Words  string // what is wrong and how to mend it, in constant words
}

func (e *BodyError) Error() string { return e.Words }

// Body reads the request's body, plain and of at most MaxBody bytes, within a
// time. It returns what there is of a body that it does not take. The error is a
// BodyError.
func (q *Request) Body(w http.ResponseWriter, within time.Duration) ([]byte, error) {
	r := q.HTTP
	if coding := strings.ToLower(r.Header.Get("Content-Encoding")); coding != "" && coding != "identity" {
		return nil, &BodyError{http.StatusUnsupportedMediaType, "The request's content coding is not supported: send it plain."}
	}
	// The deadline is the connection's: past the body it would end the
	// request's context. A writer that has none, as in tests, is on no
	// connection.
	controller := http.NewResponseController(w)
	_ = controller.SetReadDeadline(time.Now().Add(within))
	begun := r.ContentLength <= MaxBody
	err := error(&http.MaxBytesError{Limit: MaxBody})
	var body []byte
	if begun {
		// Without a writer, a body that is too large does not end the connection.
		body, err = io.ReadAll(http.MaxBytesReader(nil, r.Body, MaxBody))
	}
	if err != nil {
		if !soap.Drain(r, begun) {
			w.Header().Set("Connection", "close") // nobody waits for the rest
		}
		return body, brokenOff(err)
	}
	_ = controller.SetReadDeadline(time.Time{})
	return body, nil
}

func brokenOff(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return &BodyError{http.StatusRequestEntityTooLarge, "The request's body is larger than 64 KiB (65536 bytes)."}
	}
	if errors.Is(err, syscall.ENOBUFS) {
		return &BodyError{http.StatusServiceUnavailable, "The server has too many requests at the moment: send this one again soon."}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &BodyError{http.StatusRequestTimeout, "The request's body did not arrive in time."}
	}
	return &BodyError{http.StatusBadRequest, "The request's body ended too early."}
}

// CheckJSON refuses a media type that is not JSON's, which is UTF-8 (RFC 8259,
// section 8.1). The error is a BodyError.
func (q *Request) CheckJSON() error {
	media, parameters, err := mime.ParseMediaType(q.HTTP.Header.Get("Content-Type"))
	charset := strings.ToLower(parameters["charset"])
	if err != nil || media != "application/json" || charset != "" && charset != "utf-8" {
		return &BodyError{http.StatusUnsupportedMediaType, "The request's media type is not JSON's: send Content-Type: application/json, in UTF-8."}
	}
	return nil
}
