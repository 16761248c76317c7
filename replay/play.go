package replay

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/internal/jsontree"
	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/beevik/etree"
)

// Setup is what a server for one play is made of.
type Setup struct {
	Sample transcript.Sample
	Strict bool
	Doors  []string // that are asked beside the SOAP interface
	Now    func() time.Time
	Rand   io.Reader // is read from many goroutines
}

// Server answers one play.
type Server struct {
	URL   string
	Doors map[string]string                               // URLs beside it, by the name of the door
	Order func(ctx context.Context, words []string) error // an operator's
	Close func() error
}

// Player plays transcripts. Start is given, or else URL, Doors or both.
type Player struct {
	// Start starts a server that nobody else uses.
	Start func(context.Context, Setup) (Server, error)

	// URL is the SOAP interface of a server that is there already, whose clock is
	// the time of day. Doors are its other URLs, by the name of the door.
	// Transcripts that ask a door whose URL is not known are passed over.
	URL   string
	Doors map[string]string

	// PlatformKey takes the place of the key in the requests to the Platform API at
	// Doors; empty: they keep theirs.
	PlatformKey string

	// Order gives an operator's orders to the server at URL; nil: transcripts
	// that have orders are passed over.
	Order func(ctx context.Context, words []string) error

	// Strict says that the server at URL holds requests to the schema. Where it
	// does not, transcripts that need that are passed over.
	Strict bool

	// Component takes the place of the component types in requests; empty:
	// they stay.
	Component string

	// HTTP sends the requests to URL; its Timeout bounds each.
	HTTP *http.Client
}

// patience is how long a throw-away server may take over a reply.
const patience = 30 * time.Second

// maxReply is the size in bytes of the largest reply that is read.
const maxReply = 16 << 20

// Play plays a transcript once.
func (p *Player) Play(ctx context.Context, t *Transcript) Result {
	began := time.Now()
	result := Result{File: t.File, Title: t.Title}
	if result.Skipped = p.skips(t); result.Skipped != "" {
		return result
	}
	run, end, err := p.begin(ctx, t)
	if err != nil {
		result.Failed = err.Error()
		return result
	}
	for i := range t.exchanges {
		e := run.exchange(ctx, &t.exchanges[i])
		result.Exchanges = append(result.Exchanges, e)
		if e.Failed != "" {
			break
		}
	}
	if err := end(); err != nil {
		result.Failed = "end the server: " + err.Error()
	}
	result.Took = time.Since(began)
	return result
}

// skips says why a transcript cannot be played against a server that is there.
func (p *Player) skips(t *Transcript) string {
	switch {
	case p.Start == nil && t.MovesClock():
		return "it moves the clock, which only a server of its own can follow"
	case p.Start == nil && t.Strict && !p.Strict:
		return "it needs a server in strict mode, such as dsappd serve --strict: with --strict it is played"
	case p.Start == nil && p.Order == nil && t.HasOrders():
		return "it has orders for an operator, who cannot reach this server"
	}
	if p.Start == nil && p.URL == "" && t.AsksSOAP() {
		return "it asks the SOAP interface, whose URL is not known"
	}
	for _, door := range t.Doors() {
		if p.Start == nil && p.Doors[door] == "" {
			return "it asks the door " + door + ", whose URL is not known"
		}
	}
	return ""
}

// play is one play under way.
type play struct {
	transcript *Transcript
	base       *url.URL
	doors      map[string]string
	http       *http.Client
	component  string
	key        string // of the Platform API; empty: that of the transcript
	order      func(ctx context.Context, words []string) error
	clock      *clock // nil: the time of day
	phones     *phones
}

// begin prepares a server and the phones.
func (p *Player) begin(ctx context.Context, t *Transcript) (*play, func() error, error) {
	run := &play{transcript: t, http: p.HTTP, component: p.Component, key: p.PlatformKey, order: p.Order, doors: p.Doors}
	at, end := p.URL, func() error { return nil }
	now, random := time.Now, io.Reader(rand.Reader)
	if p.Start != nil {
		run.clock = &clock{time: t.Begins()}
		now, random = run.clock.now, newSeeded(t.Seed, "phones")
		server, err := p.Start(ctx, Setup{Sample: t.Sample, Strict: t.Strict, Doors: t.Doors(), Now: now, Rand: newSeeded(t.Seed, "server")})
		if err != nil {
			return nil, nil, fmt.Errorf("start a server with the sample: %w", err)
		}
		transport := &http.Transport{}
		run.http = &http.Client{Transport: transport, Timeout: patience}
		run.doors = server.Doors
		at, run.order, end = server.URL, server.Order, func() error { transport.CloseIdleConnections(); return server.Close() }
	}
	run.phones = newPhones(t, now, random)
	var err error
	if run.base, err = url.Parse(at); err != nil {
		return nil, nil, errors.Join(err, end())
	}
	unfollowed := *run.http
	unfollowed.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	run.http = &unfollowed
	return run, end, nil
}

// next begins an exchange: the clock moves on, and an operator gives orders.
func (r *play) next(ctx context.Context, e *exchange) error {
	if r.clock != nil {
		r.clock.advance(e.Advance)
	}
	r.phones.begin()
	if r.order == nil && len(e.orders) > 0 {
		return errNoOperator
	}
	for i, t := range e.orders {
		text, err := t.fill(r.phones, func(text string) string { return text })
		if err != nil {
			return fmt.Errorf("fill in the order %q: %w", e.Orders[i], err)
		}
		words := csv.NewReader(strings.NewReader(text))
		words.Comma = ' '
		order, err := words.Read()
		if err == nil {
			err = r.order(ctx, order)
		}
		if err != nil {
			return fmt.Errorf("order %q: %w", text, err)
		}
	}
	return nil
}

const errNoOperator playError = "there is no operator to give orders to this server"

// exchange sends a request and compares its reply.
func (r *play) exchange(ctx context.Context, e *exchange) ExchangeResult {
	result := ExchangeResult{Number: e.Number, Title: e.Title, Line: e.line(), Unwritten: e.Reply.Unwritten()}
	if err := r.next(ctx, e); err != nil {
		result.Failed = err.Error()
		return result
	}
	request, sent, err := r.request(ctx, e)
	if err != nil {
		result.Failed = err.Error()
		return result
	}
	result.Operation = operation(request, sent)
	got, err := r.send(request)
	result.Status, result.Took = got.status, got.took
	if err == nil {
		var came outcome
		came, err = r.compare(e, got)
		result.Differences = came.differences
		r.phones.learn(came)
	}
	if err != nil {
		result.Failed = err.Error()
	}
	if !result.Passed() || result.Unwritten {
		result.Sent, result.Received = sent, got.body
	}
	return result
}

// line returns the line of an exchange's reply in its transcript or, where
// there is none, that of the request.
func (e *exchange) line() int { return cmp.Or(e.reply.line, e.request.line) }

// request fills in what is sent.
func (r *play) request(ctx context.Context, e *exchange) (*http.Request, string, error) {
	escape := func(text string) string { return text }
	switch e.Request.Kind {
	case transcript.XML:
		escape = xmltree.Escape
	case transcript.JSON:
		escape = jsontree.Escaped
	}
	body, err := e.request.body.fill(r.phones, escape)
	if err != nil {
		return nil, "", fmt.Errorf("fill in the request: %w", err)
	}
	if r.component != "" && e.Request.Kind == transcript.XML {
		body = withComponent(body, r.component)
	}
	at, err := r.at(e)
	if err != nil {
		return nil, "", fmt.Errorf("path of the request: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, cmp.Or(e.Request.Method, http.MethodPost), at.String(), strings.NewReader(body))
	if err != nil {
		return nil, "", fmt.Errorf("make the request: %w", err)
	}
	if e.Request.Kind == "" {
		request.Body, request.ContentLength = http.NoBody, 0
	}
	return request, body, r.headers(e, request)
}

// at returns the URL that an exchange asks. Captures may stand in its path.
func (r *play) at(e *exchange) (*url.URL, error) {
	path, err := e.request.path.fill(r.phones, url.PathEscape)
	if err != nil {
		return nil, err
	}
	if e.Request.Door == "" {
		return r.base.Parse(path)
	}
	base, err := url.Parse(r.doors[e.Request.Door])
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("this server has no door %s", e.Request.Door)
	}
	return base.Parse(path)
}

// headers sets the usual headers of a body's kind, and those that the
// transcript has.
func (r *play) headers(e *exchange, request *http.Request) error {
	if e.Request.Kind == transcript.XML {
		request.Header.Set("Content-Type", "text/xml; charset=utf-8")
		request.Header.Set("SOAPAction", `""`)
	}
	if e.Request.Kind == transcript.JSON {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, t := range e.request.head {
		value, err := t.fill(r.phones, func(text string) string { return text })
		if err != nil {
			return fmt.Errorf("fill in the header %s: %w", name, err)
		}
		request.Header.Set(name, value)
		if value == "" {
			request.Header.Del(name)
		}
		if strings.EqualFold(name, "Host") {
			request.Host = value
		}
	}
	if r.key != "" && e.Request.Door == transcript.Platform && request.Header.Get("Authorization") != "" {
		request.Header.Set("Authorization", "Bearer "+r.key)
	}
	return nil
}

// operation names what was asked.
func operation(request *http.Request, sent string) string {
	doc := etree.NewDocument()
	if doc.ReadFromString(sent) == nil {
		if found := doc.FindElement("/Envelope/Body/*"); found != nil {
			return found.Tag
		}
	}
	return request.Method + " " + request.URL.RequestURI()
}

// withComponent returns an envelope with another component type.
func withComponent(body, component string) string {
	doc := etree.NewDocument()
	if doc.ReadFromString(body) != nil {
		return body
	}
	for _, e := range doc.FindElements("//componentType") {
		e.SetText(component)
	}
	for _, e := range doc.FindElements("//attributes[attributeID='PROVFLD_COMPONENT_TYPE']/value") {
		e.SetText(component)
	}
	written, err := doc.WriteToString()
	if err != nil {
		return body
	}
	return written
}

// received is a reply.
type received struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

func (r *play) send(request *http.Request) (received, error) {
	began := time.Now()
	response, err := r.http.Do(request)
	if err != nil {
		return received{}, fmt.Errorf("send the request: %w", err)
	}
	defer response.Body.Close()
	got := received{status: response.StatusCode, header: response.Header}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxReply+1))
	got.took, got.body = time.Since(began), string(body)
	if err != nil {
		return got, fmt.Errorf("read the reply: %w", err)
	}
	if len(body) > maxReply {
		return got, fmt.Errorf("read the reply: it has more than %d bytes", maxReply)
	}
	return got, nil
}
