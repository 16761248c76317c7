package recording

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/drafting"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/dsappd/dsappd/internal/server/certificate"
	"github.com/dsappd/dsappd/internal/server/handshake"
	"github.com/dsappd/dsappd/internal/server/listen"
)

// Config says what a recording proxy stands before. Fields are required
// unless they say otherwise.
type Config struct {
	// Listen is where it listens, HOST:PORT; port 0 takes a free one.
	Listen string

	// Upstream is the server that answers.
	Upstream *url.URL

	// Dir is the folder for the transcripts; it is made if need be.
	Dir string

	// CertFile and KeyFile, in PEM, make it speak TLS; both empty: it does
	// not. The key is one that only its owner can read, and they are read
	// again when they change.
	CertFile, KeyFile string

	// Plain allows an address that other machines can reach without TLS.
	Plain bool

	// Transport is the way to the upstream server; nil: the usual one.
	Transport http.RoundTripper

	// Logger gets what cannot be recorded; nil: nothing is logged.
	Logger *slog.Logger

	// Now is the clock; nil: the system's.
	Now func() time.Time

	// Took, if it is not nil, hears of each exchange that was recorded.
	Took func(drafting.Taken)
}

// Proxy passes requests on to another server and records what is
// said.
type Proxy struct {
	endpoint *listen.Endpoint
	recorder *drafting.Recorder
	served   chan error
}

// Open begins to record; when it returns nil, the proxy answers.
func Open(ctx context.Context, config Config) (*Proxy, error) {
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	recorder, err := NewRecorder(config.Dir, config.Now, config.Logger, config.Took)
	if err != nil {
		return nil, err
	}
	p := &Proxy{recorder: recorder, served: make(chan error, 1)}
	proxy := &httputil.ReverseProxy{
		Rewrite:        config.rewrite,
		ModifyResponse: func(r *http.Response) error { return readdress(r, config.Upstream, p.endpoint.URL()) },
		Transport:      config.Transport,
		ErrorLog:       slog.NewLogLogger(config.Logger.Handler(), slog.LevelWarn),
	}
	p.endpoint, err = config.open(ctx, recorder.Wrap(proxy))
	if err != nil {
		return nil, errors.Join(err, recorder.Close())
	}
	go func() { p.served <- p.endpoint.Serve() }()
	return p, nil
}

// NewRecorder returns a recorder that logs what it cannot record.
func NewRecorder(dir string, now func() time.Time, logger *slog.Logger, took func(drafting.Taken)) (*drafting.Recorder, error) {
	left := func(n drafting.Notice) { logger.Warn("not recorded", "what", n.Source.String(), "why", n.Reason) }
	return drafting.NewRecorder(drafting.RecorderConfig{Dir: dir, Now: now, Left: left, Took: took})
}

// open listens with TLS, or where only this machine can reach it, or where
// that is meant.
func (c Config) open(ctx context.Context, handler http.Handler) (*listen.Endpoint, error) {
	if c.CertFile == "" && !c.Plain {
		reachable, err := listen.Reachable(ctx, c.Listen)
		if err != nil {
			return nil, fmt.Errorf("%w: %q: %w", datafolder.ErrAddress, c.Listen, err)
		}
		if reachable {
			return nil, fmt.Errorf("%w: %s can be reached from other machines, and passwords would travel unencrypted: "+
				"use 127.0.0.1, or --cert and --key, or --plain where that is meant", datafolder.ErrAddress, c.Listen)
		}
	}
	settings := datafolder.DefaultSettings()
	serving := settings.Listening("recorder", handler, c.Logger)
	serving.Address, serving.Shared = c.Listen, settings.Shared()
	serving.Handshakes = &handshake.Config{
		Door: "recorder", TLS: c.CertFile != "", SOAP: true, ForTLS: "record with --cert and --key", Log: c.Logger, Now: c.Now,
	}
	if c.CertFile != "" {
		var err error
		serving.TLS, err = certificate.Open(certificate.Files{Certificate: c.CertFile, Key: c.KeyFile}, c.Now, c.Logger)
		if err != nil {
			return nil, fmt.Errorf("%w of the recorder: %w", datafolder.ErrCertificate, err)
		}
	}
	endpoint, err := listen.Open(ctx, serving)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; choose another with --listen", datafolder.ErrAddress, err)
	}
	return endpoint, nil
}

// rewrite sends a request to the upstream server as it came. What is asked
// for in plain text can be readdressed.
func (c Config) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(c.Upstream)
	if r.In.Method == http.MethodGet {
		r.Out.Header.Del("Accept-Encoding")
	}
}

// maxWSDL is the size in bytes of the largest WSDL that is readdressed.
const maxWSDL = 4 << 20

// readdress puts the recorder's address in the place of the upstream server's
// in a WSDL, so that clients made from it are recorded too.
func readdress(r *http.Response, upstream *url.URL, at string) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Request.Method != http.MethodGet || err != nil || !strings.HasSuffix(kind, "xml") || r.Header.Get("Content-Encoding") != "" {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxWSDL+1))
	if err = errors.Join(err, r.Body.Close()); err != nil || len(text) > maxWSDL {
		return fmt.Errorf("read what the upstream server describes: %w", errors.Join(err, errWSDLSize))
	}
	text = bytes.ReplaceAll(text, []byte(upstream.Scheme+"://"+upstream.Host+"/"), []byte(at))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	r.Header.Set("Content-Length", strconv.Itoa(len(text)))
	return nil
}

var errWSDLSize = errors.New("the description is larger than 4 MiB")

// URL returns where the proxy answers.
func (p *Proxy) URL() string { return p.endpoint.URL() }

// Done returns a channel that is closed when the proxy no longer answers; Close
// tells why.
func (p *Proxy) Done() <-chan struct{} { return p.endpoint.Ended() }

// Close ends the proxy as Server.Close does, and writes what is left to write.
func (p *Proxy) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), datafolder.DefaultSettings().Timeouts.Drain)
	defer cancel()
	return errors.Join(p.endpoint.Drain(ctx), <-p.served, p.recorder.Close())
}
