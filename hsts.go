package dsappd

import (
	"net/http"
	"strconv"
	"time"
)

// withHSTS adds Strict-Transport-Security (RFC 6797) to what is answered over
// TLS, where the setting hsts says for how long. Over plain HTTP browsers must
// not be told (section 7.2).
func withHSTS(lifetime time.Duration, handler http.Handler) http.Handler {
	if lifetime == 0 {
		return handler
	}
	value := "max-age=" + strconv.FormatInt(int64(lifetime.Seconds()), 10)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil {
			w.Header().Set("Strict-Transport-Security", value)
		}
		handler.ServeHTTP(w, r)
	})
}
