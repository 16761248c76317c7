package timeline

import (
	"net/http"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
)

// Exchange tells of a request at a door and what became of it.
type Exchange struct {
	Number    int       `json:"number"` // from 1, in the order of their ends
	RequestID string    `json:"requestID"`
	Time      time.Time `json:"time"` // by the server's clock
	Door      string    `json:"door"`
	Remote    string    `json:"remote"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	HTTP      int       `json:"http"` // status; 0: there was no reply
	Took      float64   `json:"tookSeconds"`
	Fault     int       `json:"fault,omitempty"` // of a lab, that struck it

	// What was decided; empty where nothing was.
	Operation      string `json:"operation,omitempty"`
	Component      string `json:"component,omitempty"`
	User           string `json:"user,omitempty"`
	Domain         string `json:"domain,omitempty"`
	RegistrationID string `json:"registrationID,omitempty"`
	SerialNumber   string `json:"serialNumber,omitempty"`
	Status         string `json:"status,omitempty"` // the true one
	Reason         string `json:"reason,omitempty"`

	// The bodies as XML or JSON without their secrets; empty where they are
	// neither, or were not asked for.
	Request string `json:"request,omitempty"`
	Reply   string `json:"reply,omitempty"`

	// Operator is who gave an order.
	Operator string `json:"-"`

	// Refused says that it was turned down: by the decision or, where there is
	// none, by the status of HTTP.
	Refused bool `json:"-"`

	// Stages are those of the decision; zero where nothing was decided.
	Stages audit.Stages `json:"-"`

	messages *messages
}

// Name returns what tells the exchange from others: its request ID or, where it
// has none, n and its number.
func (e Exchange) Name() string {
	if e.RequestID != "" {
		return e.RequestID
	}
	return numbered(e.Number)
}

// Timing says where the time of a request went, in the order of the parts.
type Timing struct {
	Wait   time.Duration // until its decision began: reading it, and its turn
	Decide time.Duration
	Commit time.Duration
	Reply  time.Duration
}

// Timing returns where the time went; ok is false where nothing was decided.
func (e Exchange) Timing() (t Timing, ok bool) {
	s := e.Stages
	if s.Committed.IsZero() {
		return Timing{}, false
	}
	t = Timing{Wait: s.Began.Sub(e.Time), Decide: s.Decided.Sub(s.Began), Commit: s.Committed.Sub(s.Decided)}
	t.Reply = time.Duration(e.Took*float64(time.Second)) - t.Wait - t.Decide - t.Commit
	for _, part := range []*time.Duration{&t.Wait, &t.Decide, &t.Commit, &t.Reply} {
		*part = max(0, *part)
	}
	return t, true
}

// Raw holds what came in and went out, secrets and all. It is for what takes the
// secrets out itself, as the writer of transcripts does.
type Raw struct {
	RequestHeader, ReplyHeader http.Header
	Request, Reply             []byte
	Whole                      bool // nothing of the bodies was too large to be kept
}

// Raw returns what came in and went out; ok is false where the door's bodies are
// not kept.
func (e Exchange) Raw() (Raw, bool) {
	if e.messages == nil {
		return Raw{}, false
	}
	return e.messages.Raw, e.messages.redact != nil
}

// messages are the bodies of an exchange and, once somebody has asked for them,
// what may be shown of them.
type messages struct {
	Raw
	redact func(body []byte) (string, bool)

	once           sync.Once
	request, reply string
}

// show returns what may be shown.
func (m *messages) show() (request, reply string) {
	m.once.Do(func() {
		if m.redact == nil {
			return
		}
		m.request, _ = m.redact(m.Request)
		m.reply, _ = m.redact(m.Reply)
	})
	return m.request, m.reply
}

// withBodies returns the exchange with what may be shown of its bodies.
func (e Exchange) withBodies() Exchange {
	if e.messages != nil {
		e.Request, e.Reply = e.messages.show()
	}
	return e
}
