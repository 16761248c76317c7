package console

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
	"github.com/dsappd/dsappd/internal/server/directory"
	"github.com/dsappd/dsappd/internal/server/forwarded"
	"github.com/dsappd/dsappd/internal/server/journal"
	"github.com/dsappd/dsappd/internal/server/request"
)

// Config is what the page is made of. Fields are required unless they say
// otherwise.
type Config struct {
	Service *provision.Service
	Log     *slog.Logger

	// ComponentType is the one that users register by, at the server's own
	// door.
	ComponentType string

	// Name is what the page calls itself; optional.
	Name string

	// Logo stands before the name; optional.
	Logo *Logo

	// AppLink opens the app on the phone that shows the page; optional.
	AppLink AppLink

	// Proxies are the peers that are asked, by X-Forwarded-For, for whom they
	// speak; without them the header is not read.
	Proxies forwarded.Proxies

	// Hosts are the names, beside localhost, by which a loopback address may
	// be asked without TLS.
	Hosts []string

	// SecureCookies says that browsers come over TLS although requests do not:
	// a proxy stands between.
	SecureCookies bool

	// Directory names the server's other doors; optional.
	Directory *directory.Directory

	// Journal remembers what is turned away; optional.
	Journal *journal.Journal

	// Limits bound what users may hold; a member that is zero is that of
	// DefaultLimits.
	Limits Limits
}

// DefaultName is what a page calls itself that is given no name.
const DefaultName = "Self-management"

// brand is what every page shows of whose it is.
type brand struct {
	Name string
	Logo *Logo // nil: none
}

// Limits bound sessions, and the streams of those who follow a phone.
type Limits struct {
	Idle     time.Duration // of a session between two requests; its streams keep it
	Absolute time.Duration // of a session, whatever it does

	Sessions        int // in all; over that, the one idle for longest ends
	SessionsPerUser int // likewise
	Streams         int // in all; over that, the page offers a link instead
	StreamsPerUser  int // of a session, likewise

	// Reread is how often a stream reads the store, whose word counts: this
	// process is not told of another's commits. Heartbeat is for how long a
	// stream is silent at most.
	Reread    time.Duration
	Heartbeat time.Duration
}

// DefaultLimits let a session outlive a registration of ten minutes, and leave
// half of the connections that a listener has by default to what is no stream.
func DefaultLimits() Limits {
	return Limits{
		Idle: 15 * time.Minute, Absolute: time.Hour,
		Sessions: 10000, SessionsPerUser: 5, Streams: 512, StreamsPerUser: 4,
		Reread: time.Second, Heartbeat: 15 * time.Second,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	return Limits{
		Idle: cmp.Or(l.Idle, d.Idle), Absolute: cmp.Or(l.Absolute, d.Absolute),
		Sessions: cmp.Or(l.Sessions, d.Sessions), SessionsPerUser: cmp.Or(l.SessionsPerUser, d.SessionsPerUser),
		Streams: cmp.Or(l.Streams, d.Streams), StreamsPerUser: cmp.Or(l.StreamsPerUser, d.StreamsPerUser),
		Reread: cmp.Or(l.Reread, d.Reread), Heartbeat: cmp.Or(l.Heartbeat, d.Heartbeat),
	}
}

// Handler is the self-management page.
type Handler struct {
	service       *provision.Service
	frame         *request.Frame
	componentType string
	proxies       forwarded.Proxies
	secureCookies bool
	limits        Limits
	mux           *http.ServeMux
	guard         *browser.Guard
	directory     *directory.Directory
	brand         brand
	appLink       AppLink
	pages         browser.Pages
	forms         browser.Forms
	sessions      *browser.Sessions[*session]
	streams       *browser.Streams
}

// NewHandler makes the page.
func NewHandler(c Config) (*Handler, error) {
	pages, err := newPages()
	if err != nil {
		return nil, err
	}
	forms, err := browser.NewForms(c.Service.Rand)
	if err != nil {
		return nil, err
	}
	limits := c.Limits.withDefaults()
	h := &Handler{
		service: c.Service, componentType: c.ComponentType, proxies: c.Proxies,
		secureCookies: c.SecureCookies, limits: limits,
		mux: http.NewServeMux(), guard: browser.New(c.Hosts, c.Proxies), directory: c.Directory,
		frame: &request.Frame{Door: "console", Log: c.Log, Journal: c.Journal, Rand: c.Service.Rand, Now: c.Service.Now},
		brand: brand{cmp.Or(c.Name, DefaultName), c.Logo}, appLink: c.AppLink,
		pages: pages, forms: forms, sessions: newSessions(limits), streams: browser.NewStreams(limits.Streams, limits.StreamsPerUser),
	}
	h.route()
	return h, nil
}

// With makes the page by another configuration, for those who are signed in to
// this one too: it keeps the sign-ins, the forms that were shown and the streams,
// and with them its Limits.
func (h *Handler) With(c Config) (*Handler, error) {
	next, err := NewHandler(c)
	if err != nil {
		return nil, err
	}
	next.limits, next.forms, next.sessions, next.streams = h.limits, h.forms, h.sessions, h.streams
	return next, nil
}

// Close ends the streams, which would else last as long as their browsers
// follow, and lets no other begin.
func (h *Handler) Close() { h.streams.Close() }

// route sets up all that is answered.
func (h *Handler) route() {
	h.handle("GET /{$}", (*exchange).home)
	h.handle("POST /sign-in", (*exchange).signIn)
	h.handle("POST /sign-out", (*exchange).signOut)
	h.handle("POST /registrations", signedIn((*exchange).register))
	h.handle("GET /registrations/{number}", signedIn((*exchange).show))
	h.handle("POST /registrations/{number}/cancel", signedIn((*exchange).cancel))
	h.handle("GET /registrations/{number}/events", (*exchange).follow)
	h.handle("POST /registrations/offline", signedIn((*exchange).registerOffline))
	h.handle("POST /registrations/{number}/device-code", signedIn((*exchange).addDevice))
	h.handle("POST /registrations/{number}/signature", signedIn((*exchange).activateInstance))
	h.handle("GET /account", signedIn((*exchange).account))
	h.handle("POST /account/password", signedIn((*exchange).updatePassword))
	h.handle("POST /account/test", signedIn((*exchange).testOTP))
	h.handle("POST /account/scan", signedIn((*exchange).askDevice))
	h.handle("POST /account/pin", signedIn((*exchange).setPIN))
	h.handle("POST /account/deactivate", signedIn((*exchange).deactivate))
	for _, form := range []string{"/sign-in", "/sign-out", "/registrations", "/registrations/offline", "/account/password", "/account/test", "/account/scan", "/account/pin", "/account/deactivate"} {
		h.handle("GET "+form, (*exchange).toHome) // where a form was sent to is no page of its own
	}
	h.handle("GET /console.css", asset("text/css; charset=utf-8"))
	h.handle("GET /console.js", asset("text/javascript; charset=utf-8"))
	h.handle("/", (*exchange).nothingHere)
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	browser.Protect(w.Header())
	h.mux.ServeHTTP(w, r)
}
