package gateway_test

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/gateway"
)

// The description needs no key, and is the file that the contract is.
func TestDescriptionIsServed(t *testing.T) {
	l := newLab(t)
	response := must(http.Get(l.server.URL + "/openapi.yaml"))(t)
	defer response.Body.Close()
	body := must(io.ReadAll(response.Body))(t)
	if response.Header.Get("Content-Type") != "application/yaml" || !bytes.Equal(body, must(os.ReadFile("openapi.yaml"))(t)) {
		t.Errorf("%s %v", response.Status, response.Header)
	}
	head := must(http.Head(l.server.URL + "/openapi.yaml"))(t)
	head.Body.Close()
	if head.ContentLength != int64(len(body)) {
		t.Errorf("HEAD: %d bytes, want %d", head.ContentLength, len(body))
	}
	if a := l.undescribed(l.request("", "/openapi.yaml", "")); a.http != http.StatusMethodNotAllowed || a.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: HTTP %d, %v", a.http, a.header)
	}
}

// The audit has who a proxy speaks for, and nobody else's word.
func TestProxies(t *testing.T) {
	l := newLab(t, func(c *gateway.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} })
	plain := l.serve()
	for _, c := range []struct{ url, list, want string }{
		{l.server.URL, "192.0.2.7", "192.0.2.7"},
		{l.server.URL, "198.51.100.1, 192.0.2.7", "192.0.2.7"},
		{l.server.URL, "rubbish", "127.0.0.1"},
		{plain.URL, "192.0.2.7", "127.0.0.1"},
	} {
		r := l.request(frontKey, provisioning+"MdlActivate", `{"registrationIdentifier":"none","signature":"12345678"}`)
		r.URL.Host = strings.TrimPrefix(c.url, "http://")
		r.Header.Set("X-Forwarded-For", c.list)
		a := l.do(r)
		events := must(l.service.ListAuditEvents(t.Context(), provision.ListAuditEvents{RequestID: a.header.Get("Request-Id")}))(t).Records
		if len(events) != 1 || events[0].Address != c.want || events[0].ComponentType != "gateway" || events[0].Operation != "PROVISIONCMD_MDL_ACTIVATE" {
			t.Errorf("%v: %+v", c, events)
		}
	}
}

// Without the component of its own the gateway can do nothing, and the SOAP
// side cannot take its name.
func TestComponent(t *testing.T) {
	l := newLab(t)
	must(l.service.DeleteComponent(t.Context(), operator(), provision.NameComponent{ComponentType: "gateway", Location: "0.0.0.0"}))(t)
	must(l.service.AddComponent(t.Context(), operator(), provision.AddComponent{ComponentType: "gateway", Location: "127.0.0.1", Policy: "lab"}))(t)
	a := l.ask(1005, frontKey, provisioning+"MdlActivate", map[string]any{"registrationIdentifier": "none", "signature": "12345678"})
	if !strings.Contains(a.desc(), `no component of type "gateway" for address 0.0.0.0`) {
		t.Error(a.body)
	}
}

// One log line for each request, which says what became of it.
func TestLog(t *testing.T) {
	l := newLab(t)
	a := l.ask(0, frontKey, provisioning+"getServerTime", map[string]any{})
	line := l.log.String()
	for _, want := range []string{"msg=\"gateway request\"", "request_id=" + a.header.Get("Request-Id"), "method=POST", "path=/rest/v2/provisioning/getServerTime",
		"http_status=200", "bytes_in=2", "bytes_out=", "took=", "key=phones", "status=STAT_SUCCESS", "remote=127.0.0.1:"} {
		if !strings.Contains(line, want) {
			t.Errorf("the log lacks %s: %s", want, line)
		}
	}
	if strings.Count(line, "\n") != 1 {
		t.Errorf("not one line: %s", line)
	}
}

// Many phones at once each get their own answers.
func TestManyPhones(t *testing.T) {
	l := newLab(t)
	r := l.register("user1")
	var phones sync.WaitGroup
	ids := make(chan string, 16)
	for range 16 {
		phones.Go(func() {
			a := l.ask(-13, frontKey, provisioning+"DSAPPSRPGenerateEphemeralKey", map[string]any{"registrationIdentifier": r.RegistrationID + "x", "clientEphemeralPublicKey": "2"})
			ids <- a.header.Get("Request-Id")
		})
	}
	phones.Wait()
	close(ids)
	seen := map[string]bool{}
	for id := range ids {
		seen[id] = true
	}
	if len(seen) != 16 {
		t.Errorf("%d request IDs", len(seen))
	}
}
