package browser_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/dsappd/dsappd/internal/server/browser"
	"github.com/dsappd/dsappd/internal/server/forwarded"
)

// arrived is a request as it reached a listener.
func arrived(local, host string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Host, r.RemoteAddr = host, "127.0.0.1:4711"
	return r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(local))))
}

func TestStrangeHost(t *testing.T) {
	guard := browser.New([]string{"Prov.example", "box"}, nil)
	for host, strange := range map[string]bool{
		"127.0.0.1:8888": false, "127.0.0.1": false, "[::1]:8888": false, "::1": false, "192.0.2.7": false, "": false,
		"localhost": false, "LocalHost:8888": false, "localhost.:8888": false, "a.localhost": false,
		"x": false, "prov.example:8888": false, "PROV.EXAMPLE": false, "box": false, "host.docker.internal:8888": false,
		"evil.example": true, "evil.example:8888": true, "localhost.evil.example": true, "notlocalhost.example": true,
		"127.0.0.1.evil.example": true, "prov.example.evil.example": true, "x.prov.example": true, "2130706433.evil": true, ":8888": true,
	} {
		if got := guard.StrangeHost(arrived("127.0.0.1:8888", host)); got != strange {
			t.Errorf("%q: strange %v", host, got)
		}
	}
	for name, c := range map[string]struct {
		r       *http.Request
		strange bool
	}{
		"IPv6":            {arrived("[::1]:8888", "evil.example"), true},
		"mapped":          {arrived("[::ffff:127.0.0.1]:8888", "evil.example"), true},
		"another machine": {arrived("192.0.2.1:8888", "evil.example"), false},
	} {
		if got := guard.StrangeHost(c.r); got != c.strange {
			t.Errorf("%s: strange %v", name, got)
		}
	}
	secure := arrived("127.0.0.1:8888", "evil.example")
	secure.TLS = &tls.ConnectionState{}
	if guard.StrangeHost(secure) {
		t.Error("TLS: the certificate decides")
	}
	proxied := browser.New(nil, forwarded.Proxies{netip.MustParsePrefix("127.0.0.1/32")})
	if proxied.StrangeHost(arrived("127.0.0.1:8888", "public.example")) {
		t.Error("a proxy passes any Host on")
	}
}

func TestOtherOrigin(t *testing.T) {
	guard := browser.New(nil, nil)
	if err := errors.Join(guard.Trust("https://tools.example"), guard.Trust("chrome-extension://abcdef")); err != nil {
		t.Fatal(err)
	}
	if guard.Trust("tools.example") == nil {
		t.Error("a host is no origin")
	}
	for name, c := range map[string]struct {
		header map[string]string
		other  bool
	}{
		"a SOAP client":         {nil, false},
		"no-cors":               {map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}, true},
		"another port":          {map[string]string{"Sec-Fetch-Site": "same-site"}, true},
		"an old browser":        {map[string]string{"Origin": "http://evil.example"}, true},
		"a file or a sandbox":   {map[string]string{"Origin": "null"}, true},
		"a page of the server":  {map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8888"}, false},
		"typed into a browser":  {map[string]string{"Sec-Fetch-Site": "none"}, false},
		"its own origin, older": {map[string]string{"Origin": "http://127.0.0.1:8888"}, false},
		"a trusted origin":      {map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://tools.example"}, false},
		"its other port":        {map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://tools.example:444"}, true},
	} {
		r := arrived("127.0.0.1:8888", "127.0.0.1:8888")
		for key, value := range c.header {
			r.Header.Set(key, value)
		}
		if got := guard.OtherOrigin(r); got != c.other {
			t.Errorf("%s: other %v", name, got)
		}
	}
}
