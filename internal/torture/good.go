package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// good are clients that ask as clients do: over connections that they keep and
// over new ones, at each listener.
type good struct {
	server *server
	roots  *x509.CertPool

	stop    context.CancelFunc
	working sync.WaitGroup

	mu   sync.Mutex
	asks map[string]*asks
}

// asks are the requests of one kind since the last look.
type asks struct {
	answered, failed int
	took             []time.Duration
	fault            error // the last
}

// register registers a user of the sample, whose component it is.
const register = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
	`<prov:dsappSRPRegister xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">` +
	`<componentType>srp-component</componentType><user><userID>%s</userID></user>` +
	`<credential><staticPassword>Password2</staticPassword></credential></prov:dsappSRPRegister>` +
	`</soapenv:Body></soapenv:Envelope>`

// befriend starts the good clients: at 127.0.0.1 those that register, and at
// 127.0.0.3, which never proves anything, those that look at the pages.
func befriend(s *server) (*good, error) {
	ctx, stop := context.WithCancel(context.Background())
	g := &good{server: s, stop: stop, asks: make(map[string]*asks)}
	if s.ca != "" {
		text, err := os.ReadFile(s.ca)
		if err != nil {
			return nil, err
		}
		g.roots = x509.NewCertPool()
		g.roots.AppendCertsFromPEM(text)
	}
	for n := range 4 {
		client, envelope := g.client("127.0.0.1", true), fmt.Sprintf(register, fmt.Sprint("user", 1+n))
		g.keepOn(ctx, "register", 0, func() error { return post(client, s.soap, envelope) })
	}
	fresh, envelope := g.client("127.0.0.1", false), fmt.Sprintf(register, "user4")
	g.keepOn(ctx, "register, new connection", 20*time.Millisecond, func() error { return post(fresh, s.soap, envelope) })
	for name, url := range map[string]string{"page": s.console, "gateway": s.gateway + "openapi.yaml", "WSDL": s.soap + "?wsdl"} {
		client := g.client("127.0.0.3", false)
		g.keepOn(ctx, name, 50*time.Millisecond, func() error { return get(client, url) })
	}
	return g, nil
}

// client returns a client at an address, which keeps its connection or does
// not.
func (g *good) client(from string, keep bool) *http.Client {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 10 * time.Second}
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DialContext: dialer.DialContext, DisableKeepAlives: !keep, TLSClientConfig: &tls.Config{RootCAs: g.roots},
	}}
}

// keepOn asks again and again, at most once in an interval.
func (g *good) keepOn(ctx context.Context, kind string, interval time.Duration, ask func() error) {
	if g.asks[kind] == nil {
		g.asks[kind] = new(asks)
	}
	g.working.Go(func() {
		for ctx.Err() == nil {
			began := time.Now()
			g.note(kind, ask(), time.Since(began))
			if rest := interval - time.Since(began); rest > 0 {
				time.Sleep(rest)
			}
		}
	})
}

func (g *good) note(kind string, err error, took time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.asks[kind]
	a.took = append(a.took, took)
	if err != nil {
		a.failed++
		a.fault = err
		return
	}
	a.answered++
}

// end ends the clients.
func (g *good) end() {
	g.stop()
	g.working.Wait()
}

// tally is what good clients got in a while.
type tally map[string]asks

// look counts for a while.
func (g *good) look(r *rig, d time.Duration) tally {
	g.take()
	r.wait(d)
	return g.take()
}

func (g *good) take() tally {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := make(tally)
	for kind, a := range g.asks {
		t[kind] = *a
		g.asks[kind] = new(asks)
	}
	return t
}

// p99 returns the time in which 99 of 100 requests were over. What failed at
// once was not answered in any time, and does not count here.
func (a asks) p99() time.Duration {
	if len(a.took) == 0 {
		return 0
	}
	slices.Sort(a.took)
	return a.took[len(a.took)*99/100]
}

// longest is how long a good client may have to wait, in 99 of 100 requests.
const longest = 2 * time.Second

// against says what the good clients lack of what they got before, in the same
// time: nil if each kind of them has half of it, in time.
func (t tally) against(before tally) error {
	var all []error
	for _, kind := range slices.Sorted(maps.Keys(before)) {
		now, then := t[kind], before[kind]
		switch {
		case 2*now.answered < then.answered:
			all = append(all, fmt.Errorf("%s: %d of %d answered, %d failed (%v)", kind, now.answered, then.answered, now.failed, now.fault))
		case now.p99() > longest:
			all = append(all, fmt.Errorf("%s: p99 %v", kind, now.p99().Round(time.Millisecond)))
		}
	}
	return errors.Join(all...)
}

func (t tally) String() string {
	var words []string
	for _, kind := range slices.Sorted(maps.Keys(t)) {
		a := t[kind]
		words = append(words, fmt.Sprintf("%s %d+%d %v", kind, a.answered, a.failed, a.p99().Round(time.Millisecond)))
	}
	return strings.Join(words, "; ")
}

func post(client *http.Client, url, envelope string) error {
	response, err := client.Post(url, "text/xml; charset=utf-8", strings.NewReader(envelope))
	if err != nil {
		return err
	}
	return answered(response, "<statusCode>0</statusCode>")
}

func get(client *http.Client, url string) error {
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	return answered(response, "")
}

func answered(response *http.Response, want string) error {
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode != http.StatusOK || !strings.Contains(string(text), want)) {
		err = fmt.Errorf("%s: %.200q", response.Status, text)
	}
	return err
}
