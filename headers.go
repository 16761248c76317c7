package dsappd

import (
	"net/http"
	"strconv"
	"time"
)

// withHeaders adds the headers that keep browsers from making more of an answer
// than it is; a handler may set others in their place. What is answered over TLS
// gets Strict-Transport-Security (RFC 6797) too, where the setting hsts says for
// how long; over plain HTTP browsers must not be told (section 7.2).
func withHeaders(hsts time.Duration, handler http.Handler) http.Handler {
	transport := "max-age=" + strconv.FormatInt(int64(hsts.Seconds()), 10)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
		header.Set("Referrer-Policy", "no-referrer")
		if hsts > 0 && r.TLS != nil {
			header.Set("Strict-Transport-Security", transport)
		}
		handler.ServeHTTP(w, r)
	})
}
