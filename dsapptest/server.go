package dsapptest

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/lab"
)

// Password is that of every user of the sample.
const Password = "Password2"

// Server serves a test. Its methods end the test where something goes wrong; call
// them from the goroutine of the test.
type Server struct {
	URL    string       // of the SOAP interface, http://127.0.0.1:PORT/
	URLs   dsappd.URLs  // of all listeners
	Client *http.Client // whose connections end with the server
	Clock  *Clock

	t        testing.TB
	server   *dsappd.Server
	controls *lab.Lab
}

// Option changes how Start serves.
type Option func(*dsappd.Config)

// Empty leaves the sample out.
func Empty() Option { return func(c *dsappd.Config) { c.Memory.Sample = false } }

// Settings serves with a text of settings.toml in place of the defaults.
func Settings(text string) Option { return func(c *dsappd.Config) { c.Memory.Settings = text } }

// At begins at a time in place of now.
func At(begin time.Time) Option { return func(c *dsappd.Config) { c.LabTime = begin } }

// Log writes the server's log to the test's output.
func Log(t testing.TB) Option {
	return func(c *dsappd.Config) { c.Logger = slog.New(slog.NewTextHandler(t.Output(), nil)) }
}

// Start serves the sample from memory until the test ends.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	config := dsappd.Config{Memory: &dsappd.Memory{Sample: true}, Addr: "127.0.0.1:0", Lab: true, LabAddr: "none"}
	for _, option := range options {
		option(&config)
	}
	server, err := dsappd.Open(t.Context(), config)
	if err != nil {
		t.Fatalf("dsapptest: %v", err)
	}
	transport := &http.Transport{}
	s := &Server{
		URL: server.URLs().SOAP, URLs: server.URLs(), Client: &http.Client{Transport: transport},
		t: t, server: server, controls: server.Controls(),
	}
	s.Clock = &Clock{s}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		// A connection that the test has left open waits for nobody.
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = server.Shutdown(ctx)
	})
	return s
}

// failed ends the test where err is not nil.
func (s *Server) failed(what string, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("dsapptest: %s: %v", what, err)
	}
}

// Reset brings the server back to what it began with: records, clock, no faults
// and no requests.
func (s *Server) Reset() {
	s.t.Helper()
	s.failed("reset", s.controls.Reset(s.t.Context()))
}

// OTP returns the next one-time password of the user's first authenticator,
// without its PIN, and spends nothing.
func (s *Server) OTP(userID string) string {
	s.t.Helper()
	all, err := s.controls.Users(s.t.Context(), userID, "")
	s.failed("one-time passwords", err)
	for _, user := range all {
		if user.OTP != "" {
			return user.OTP
		}
	}
	s.t.Fatalf("dsapptest: no authenticator of user %q makes one-time passwords", userID)
	return ""
}

// Clock is the clock of a server. Every rule goes by it. It never goes back but
// by Server.Reset.
type Clock struct{ server *Server }

// Now returns what the clock shows.
func (c *Clock) Now() time.Time { return c.server.controls.Clock.Now() }

// Freeze stops the clock where it stands.
func (c *Clock) Freeze() { c.moved(c.server.controls.Clock.Freeze(time.Time{})) }

// Set puts the clock forward to a time.
func (c *Clock) Set(to time.Time) { c.moved(c.server.controls.Clock.Set(to)) }

// Advance moves the clock forward.
func (c *Clock) Advance(by time.Duration) { c.moved(c.server.controls.Clock.Advance(by)) }

// Release lets a frozen clock run on.
func (c *Clock) Release() { c.server.controls.Clock.Release() }

func (c *Clock) moved(_ lab.ClockState, err error) {
	c.server.t.Helper()
	c.server.failed("move the clock", err)
	c.server.controls.Moved(c.server.t.Context())
}
