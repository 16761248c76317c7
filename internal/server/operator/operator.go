package operator

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
	"github.com/dsappd/dsappd/internal/server/forwarded"
	"github.com/dsappd/dsappd/internal/server/journal"
	"github.com/dsappd/dsappd/internal/server/request"
	"github.com/dsappd/dsappd/internal/server/timeline"
	"github.com/dsappd/dsappd/internal/server/watch"
)

// Config says what the console is made of. Fields are required unless they say
// otherwise.
type Config struct {
	Service  *provision.Service
	Log      *slog.Logger
	Requests *timeline.Keeper
	Journal  *journal.Journal // of what is turned away; optional
	Lab      *lab.Lab         // its controls; nil: the server is no lab
	Health   watch.Health

	// URL returns where a door answers, by its name; empty: nowhere.
	URL func(door string) string

	// Stylesheet is that of the self-management page.
	Stylesheet []byte

	// Proxies, Hosts and SecureCookies are as the self-management page has them.
	Proxies       forwarded.Proxies
	Hosts         []string
	SecureCookies bool

	// Now is the clock of sign-ins: the system's in a lab too, whose own would sign
	// out who moves it. nil: the Service's.
	Now func() time.Time

	// Idle and Absolute bound a sign-in: between two requests, and in all. Zero:
	// an hour, and twelve.
	Idle, Absolute time.Duration

	// Heartbeat is for how long a stream is silent at most; zero: 15 seconds.
	Heartbeat time.Duration
}

// The bounds of what operators may hold.
const (
	maxSessions     = 1000
	maxSessionsEach = 20
	maxStreams      = 64
)

// Handler serves the console.
type Handler struct {
	Config
	frame    *request.Frame
	mux      *http.ServeMux
	guard    *browser.Guard
	pages    browser.Pages
	forms    browser.Forms
	sessions *browser.Sessions[*session]
	invites  *invites
	streams  *browser.Streams
}

// New makes the console.
func New(c Config) (*Handler, error) {
	c.Idle, c.Absolute = cmp.Or(c.Idle, time.Hour), cmp.Or(c.Absolute, 12*time.Hour)
	c.Heartbeat = cmp.Or(c.Heartbeat, 15*time.Second)
	if c.Now == nil {
		c.Now = c.Service.Now
	}
	pages, err := newPages()
	if err != nil {
		return nil, err
	}
	forms, err := browser.NewForms(c.Service.Rand)
	if err != nil {
		return nil, err
	}
	h := &Handler{
		Config: c, mux: http.NewServeMux(), guard: browser.New(c.Hosts, c.Proxies), pages: pages, forms: forms,
		frame: &request.Frame{Door: "operator", Log: c.Log, Journal: c.Journal, Rand: c.Service.Rand, Now: c.Service.Now},
		sessions: &browser.Sessions[*session]{
			Idle: c.Idle, Absolute: c.Absolute, Most: maxSessions, MostEach: maxSessionsEach,
			Same: func(a, b *session) bool { return a.viewer.name == b.viewer.name },
		},
		invites: newInvites(), streams: browser.NewStreams(maxStreams, maxStreams),
	}
	h.route()
	return h, nil
}

// With makes the console by another configuration, for those who are signed in to
// this one too.
func (h *Handler) With(c Config) (*Handler, error) {
	next, err := New(c)
	if err != nil {
		return nil, err
	}
	next.forms, next.sessions, next.invites, next.streams = h.forms, h.sessions, h.invites, h.streams
	return next, nil
}

// Close ends the streams, which would else last as long as their browsers
// follow, and lets no other begin.
func (h *Handler) Close() { h.streams.Close() }

// Invite returns the secret of a link that signs in whoever follows it, once.
func (h *Handler) Invite() (string, error) { return h.invites.draw(h.Service.Rand) }

// route is the table of all that is answered.
func (h *Handler) route() {
	h.handle("GET /{$}", (*exchange).home)
	h.handle("GET /sign-in", (*exchange).showSignIn)
	h.handle("POST /sign-in/link", (*exchange).signInByLink)
	h.handle("POST /sign-in/key", (*exchange).signInByKey)
	h.handle("POST /sign-in/administrator", (*exchange).signInAsAdministrator)
	h.handle("POST /sign-out", (*exchange).signOut)

	h.handle("GET /requests", signedIn((*exchange).requests))
	h.handle("GET /requests/events", (*exchange).follow)
	h.handle("GET /requests/{name}", signedIn((*exchange).request))
	h.handle("GET /requests/{name}/transcript", signedIn((*exchange).transcript))

	h.handle("GET /registrations", signedIn((*exchange).registrations))
	h.handle("GET /registrations/{id}", signedIn((*exchange).registration))
	h.handle("GET /registrations/{id}/transcript", signedIn((*exchange).flow))
	h.handle("GET /users", signedIn((*exchange).users))
	h.handle("GET /users/{domain}/{userID}", signedIn((*exchange).user))
	h.handle("GET /authenticators", signedIn((*exchange).authenticators))
	h.handle("GET /authenticators/{serial}", signedIn((*exchange).authenticator))
	h.handle("GET /domains", signedIn((*exchange).domains))
	h.handle("GET /components", signedIn((*exchange).components))
	h.handle("GET /policies", signedIn((*exchange).policies))
	h.handle("GET /policies/{name}", signedIn((*exchange).policy))
	h.handle("GET /keys", signedIn((*exchange).keys))
	h.handle("GET /sessions", signedIn((*exchange).adminSessions))
	h.handle("GET /search", signedIn((*exchange).search))
	h.handle("GET /do/{noun}/{verb}", signedIn((*exchange).confirm))
	h.handle("POST /do/{noun}/{verb}", signedIn((*exchange).carryOut))

	h.handle("GET /lab", signedIn((*exchange).lab))
	h.handle("POST /lab/clock", signedIn((*exchange).moveClock))
	h.handle("POST /lab/faults", signedIn((*exchange).addFault))
	h.handle("POST /lab/faults/clear", signedIn((*exchange).clearFaults))
	h.handle("POST /lab/reset", signedIn((*exchange).resetLab))

	h.handle("GET /console.css", (*exchange).shared)
	h.handle("GET /operator.css", asset("text/css; charset=utf-8"))
	h.handle("GET /operator.js", asset("text/javascript; charset=utf-8"))
	h.handle("/", (*exchange).nothingHere)
	h.Health.Register(h.mux)
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	browser.Protect(w.Header())
	h.mux.ServeHTTP(w, r)
}
