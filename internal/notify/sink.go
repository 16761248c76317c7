package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"time"
)

// Sink describes a receiver of messages. Exactly one of Webhook and Syslog is set.
type Sink struct {
	Name    string
	Types   Types
	GiveUp  time.Duration // after which nothing is tried any more, until an operator has it go on
	Timeout time.Duration // of one attempt
	Version string        // of this program, which receivers are told
	Now     func() time.Time

	Webhook *Webhook
	Syslog  *Syslog
}

// Webhook says where messages go by HTTP.
type Webhook struct {
	URL     string
	Secrets [][]byte       // of one to two elements: see ParseSecrets
	CA      *x509.CertPool // that the receiver's certificate is verified by; nil: the system's
}

// Syslog says where messages go by syslog.
type Syslog struct {
	Network  string         // tcp, udp or unixgram
	Address  string         // HOST:PORT, or the name of a socket
	TLS      bool           // over TCP
	CA       *x509.CertPool // nil: the system's
	Facility int
}

// deliverer sends messages and returns those that did not arrive, in order.
type deliverer interface {
	deliver(ctx context.Context, all []Message) (left []Message, err error)
	close()
}

// open makes what a sink sends by. It connects to nothing yet.
func (s Sink) open() deliverer {
	if s.Syslog != nil {
		out := &syslog{network: s.Syslog.Network, address: s.Syslog.Address, facility: s.Syslog.Facility, timeout: s.Timeout, version: s.Version}
		if s.Syslog.TLS {
			out.tls = &tls.Config{RootCAs: s.Syslog.CA, MinVersion: tls.VersionTLS12}
		}
		return out
	}
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     &tls.Config{RootCAs: s.Webhook.CA, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:   true,
		MaxConnsPerHost:     maxParallel,
		MaxIdleConnsPerHost: maxParallel,
		IdleConnTimeout:     time.Minute,
	}
	return &webhook{
		url: s.Webhook.URL, secrets: s.Webhook.Secrets, now: s.Now, agent: "dsappd/" + s.Version,
		client: &http.Client{
			Transport: transport, Timeout: s.Timeout,
			// A redirection would take what is signed elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// To names where a sink sends, without what may be secret in it.
func (s Sink) To() string {
	if s.Syslog != nil {
		return s.Syslog.Network + " " + s.Syslog.Address
	}
	return bare(s.Webhook.URL)
}

// bare is a URL without what may be secret in it.
func bare(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
