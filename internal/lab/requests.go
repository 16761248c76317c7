package lab

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
)

// The bounds of what is remembered.
const (
	maxRequests     = 5000
	maxRequestBytes = 64 << 20
	maxBodyBytes    = 64 << 10 // of one body; what is longer is not kept
)

// Exchange is a request at a door and what became of it.
type Exchange struct {
	Number    int       `json:"number"` // from 1, in the order of their ends
	RequestID string    `json:"requestID"`
	Time      time.Time `json:"time"` // of the lab
	Door      string    `json:"door"`
	Remote    string    `json:"remote"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	HTTP      int       `json:"http"` // status; 0: there was no reply
	Took      float64   `json:"tookSeconds"`
	Fault     int       `json:"fault,omitempty"` // that struck it

	// What was decided; empty where nothing was.
	Operation      string `json:"operation,omitempty"`
	Component      string `json:"component,omitempty"`
	User           string `json:"user,omitempty"`
	Domain         string `json:"domain,omitempty"`
	RegistrationID string `json:"registrationID,omitempty"`
	SerialNumber   string `json:"serialNumber,omitempty"`
	Status         string `json:"status,omitempty"` // the true one
	Reason         string `json:"reason,omitempty"`

	// The bodies as XML without their secrets; empty where they are no SOAP.
	Request string `json:"request,omitempty"`
	Reply   string `json:"reply,omitempty"`

	began   time.Time
	in, out limited
}

func (e *Exchange) size() int {
	return 512 + len(e.Request) + len(e.Reply) + len(e.Reason) + len(e.Path)
}

// Requests remembers the last exchanges. It may be used by many at once.
type Requests struct {
	// Redact returns a body without its secrets, and false for what is no SOAP.
	Redact func([]byte) (string, bool)

	mu      sync.Mutex
	kept    []*Exchange
	bytes   int
	last    int                    // number
	decided map[string]audit.Event // of requests under way
	came    chan struct{}          // closed when the next one comes; nil: nobody waits
}

// begin notes what is asked.
func (l *Requests) begin(door string, now time.Time, r *http.Request) *Exchange {
	e := &Exchange{Time: now.UTC(), Door: door, Remote: r.RemoteAddr, Method: r.Method, Path: r.URL.Path, began: now}
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = &notedBody{r.Body, &e.in}
	}
	return e
}

// Observe is told each decision when it is made.
func (l *Requests) Observe(event audit.Event) {
	if event.Address == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.decided == nil {
		l.decided = make(map[string]audit.Event)
	}
	l.decided[event.RequestID] = event
}

// end notes what was answered.
func (l *Requests) end(e *Exchange, w *notingWriter, now time.Time) {
	e.RequestID, e.HTTP, e.Took = w.Header().Get("Request-Id"), w.status, max(0, now.Sub(e.began).Seconds())
	if strings.Contains(w.Header().Get("Content-Type"), "xml") {
		e.Request, e.Reply = l.redacted(&e.in), l.redacted(&e.out)
	}
	e.in, e.out = limited{}, limited{}
	l.mu.Lock()
	defer l.mu.Unlock()
	if event, is := l.decided[e.RequestID]; is {
		e.Operation, e.Component, e.User, e.Domain = event.Operation, event.ComponentType, event.UserID, event.Domain
		e.RegistrationID, e.SerialNumber, e.Status, e.Reason = event.RegistrationID, event.SerialNumber, event.Status.StatusCodeEnum, event.Reason
		delete(l.decided, e.RequestID)
	}
	l.last++
	e.Number = l.last
	l.kept = append(l.kept, e)
	l.bytes += e.size()
	for len(l.kept) > maxRequests || l.bytes > maxRequestBytes {
		l.bytes -= l.kept[0].size()
		l.kept[0] = nil
		l.kept = l.kept[1:]
	}
	if l.came != nil {
		close(l.came)
		l.came = nil
	}
}

func (l *Requests) redacted(body *limited) string {
	if body.over || l.Redact == nil {
		return ""
	}
	shown, _ := l.Redact(body.Bytes())
	return shown
}

// Filter says which requests are meant. What is empty fits every request.
type Filter struct {
	After                                                  int // a number
	Door, Operation, Component, User, Status, Registration string
}

func (f Filter) fits(e *Exchange) bool {
	given := func(want, got string) bool { return want == "" || want == got }
	return e.Number > f.After && given(f.Door, e.Door) && given(f.Operation, e.Operation) && given(f.Component, e.Component) &&
		given(f.User, e.User) && given(f.Status, e.Status) && given(f.Registration, e.RegistrationID)
}

// Find returns the requests that fit, the oldest first, and waits until there is
// one or ctx ends.
func (l *Requests) Find(ctx context.Context, f Filter) []Exchange {
	for {
		l.mu.Lock()
		found := []Exchange{}
		for _, e := range l.kept {
			if f.fits(e) {
				found = append(found, *e)
			}
		}
		if l.came == nil {
			l.came = make(chan struct{})
		}
		came := l.came
		l.mu.Unlock()
		if len(found) > 0 {
			return found
		}
		select {
		case <-came:
		case <-ctx.Done():
			return found
		}
	}
}

// Clear forgets the requests.
func (l *Requests) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept, l.bytes = nil, 0
}

// limited keeps the beginning of a body.
type limited struct {
	bytes.Buffer
	over bool
}

func (l *limited) note(b []byte) {
	if l.over = l.over || l.Len()+len(b) > maxBodyBytes; !l.over {
		l.Write(b)
	}
}

// notedBody notes what is read of a request.
type notedBody struct {
	io.ReadCloser
	to *limited
}

func (b *notedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.to.note(p[:n])
	return n, err
}

// notingWriter notes what is answered.
type notingWriter struct {
	http.ResponseWriter
	exchange *Exchange
	status   int
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
	w.exchange.out.note(b)
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *notingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush is for handlers that ask for an http.Flusher.
func (w *notingWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }
