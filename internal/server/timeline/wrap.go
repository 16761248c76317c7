package timeline

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Wrap remembers what is asked and answered at a door. skip, where it is not nil,
// leaves requests out. Of a nil Keeper it is the handler itself.
func (k *Keeper) Wrap(door string, handler http.Handler, skip func(*http.Request) bool) http.Handler {
	if k == nil {
		return handler
	}
	redact := k.config.Redact[door]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if skip != nil && skip(r) {
			handler.ServeHTTP(w, r)
			return
		}
		began := k.config.Now()
		noted := &notingWriter{ResponseWriter: w, keeps: redact != nil}
		asked := &notedBody{ReadCloser: r.Body}
		if redact != nil && r.Body != nil && r.Body != http.NoBody {
			asked.kept.bytes = make([]byte, 0, min(max(0, r.ContentLength), maxBodyBytes))
			r.Body = asked
		}
		e := &Exchange{Time: began.UTC(), Door: door, Remote: r.RemoteAddr, Method: r.Method, Path: r.URL.Path}
		defer func() {
			e.answered(noted, k.config.Now().Sub(began))
			e.messages = &messages{redact: redact, Raw: Raw{
				RequestHeader: r.Header, ReplyHeader: noted.Header(),
				Request: asked.kept.bytes, Reply: noted.kept.bytes, Whole: !asked.kept.over && !noted.kept.over,
			}}
			k.end(e)
		}()
		handler.ServeHTTP(noted, r)
	})
}

// answered notes what was answered.
func (e *Exchange) answered(w *notingWriter, took time.Duration) {
	e.RequestID, e.HTTP, e.Took = w.Header().Get("Request-Id"), w.status, max(0, took.Seconds())
	if fault, _, is := strings.Cut(w.Header().Get(FaultHeader), ";"); is {
		e.Fault, _ = strconv.Atoi(fault)
	}
}

// limited keeps a body, unless it is too long.
type limited struct {
	bytes []byte // nil where it was too long
	over  bool
}

func (l *limited) note(b []byte) {
	if l.over = l.over || len(l.bytes)+len(b) > maxBodyBytes; l.over {
		l.bytes = nil
		return
	}
	l.bytes = append(l.bytes, b...)
}

// notedBody notes what is read of a request.
type notedBody struct {
	io.ReadCloser
	kept limited
}

func (b *notedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.kept.note(p[:n])
	return n, err
}

// notingWriter notes what is answered.
type notingWriter struct {
	http.ResponseWriter
	keeps  bool
	kept   limited
	status int
}

func (w *notingWriter) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *notingWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if w.keeps {
		w.kept.note(b)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *notingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush serves handlers that ask for an http.Flusher.
func (w *notingWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }
