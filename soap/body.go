package soap

import (
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"
)

// maxDrained bounds what is read of a body after its refusal, in bytes. Java
// and .NET read an answer only when they have sent all of the request.
const maxDrained = 8 * MaxSize

// readBody reads a request's body, unpacked, within the limits, and the
// charset of its media type. A request that is refused already is only
// drained.
func readBody(w http.ResponseWriter, r *http.Request, refused *Fault, timeout time.Duration) (body []byte, charset string, fault *Fault) {
	fault = refused
	if fault == nil && r.ContentLength == 0 && r.Header.Get("Content-Length") == "" {
		return nil, "", withStatus(http.StatusLengthRequired, clientFault(LengthRequired, "The request has no body: send a Content-Length, or the body in chunks."))
	}
	// The deadline is the connection's: past the body it would end the
	// request's context. A writer that has none, as in tests, is on no
	// connection.
	controller := http.NewResponseController(w)
	_ = controller.SetReadDeadline(time.Now().Add(timeout))
	if fault == nil {
		charset, fault = mediaType(r.Header.Get("Content-Type"))
	}
	if fault == nil && r.ContentLength > MaxSize {
		fault = tooLarge()
	}
	begun := fault == nil
	if begun {
		// Without a writer, a body that is too large does not end the connection.
		packed := http.MaxBytesReader(nil, r.Body, MaxSize)
		body, fault = readUnpacked(packed, strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))))
	}
	if fault == nil || Drain(r, begun) {
		_ = controller.SetReadDeadline(time.Time{})
	} else {
		w.Header().Set("Connection", "close")
	}
	return body, charset, fault
}

// Drain reads what is left of a refused body, so that its sender comes to
// read the answer, and reports whether it was all. begun says that some of it
// was read. A sender that waits for leave to begin gets the answer instead,
// and one that sends far too much is cut off.
func Drain(r *http.Request, begun bool) bool {
	if !begun && r.Header.Get("Expect") != "" {
		return false
	}
	if body, counts := r.Body.(interface{ Discard() }); counts {
		body.Discard()
	}
	drained, err := io.Copy(io.Discard, io.LimitReader(r.Body, maxDrained))
	return err == nil && drained < maxDrained
}

// mediaType accepts the types that SOAP 1.1 messages come in. One of SOAP 1.2
// is read too: its envelope gets the fault that the specifications foresee.
func mediaType(header string) (charset string, fault *Fault) {
	if header == "" {
		return "", withStatus(http.StatusUnsupportedMediaType, clientFault(UnsupportedMediaType, "The request has no Content-Type: send Content-Type: text/xml; charset=utf-8."))
	}
	media, parameters, err := mime.ParseMediaType(header)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		media = ""
	}
	switch media {
	case "text/xml", "application/xml", "application/soap+xml":
		return strings.Trim(parameters["charset"], `'" `), nil
	}
	return "", withStatus(http.StatusUnsupportedMediaType, clientFault(UnsupportedMediaType, "The request's media type is not SOAP 1.1's: send Content-Type: text/xml; charset=utf-8."))
}

func withStatus(status int, f *Fault) *Fault {
	f.Status = status
	return f
}

// tooLarge is a fault of HTTP status 500: Java and .NET read none of 413.
func tooLarge() *Fault {
	return clientFault(TooLarge, "The message is larger than 1 MiB (1048576 bytes).")
}

// readUnpacked reads a body of a content coding.
func readUnpacked(packed io.Reader, coding string) ([]byte, *Fault) {
	plain := packed
	var err error
	switch coding {
	case "", "identity":
	case "gzip", "x-gzip":
		plain, err = gzip.NewReader(packed)
	case "deflate":
		plain, err = zlib.NewReader(packed)
	default:
		return nil, withStatus(http.StatusUnsupportedMediaType, clientFault(UnsupportedContentCoding, "The request's content coding is not supported: send it plain, or in gzip or deflate."))
	}
	if err != nil {
		return nil, brokenOff(err, coding)
	}
	body, err := io.ReadAll(io.LimitReader(plain, MaxSize+1))
	if err != nil {
		return nil, brokenOff(err, coding)
	}
	if len(body) > MaxSize {
		return nil, tooLarge()
	}
	return body, nil
}

func brokenOff(err error, coding string) *Fault {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return tooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return withStatus(http.StatusRequestTimeout, clientFault(TooSlow, "The request's body did not arrive in time."))
	case coding != "" && coding != "identity":
		return withStatus(http.StatusBadRequest, clientFault(WrongContentCoding, "The request's body is not in the content coding that its header names."))
	}
	return withStatus(http.StatusBadRequest, clientFault(Incomplete, "The request's body ended too early."))
}
