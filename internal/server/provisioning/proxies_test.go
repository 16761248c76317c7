package provisioning_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/provisioning"
)

// withProxies serves the lab a second time, with 127.0.0.1 as a proxy.
func (l *lab) withProxies() *httptest.Server {
	l.t.Helper()
	server := httptest.NewServer(must(provisioning.NewHandler(provisioning.Config{
		Service: l.service, Log: slog.New(slog.NewTextHandler(&l.log, nil)),
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.1/32")},
	}))(l.t))
	l.t.Cleanup(server.Close)
	return server
}

// clientAt connects from an address of this machine.
func clientAt(t testing.TB, address string) *http.Client {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	transport := &http.Transport{DialContext: dialer.DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// postAs posts an envelope with the given lines of X-Forwarded-For.
func (l *lab) postAs(client *http.Client, url, envelope string, lines ...string) string {
	l.t.Helper()
	request := must(http.NewRequestWithContext(l.t.Context(), http.MethodPost, url, strings.NewReader(envelope)))(l.t)
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	request.Header["X-Forwarded-For"] = lines
	response := must(client.Do(request))(l.t)
	defer response.Body.Close()
	document := etree.NewDocument()
	must(document.ReadFrom(response.Body))(l.t)
	if fault := document.FindElement("//detail//reason"); fault != nil {
		return fault.Text()
	}
	return text(document, "//resultCodes/statusCode")
}

// The component is found by the address that is believed: "far" may call from
// 192.0.2.7 alone.
func TestProxies(t *testing.T) {
	l := newLab(t, false)
	server := l.withProxies()
	far, near := envelope(t, "dsappsrpregister", "srp-component", "far"), envelope(t, "dsappsrpregister")
	for _, c := range []struct {
		what, from, envelope string
		lines                []string
		want                 string
	}{
		{"a proxy speaks for far", "127.0.0.1", far, []string{"192.0.2.7"}, "0"},
		{"a proxy speaks for far, with a port", "127.0.0.1", far, []string{"198.51.100.1", "127.0.0.1, [::ffff:192.0.2.7]:4711"}, "0"},
		{"a proxy speaks for another", "127.0.0.1", far, []string{"192.0.2.7", "198.51.100.1"}, "1005"},
		{"a proxy's caller claims to be near", "127.0.0.1", near, []string{"127.0.0.2, 192.0.2.7"}, "1005"},
		{"a proxy does not say", "127.0.0.1", far, nil, "1005"},
		{"a proxy does not say, where a component stands", "127.0.0.1", near, nil, "1005"},
		{"a proxy says rubbish", "127.0.0.1", far, []string{"192.0.2.7, rubbish"}, "1005"},
		{"a proxy says rubbish, where a component stands", "127.0.0.1", near, []string{"192.0.2.7, rubbish"}, "1005"},
		{"a proxy says nothing", "127.0.0.1", near, []string{""}, "1005"},
		{"a proxy speaks for itself", "127.0.0.1", near, []string{"127.0.0.1"}, "1005"},
		{"a proxy speaks for another machine's loopback", "127.0.0.1", near, []string{"127.0.0.2, 10.0.0.1"}, "1005"},
		{"no proxy claims to be far", "127.0.0.2", far, []string{"192.0.2.7"}, "1005"},
		{"no proxy claims to be elsewhere", "127.0.0.2", near, []string{"198.51.100.1"}, "0"},
	} {
		if got := l.postAs(clientAt(t, c.from), server.URL, c.envelope, c.lines...); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	for _, want := range []string{"caller=192.0.2.7", "caller=198.51.100.1", `forwarded="the proxy sent no X-Forwarded-For`, `forwarded="an entry of`} {
		if !strings.Contains(l.log.String(), want) {
			t.Errorf("the log lacks %s: %s", want, l.log.String())
		}
	}
	if got := l.postAs(clientAt(t, "127.0.0.1"), l.server.URL, near, "192.0.2.7"); got != "0" {
		t.Errorf("where no proxy is configured, the header counts: %s", got)
	}
}

// A real proxy adds whom it hears to what that one claims; the audit has who
// it was.
func TestBehindReverseProxy(t *testing.T) {
	l := newLab(t, false)
	target := must(url.Parse(l.withProxies().URL))(t)
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
		r.SetXForwarded()
	}})
	defer proxy.Close()
	ctx, by := t.Context(), provision.Operator{Name: "tester", RequestID: "test"}
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "second", Location: "127.0.0.2", Policy: "lab"}))(t)
	second := envelope(t, "dsappsrpregister", "srp-component", "second")
	for from, want := range map[string]string{"127.0.0.2": "0", "127.0.0.3": "1005"} {
		if got := l.postAs(clientAt(t, from), proxy.URL, second, "127.0.0.2", "rubbish, 127.0.0.2"); got != want {
			t.Errorf("%s: %s, want %s", from, got, want)
		}
		if !strings.Contains(l.log.String(), "caller="+from) {
			t.Errorf("the log lacks the caller %s: %s", from, l.log.String())
		}
	}
}

// What no key exchange protects passes a proxy only if the caller is known to
// be on this machine, and TLS with the proxy changes nothing.
func TestOutsideSRPBehindProxy(t *testing.T) {
	l := newLab(t, false)
	l.outside()
	handler := must(provisioning.NewHandler(provisioning.Config{Service: l.service, Log: discard(),
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.1/32")}}))(t)
	for _, c := range []struct{ url, peer, list, want string }{
		{"http://lab/", "127.0.0.2", "192.0.2.7", "0"},
		{"http://lab/", "127.0.0.1", "127.0.0.2", "0"},
		{"http://lab/", "127.0.0.1", "192.0.2.7", "1005"},
		{"http://lab/", "127.0.0.1", "127.0.0.2, 192.0.2.7", "1005"},
		{"http://lab/", "127.0.0.1", "rubbish", "1005"},
		{"http://lab/", "127.0.0.1", "127.0.0.2, 10.0.0.1", "1005"},
		{"https://lab/", "127.0.0.1", "192.0.2.7", "1005"},
		{"https://lab/", "10.0.0.1", "192.0.2.7", "1005"},
		{"https://lab/", "192.0.2.7", "127.0.0.1", "0"},
	} {
		r := httptest.NewRequest(http.MethodPost, c.url, strings.NewReader(execute("REGISTER", userAttributes("srp-outside")...)))
		r.Header.Set("Content-Type", "text/xml")
		r.RemoteAddr = c.peer + ":4711"
		r.Header.Set("X-Forwarded-For", c.list)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if body := w.Body.String(); !strings.Contains(body, "<statusCode>"+c.want+"</statusCode>") && !strings.Contains(body, "<reason>"+c.want+"</reason>") {
			t.Errorf("%s from %s for %s: want %s: %s", c.url, c.peer, c.list, c.want, w.Body)
		}
	}
}

// The endpoint in the WSDL is where the client sent its request, so far as
// the proxy passes the Host on, and nothing else that it says.
func TestDescribedBehindProxy(t *testing.T) {
	l := newLab(t, false)
	request := must(http.NewRequestWithContext(t.Context(), http.MethodGet, l.withProxies().URL+"/path?wsdl", nil))(t)
	request.Host = "bank.example:8443"
	for _, name := range []string{"For", "Host", "Proto"} {
		request.Header.Set("X-Forwarded-"+name, "192.0.2.7")
	}
	response := must(clientAt(t, "127.0.0.1").Do(request))(t)
	defer response.Body.Close()
	if document := string(must(io.ReadAll(response.Body))(t)); !strings.Contains(document, `location="http://bank.example:8443/path"`) || strings.Contains(document, "192.0.2.7") {
		t.Error(document)
	}
}
