package gateway

import (
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
	"github.com/dsappd/dsappd/internal/server/directory"
	"github.com/dsappd/dsappd/internal/server/forwarded"
	"github.com/dsappd/dsappd/internal/server/journal"
	"github.com/dsappd/dsappd/internal/server/request"
)

// Config is what the door is made of. Fields are required unless they say
// otherwise.
type Config struct {
	Service *provision.Service
	Log     *slog.Logger

	// ComponentType is that of a component at 0.0.0.0, in whose name the
	// services are asked.
	ComponentType string

	// Directory names the server's other doors; optional.
	Directory *directory.Directory

	// Journal remembers what is turned away; optional.
	Journal *journal.Journal

	BodyTimeout time.Duration // for a request's body to arrive; 0: 10 seconds

	// Proxies are the peers that are asked, by X-Forwarded-For, for whom they
	// speak, in the form of provision.ParseLocation; without them the header
	// is not read.
	Proxies []netip.Prefix

	// Hosts are the names, beside localhost, by which a loopback address may
	// be asked without TLS.
	Hosts []string
}

// NewHandler makes the door.
func NewHandler(c Config) (http.Handler, error) {
	if c.BodyTimeout == 0 {
		c.BodyTimeout = 10 * time.Second
	}
	d := &door{Config: c, proxies: c.Proxies, guard: browser.New(c.Hosts, c.Proxies), routes: map[string]route{}, patterns: map[string]*regexp.Regexp{}}
	d.frame = &request.Frame{Door: "gateway", Log: c.Log, Journal: c.Journal, Rand: c.Service.Rand, Now: c.Service.Now}
	for _, r := range routes() {
		d.routes[r.path] = r
	}
	for _, m := range members() {
		pattern, err := regexp.Compile(m.expression())
		if err != nil {
			return nil, err
		}
		d.patterns[m.name] = pattern
	}
	return d, nil
}

type door struct {
	Config
	frame    *request.Frame
	proxies  forwarded.Proxies
	guard    *browser.Guard
	routes   map[string]route
	patterns map[string]*regexp.Regexp // of members, by their names
}

// ServeHTTP implements http.Handler.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, err := d.frame.Begin(w, r)
	if err != nil {
		q.Failed("gateway request failed", err)
		http.Error(w, "The server cannot draw random numbers.", http.StatusInternalServerError)
		return
	}
	c := &call{Request: q, door: d, writer: w}
	var reply reply
	err = q.Do(func() error {
		var err error
		reply, err = c.answer()
		return err
	})
	if err != nil {
		reply = c.refusal(err)
	}
	c.send(reply)
	c.log(reply.status)
}

// values are the members of a request, by their names; absent ones are "".
type values map[string]string
