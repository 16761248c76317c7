package platform

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
	"github.com/dsappd/dsappd/internal/server/directory"
	"github.com/dsappd/dsappd/internal/server/forwarded"
	"github.com/dsappd/dsappd/internal/server/journal"
	"github.com/dsappd/dsappd/internal/server/request"
)

// Config holds what the door is made of. Fields are required unless they say
// otherwise.
type Config struct {
	Service *provision.Service
	Log     *slog.Logger

	// ComponentType names a component at 0.0.0.0, whose policy governs what is
	// registered here.
	ComponentType string

	Directory *directory.Directory // names the server's other doors; optional
	Journal   *journal.Journal     // remembers what is turned away; optional

	BodyTimeout time.Duration // for a request's body to arrive; 0: 10 seconds

	// Proxies are trusted to say, by X-Forwarded-For, for whom they speak.
	Proxies []netip.Prefix

	// Hosts are the names, beside localhost, by which a loopback address may be
	// asked without TLS.
	Hosts []string
}

// Handler is the door. Close ends the answers that wait.
type Handler struct {
	Config
	frame   *request.Frame
	proxies forwarded.Proxies
	guard   *browser.Guard
	ending  chan struct{}
	waits   waits
	once    sync.Once
}

// NewHandler returns the door.
func NewHandler(c Config) *Handler {
	if c.BodyTimeout == 0 {
		c.BodyTimeout = 10 * time.Second
	}
	return &Handler{
		Config: c, proxies: c.Proxies, guard: browser.New(c.Hosts, c.Proxies), ending: make(chan struct{}), waits: waits{service: c.Service},
		frame: &request.Frame{Door: "platform", Log: c.Log, Journal: c.Journal, Rand: c.Service.Rand, Now: c.Service.Now},
	}
}

// Close makes every waiting answer go out at once. It may be called more than
// once.
func (h *Handler) Close() { h.once.Do(func() { close(h.ending) }) }

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, err := h.frame.Begin(w, r)
	c := &call{Request: q, door: h, writer: w, refine: func(err error) error { return err }}
	if err == nil {
		w.Header().Set(correlation, q.ID)
		err = q.Do(c.answer)
	}
	if err != nil {
		c.refuse(err)
	}
	c.send()
	c.log()
}
