package listen

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/dsappd/dsappd/internal/server/certificate"
	"github.com/dsappd/dsappd/internal/server/handshake"
)

// Config describes an endpoint. Fields are required unless they say otherwise.
type Config struct {
	Name    string // of the endpoint, for the log
	Address string // HOST:PORT; port 0 takes a free one
	Handler http.Handler
	Log     *slog.Logger

	// OnDrain ends the handler's answers that would go on; optional. It may be
	// called more than once.
	OnDrain func()

	TLS *certificate.Live // nil: plain text

	// Handshakes tells why peers do not come to speak HTTP; nil: nobody is
	// told.
	Handshakes *handshake.Config

	Limits   Limits
	Timeouts Timeouts

	// Shared is what the endpoints of one server share out together.
	Shared *Shared

	// Proxies are peers that speak for many, and so always known. Their form is
	// provision.ParseLocation's.
	Proxies []netip.Prefix
}

// Limits bound the connections of one endpoint.
type Limits struct {
	Connections int // open at once
	PerAddress  int // of one address, once half of Connections are taken
	HeaderBytes int // of one request

	// How many connections an address begins in a second that is not known,
	// and all such addresses do; 0: as many as they like.
	BeginPerAddress, BeginInAll int
}

// Timeouts bound how long a peer may take. Zero means no bound.
type Timeouts struct {
	ReadHeader time.Duration // for the header of a request, and a TLS handshake
	Read       time.Duration // for a whole request
	Write      time.Duration // for the answer
	Idle       time.Duration // between two requests

	// Pressed replaces ReadHeader, Read, Write and Idle for unknown addresses
	// while more than three quarters of their connections are taken.
	Pressed time.Duration
}
