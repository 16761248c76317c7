package console_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dsappd/dsappd/internal/server/console"
)

// Cookies keep to TLS where the browser speaks it, to the server or to a proxy.
func TestSecureCookies(t *testing.T) {
	l := newLab(t)
	for _, c := range []struct {
		url     string
		proxied bool
		want    string
	}{
		{"http://lab/", false, "dsappd-sign-in"},
		{"https://lab/", false, "__Host-dsappd-sign-in"},
		{"http://lab/", true, "__Host-dsappd-sign-in"},
	} {
		w := httptest.NewRecorder()
		l.handler(func(config *console.Config) { config.SecureCookies = c.proxied }).ServeHTTP(w, httptest.NewRequest(http.MethodGet, c.url, nil))
		cookies := w.Result().Cookies()
		if len(cookies) != 1 || cookies[0].Name != c.want || cookies[0].Secure != (c.want != "dsappd-sign-in") || !cookies[0].HttpOnly {
			t.Errorf("%s, proxied %t: %v; want %s", c.url, c.proxied, cookies, c.want)
		}
	}
}
