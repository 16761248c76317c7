package systemtest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
)

// Each listener tells browsers for how long to insist on TLS as its own
// setting says, and over plain HTTP none does.
func TestHSTS(t *testing.T) {
	dir := certifiedFolder(t, "[soap]\nhsts = \"1h30m\"\n[console]\nhsts = \"8760h\"\n")
	for _, secure := range []bool{true, false} {
		server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0", TLS: secure})
		if err != nil {
			t.Fatal(err)
		}
		client := http.DefaultClient
		if secure {
			client = trusting(t, dir)
		}
		urls := server.URLs()
		for url, want := range map[string]string{urls.SOAP + "?wsdl": "max-age=5400", urls.Gateway: "", urls.Console: "max-age=31536000"} {
			if !secure {
				want = ""
			}
			response, _ := get(t, client, url)
			if got := response.Header["Strict-Transport-Security"]; len(got) > 1 || response.Header.Get("Strict-Transport-Security") != want {
				t.Errorf("%s: %q, want %q", url, got, want)
			}
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Whatever a listener answers, no browser makes a page, a frame or a script of it
// that was not meant as one.
func TestHeadersOfEveryAnswer(t *testing.T) {
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: makeFolder(t), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	urls := server.URLs()
	for _, url := range []string{
		urls.SOAP, urls.SOAP + "?wsdl", urls.Gateway, urls.Gateway + "openapi.yaml", urls.Console, urls.Console + "console.css", urls.Console + "none",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodTrace} {
			request, err := http.NewRequest(method, url, nil)
			if err != nil {
				t.Fatal(err)
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			policy := response.Header.Get("Content-Security-Policy")
			if response.Header.Get("X-Content-Type-Options") != "nosniff" || response.Header.Get("Referrer-Policy") != "no-referrer" ||
				!strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "base-uri 'none'") {
				t.Errorf("%s %s: %v", method, url, response.Header)
			}
		}
	}
}
