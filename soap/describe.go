package soap

import (
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
)

// page is for a person who opens the endpoint in a browser.
const page = `<!DOCTYPE html>
<html lang="en"><title>SOAP endpoint</title>
<p>This is a SOAP 1.1 endpoint: it answers envelopes sent by POST with Content-Type text/xml.</p>
<p>Its description, which SOAP tools read, is the <a href="?wsdl">WSDL</a>.</p>
</html>
`

// describe answers a GET or HEAD.
func (e *exchange) describe() {
	if fault := e.fault(e.admit()); fault != nil {
		e.words(fault.status(), fault)
		return
	}
	w := counted{ResponseWriter: e.writer, status: http.StatusOK}
	if e.handler.Describe != nil && e.handler.Describe(&w, e.request) {
		e.sent = w.sent
		e.log(w.status, w.refusal())
		return
	}
	e.writer.Header().Set("Link", `<?wsdl>; rel="describedby"; type="text/xml"`)
	e.writer.Header().Set("Content-Type", "text/html; charset=utf-8")
	e.plain(http.StatusOK, page, nil)
}

// counted notes what is answered, for the log.
type counted struct {
	http.ResponseWriter
	status, sent int
	begin        []byte // of the words of a refusal
}

// refusal returns what a description's refusal says, nil if it is none.
func (w *counted) refusal() *Fault {
	if w.status < http.StatusBadRequest {
		return nil
	}
	return clientFault(NoDescription, strings.TrimSpace(string(w.begin)))
}

// maxWords bounds what is kept of a refusal's words, in bytes.
const maxWords = 512

func (w *counted) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *counted) Write(text []byte) (int, error) {
	if w.status >= http.StatusBadRequest {
		w.begin = append(w.begin, text[:min(len(text), maxWords-len(w.begin))]...)
	}
	n, err := w.ResponseWriter.Write(text)
	w.sent += n
	return n, err
}

// words answers in plain text with a fault, to who does not send SOAP.
func (e *exchange) words(status int, fault *Fault) {
	e.writer.Header().Set("Content-Type", "text/plain; charset=utf-8")
	e.plain(status, fault.Words()+"\n", fault)
}

func (e *exchange) plain(status int, text string, fault *Fault) {
	e.writer.Header().Set("Content-Length", strconv.Itoa(len(text)))
	e.writer.WriteHeader(status)
	e.sent, _ = io.WriteString(e.writer, text) // a peer that went away needs no answer
	e.log(status, fault)
}

// log writes the request's one line.
func (e *exchange) log(status int, fault *Fault) {
	if e.request.Method == http.MethodHead {
		e.sent = 0 // its body was not sent
	}
	attrs := append(e.scratch.attrs[:0],
		slog.String("request_id", e.id),
		slog.String("remote", e.request.RemoteAddr),
		slog.String("method", e.request.Method),
		slog.Int("http_status", status),
		slog.Int("bytes_in", len(e.in)),
		slog.Int("bytes_out", e.sent),
		slog.Duration("took", e.handler.Now().Sub(e.started)))
	if state := e.request.TLS; state != nil && len(state.PeerCertificates) > 0 {
		attrs = append(attrs, slog.String("client_certificate", state.PeerCertificates[0].Subject.String()))
	}
	if e.called.operation != "" {
		attrs = append(attrs, slog.String("operation", e.called.operation[:min(len(e.called.operation), maxName)]))
	}
	if fault != nil && e.handler.TurnedAway != nil {
		e.handler.TurnedAway(e.request, e.id, status, fault)
	}
	if fault != nil {
		attrs = append(attrs, slog.String("fault", string(fault.Reason)), slog.String("reason", fault.Words()))
	}
	if e.called.reader != nil && len(e.called.reader.ignored) > 0 {
		attrs = append(attrs, slog.Any("ignored", e.called.reader.ignored))
	}
	attrs = append(attrs, e.called.attrs...)
	e.scratch.attrs, e.scratch.noted = attrs, e.called.attrs
	e.handler.Log.LogAttrs(e.request.Context(), slog.LevelInfo, "request", attrs...)
}

// trace writes the request and the reply for a person to read.
func (e *exchange) trace(status int, reply []byte) {
	t := e.handler.Trace
	if e.in != nil {
		t.message("> "+e.id+" "+e.request.RemoteAddr, e.in)
	}
	t.message("< "+e.id+" "+strconv.Itoa(status), reply)
}
