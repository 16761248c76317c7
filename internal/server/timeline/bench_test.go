package timeline_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/server/timeline"
)

// BenchmarkKeeper measures what it costs to remember a request of 1 KiB with a
// reply of 2 KiB, beside the same handler without a keeper.
func BenchmarkKeeper(b *testing.B) {
	reply := strings.Repeat("x", 2<<10)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Request-Id", "0123456789abcdef")
		_, _ = io.WriteString(w, reply)
	})
	kept := timeline.New(timeline.Config{Now: time.Now, Redact: map[string]func([]byte) (string, bool){"soap": func([]byte) (string, bool) { return "", true }}})
	for name, k := range map[string]*timeline.Keeper{"off": nil, "on": kept} {
		b.Run(name, func(b *testing.B) {
			served := k.Wrap("soap", handler, nil)
			b.ReportAllocs()
			for b.Loop() {
				if k != nil {
					k.Observe(audit.Event{RequestID: "0123456789abcdef", Operation: "dsappSRPRegister"}, audit.Stages{})
				}
				served.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", strings.NewReader(reply[:1<<10])))
			}
		})
	}
}
