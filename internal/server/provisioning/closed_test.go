package provisioning_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/soap"
)

// closed is where no component of the lab may call.
const closed = "198.51.100.1"

// Where no component may call, a request that costs little to read gets the
// answer of any that may not call. One that costs more is refused without being
// read. Its body is drained, and the connection stays.
func TestClosedAddress(t *testing.T) {
	l := newLab(t, false)
	turns := 0
	var full, over bool
	server := httptest.NewServer(must(provisioning.NewHandler(provisioning.Config{
		Service: l.service, Log: slog.New(slog.NewTextHandler(&l.log, nil)), MaxSize: 1 << 20,
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Turn: func(context.Context, string) (func(), error) {
			if full {
				return nil, errors.New("no place")
			}
			turns++
			return func() { turns-- }, nil
		},
		ReadClosed: func(address netip.Addr) bool { return !over || address.String() != closed },
	}))(t))
	t.Cleanup(server.Close)
	usual := envelope(t, "dsappsrpregister")
	large := usual + strings.Repeat(" ", 64<<10-len(usual))
	for name, c := range map[string]struct {
		body       string
		packed     bool
		full, over bool
		want       string
	}{
		"usual":                               {body: usual, want: "1005"},
		"a wrong password":                    {body: envelope(t, "dsappsrpregister", "Password2", "wrong"), want: "1005"},
		"an unknown component":                {body: envelope(t, "dsappsrpregister", "srp-component", "nobody's"), want: "1005"},
		"a wrong field":                       {body: envelope(t, "dsappsrpregister", "<domain>", "<domain>x</domain><domain>"), want: "-2"},
		"another operation":                   {body: envelope(t, "dsappsrpactivate"), want: "1005"},
		"no envelope":                         {body: "<no envelope", want: "NotWellFormed"},
		"packed":                              {body: usual, packed: true, want: "1005"},
		"large":                               {body: large, want: "1005"},
		"large, and there is no turn":         {body: large, full: true, want: "ClosedAddress"},
		"packed, and there is no turn":        {body: usual, packed: true, full: true, want: "ClosedAddress"},
		"of many parts, and there is no turn": {body: envelope(t, "dsappsrpregister", "<credential>", strings.Repeat("<!-- -->", 600)+"<credential>"), full: true, want: "ClosedAddress"},
		"usual, and there is no turn":         {body: usual, full: true, want: "1005"},
		"too large":                           {body: large + " ", want: "ClosedAddress"},
		"far too large":                       {body: strings.Repeat("x", 3<<20), want: "ClosedAddress"},
		"one of too many":                     {body: usual, over: true, want: "ClosedAddress"},
		"one of too many, large":              {body: strings.Repeat("x", 3<<20), over: true, want: "ClosedAddress"},
	} {
		full, over = c.full, c.over
		request := must(http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(c.body)))(t)
		if c.packed {
			request.Body = io.NopCloser(packed(t, c.body))
			request.ContentLength = -1
			request.Header.Set("Content-Encoding", "gzip")
		}
		request.Header.Set("Content-Type", "text/xml")
		request.Header.Set("X-Forwarded-For", closed)
		response := must(clientAt(t, "127.0.0.1").Do(request))(t)
		answer := string(must(io.ReadAll(response.Body))(t))
		response.Body.Close()
		if !strings.Contains(answer, "<statusCode>"+c.want+"</statusCode>") && !strings.Contains(answer, "<reason>"+c.want+"</reason>") || response.Close {
			t.Errorf("%s: want %s: %s, close %t: %s", name, c.want, response.Status, response.Close, answer)
		}
		if isRefused := response.StatusCode == http.StatusForbidden; isRefused != (c.want == string(soap.ClosedAddress)) {
			t.Errorf("%s: HTTP %s", name, response.Status)
		}
		if turns != 0 {
			t.Errorf("%s: %d turns did not end", name, turns)
		}
	}
	if l.audit(); !strings.Contains(l.log.String(), "caller="+closed) {
		t.Errorf("the log lacks the caller: %s", l.log.String())
	}
}

func packed(t *testing.T, text string) io.Reader {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	must(io.WriteString(w, text))(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &out
}

// An address opens with the first component that may call from it, and closes
// with the last.
func TestAddressOpens(t *testing.T) {
	l := newLab(t, false)
	server := l.withProxies()
	ask := func(component string) string {
		return l.postAs(clientAt(t, "127.0.0.1"), server.URL, envelope(t, "dsappsrpregister", "srp-component", component), closed)
	}
	if got := ask("new"); got != "1005" {
		t.Errorf("before a component is there: %s", got)
	}
	ctx, by := t.Context(), provision.Operator{Name: "tester", RequestID: "test"}
	added := must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "new", Location: "198.51.100.0/24", Policy: "lab"}))(t)
	if got := ask("new"); got != "0" {
		t.Errorf("once a component is there: %s", got)
	}
	must(l.service.DeleteComponent(ctx, by, provision.NameComponent{ComponentType: "new", Location: added.Location.String()}))(t)
	if got := ask("new"); got != "1005" {
		t.Errorf("once it is gone: %s", got)
	}
}
