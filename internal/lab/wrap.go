package lab

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/dsappd/dsappd/internal/server/timeline"
)

// Wrap makes the faults strike what is asked at a door, and notes what is asked
// and answered there.
func (l *Lab) Wrap(door string, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !l.Faults.any() {
			handler.ServeHTTP(w, r)
			return
		}
		l.struck(door, w, r, handler)
	})
}

// struck answers a request while there are faults.
func (l *Lab) struck(door string, w http.ResponseWriter, r *http.Request, handler http.Handler) {
	fault, struck := l.Faults.atDoor(door)
	held := &heldWriter{ResponseWriter: w}
	if !struck || !fault.before() {
		handler.ServeHTTP(held, r)
	}
	if decided, is := l.Faults.taken(w.Header().Get("Request-Id")); is && !struck {
		fault, struck = decided, true
	}
	if struck && !held.passed {
		w.Header().Set(timeline.FaultHeader, fmt.Sprintf("%d; %s", fault.ID, fault.Do))
		fault.answer(held, r)
		return
	}
	held.pass()
}

// answer spoils the reply that is held.
func (f Fault) answer(w *heldWriter, r *http.Request) {
	switch f.Do {
	case DoUnavailable:
		w.status, w.body = http.StatusServiceUnavailable, *bytes.NewBufferString("The service is unavailable: a fault of the lab struck.\n")
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Del("Content-Length")
		w.Header().Set("Retry-After", "1")
	case DoResetBefore, DoResetAfter:
		w.reset()
	case DoTruncate:
		w.truncate()
	case DoDuplicate:
		w.duplicate(r)
		return
	case DoSlow:
		w.slow(r, f.delay())
		return
	case DoDelay:
		wait(r, f.delay())
	}
	w.pass()
}

func (f Fault) delay() time.Duration {
	d, _ := time.ParseDuration(f.Delay) // Add has checked it
	return d
}

// wait returns after a time, or when the peer has left.
func wait(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// heldWriter holds a reply until it is known what becomes of it. A stream, which
// flushes, passes.
type heldWriter struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
	passed bool
}

func (w *heldWriter) WriteHeader(status int) {
	switch {
	case w.passed || status < http.StatusOK:
		w.ResponseWriter.WriteHeader(status)
	case w.status == 0:
		w.status = status
	}
}

func (w *heldWriter) Write(b []byte) (int, error) {
	if w.passed {
		return w.ResponseWriter.Write(b)
	}
	return w.body.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *heldWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush sends what is held, and lets the rest pass.
func (w *heldWriter) Flush() {
	w.pass()
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// pass sends what is held.
func (w *heldWriter) pass() {
	if w.passed {
		return
	}
	w.passed = true
	if w.status != 0 {
		w.ResponseWriter.WriteHeader(w.status)
	}
	if w.body.Len() > 0 {
		_, _ = w.ResponseWriter.Write(w.body.Bytes()) // a peer that left needs no reply
	}
}

// reset ends the connection without a reply; over HTTP/1.1 the peer's system
// sees a reset.
func (w *heldWriter) reset() {
	conn, _, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	var below any = conn
	for {
		if tcp, is := below.(*net.TCPConn); is {
			_ = tcp.SetLinger(0)
			break
		}
		layer, is := below.(interface{ NetConn() net.Conn })
		if !is {
			break
		}
		below = layer.NetConn()
	}
	_ = conn.Close()
	w.passed = true
}

// truncate announces the whole reply and sends half of it.
func (w *heldWriter) truncate() {
	w.Header().Set("Content-Length", strconv.Itoa(w.body.Len()))
	w.body.Truncate(w.body.Len() / 2)
	w.pass()
	_ = http.NewResponseController(w.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// duplicate sends the reply twice and ends the connection. Over HTTP/2, which
// knows no second reply, it is sent once.
func (w *heldWriter) duplicate(r *http.Request) {
	conn, out, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		w.pass()
		return
	}
	w.passed = true
	for range 2 {
		reply := http.Response{
			StatusCode: max(w.status, http.StatusOK), ProtoMajor: 1, ProtoMinor: 1, Request: r,
			Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.body.Bytes())), ContentLength: int64(w.body.Len()),
		}
		_ = reply.Write(out) // a peer that left needs no reply
	}
	_ = out.Flush()
	_ = conn.Close()
}

// slowParts is how many parts a slow reply comes in.
const slowParts = 20

// slow sends the reply a little at a time.
func (w *heldWriter) slow(r *http.Request, over time.Duration) {
	body := bytes.Clone(w.body.Bytes())
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.body.Reset()
	w.pass()
	controller := http.NewResponseController(w.ResponseWriter)
	_ = controller.SetWriteDeadline(time.Now().Add(over + time.Minute))
	for size := max(1, len(body)/slowParts); len(body) > 0 && r.Context().Err() == nil; {
		part := body[:min(size, len(body))]
		body = body[len(part):]
		_, _ = w.ResponseWriter.Write(part)
		_ = controller.Flush()
		if len(body) > 0 {
			wait(r, over/slowParts)
		}
	}
}
