package soap

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// maxDrained bounds what is read of a body after its refusal, in bytes. Java
// and .NET read an answer only when they have sent all of the request.
const maxDrained = 8 * MaxSize

// readBody reads the request's body, unpacked, within the limits, and the
// charset of its media type. A request that is refused already is only
// drained.
func (e *exchange) readBody(refused *Fault) (body []byte, charset string, fault *Fault) {
	r, limit := e.request, e.maxSize()
	fault = refused
	if fault == nil && r.ContentLength == 0 && r.Header.Get("Content-Length") == "" {
		return nil, "", withStatus(http.StatusLengthRequired, clientFault(LengthRequired, "The request has no body: send a Content-Length, or the body in chunks."))
	}
	// The deadline is the connection's: past the body it would end the
	// request's context. A writer that has none, as in tests, is on no
	// connection.
	controller := http.NewResponseController(e.writer)
	_ = controller.SetReadDeadline(time.Now().Add(e.handler.BodyTimeout))
	if fault == nil {
		charset, fault = mediaType(r.Header.Get("Content-Type"))
	}
	coding, known := contentCoding(r)
	switch {
	case fault != nil:
	case !known:
		fault = withStatus(http.StatusUnsupportedMediaType, clientFault(UnsupportedContentCoding, "The request's content coding is not supported: send it plain, or in gzip or deflate."))
	case r.ContentLength > int64(limit):
		fault = tooLarge(limit)
	}
	begun := fault == nil
	if begun {
		body, fault = readAll(e.scratch.body[:0], r.Body, limit)
		e.scratch.body = body
	}
	if fault == nil || Drain(r, begun) {
		_ = controller.SetReadDeadline(time.Time{})
	} else {
		e.writer.Header().Set("Connection", "close")
	}
	if fault == nil && (coding != "" || len(body) > freeSize) {
		fault = e.costly()
	}
	if fault == nil && coding != "" {
		body, fault = unpack(body, coding, limit)
	}
	return body, charset, fault
}

// contentCoding returns how a body is packed, "" for not at all, and whether
// that is known here.
func contentCoding(r *http.Request) (coding string, known bool) {
	switch coding = strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); coding {
	case "", "identity":
		return "", true
	case "gzip", "x-gzip", "deflate":
		return coding, true
	}
	return coding, false
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

// usualTypes are what most clients send, and its charset.
var usualTypes = map[string]string{
	"text/xml": "", "text/xml; charset=utf-8": "utf-8", "text/xml;charset=utf-8": "utf-8", "text/xml; charset=UTF-8": "UTF-8", "text/xml;charset=UTF-8": "UTF-8",
}

// mediaType accepts the types that SOAP 1.1 messages come in. One of SOAP 1.2
// is read too: its envelope gets the fault that the specifications foresee.
func mediaType(header string) (charset string, fault *Fault) {
	if charset, usual := usualTypes[header]; usual {
		return charset, nil
	}
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

// tooLarge returns a fault of HTTP status 500: Java and .NET read none of 413.
func tooLarge(limit int) *Fault {
	size := strconv.Itoa(limit) + " bytes"
	if limit%1024 == 0 {
		size = strconv.Itoa(limit>>10) + " KiB (" + size + ")"
	}
	return clientFault(TooLarge, "The message is larger than "+size+".")
}

// tooBusy returns a fault for a request that is not looked at.
func tooBusy() *Fault {
	return withStatus(http.StatusServiceUnavailable, &Fault{Code: CodeServer, Reason: TooBusy, String: "The server has too many requests at the moment: send this one again soon."})
}

// readAll reads a body as it comes and appends it to dst, which is empty. What is
// read of one that is too large is one byte more than it may have.
func readAll(dst []byte, from io.Reader, limit int) ([]byte, *Fault) {
	var err error
	for err == nil && len(dst) <= limit {
		if len(dst) == cap(dst) {
			dst = slices.Grow(dst, min(max(len(dst), bytes.MinRead), limit+1-len(dst)))
		}
		var n int
		n, err = from.Read(dst[len(dst):min(cap(dst), limit+1)])
		dst = dst[:len(dst)+n]
	}
	switch {
	case len(dst) > limit:
		return nil, tooLarge(limit)
	case errors.Is(err, io.EOF):
		return dst, nil
	case errors.Is(err, syscall.ENOBUFS):
		return nil, tooBusy()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, withStatus(http.StatusRequestTimeout, clientFault(TooSlow, "The request's body did not arrive in time."))
	}
	return nil, withStatus(http.StatusBadRequest, clientFault(Incomplete, "The request's body ended too early."))
}

// maxRatio is how many times its size a body may unpack to, beyond the size
// that is read at once.
const maxRatio = 100

// unpack unpacks a body of a content coding.
func unpack(packed []byte, coding string, limit int) ([]byte, *Fault) {
	most := min(limit, freeSize+maxRatio*len(packed))
	var plain io.Reader
	var err error
	if coding == "deflate" {
		plain, err = zlib.NewReader(bytes.NewReader(packed))
	} else {
		plain, err = gzip.NewReader(bytes.NewReader(packed))
	}
	var body []byte
	if err == nil {
		body, err = io.ReadAll(io.LimitReader(plain, int64(most)+1))
	}
	switch {
	case err != nil:
		return nil, withStatus(http.StatusBadRequest, clientFault(WrongContentCoding, "The request's body is not in the content coding that its header names."))
	case len(body) > limit:
		return nil, tooLarge(limit)
	case len(body) > most:
		return nil, clientFault(TooDense, "The request's body unpacks to more than "+strconv.Itoa(maxRatio)+" times its size: send it plain.")
	}
	return body, nil
}
