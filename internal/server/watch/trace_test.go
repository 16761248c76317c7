package watch

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

const (
	callersTrace = "0af7651916cd43dd8448eb211c80319c"
	callersSpan  = "b7ad6b7169203331"
)

// A line of the log has its caller's trace, with and without spans of our own, and
// none where a header is malformed.
func TestTrace(t *testing.T) {
	var spans tracetest.InMemoryExporter
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&spans))
	var written bytes.Buffer
	level := new(slog.LevelVar)
	log := Log(slog.New(slog.NewTextHandler(&written, nil)), level).With("door", "soap")
	answers := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Request-Id", "0123456789abcdef")
		w.WriteHeader(http.StatusInternalServerError)
		log.InfoContext(r.Context(), "request")
	})
	ask := func(handler http.Handler, traceparent string) string {
		written.Reset()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
		r.Header.Set("traceparent", traceparent)
		handler.ServeHTTP(httptest.NewRecorder(), r)
		return written.String()
	}
	header := "00-" + callersTrace + "-" + callersSpan + "-01"
	if line := ask(Trace(nil, "soap", answers), header); !strings.Contains(line, "trace_id="+callersTrace+" span_id="+callersSpan) {
		t.Errorf("the log has %q", line)
	}
	for _, bad := range []string{"", "00-" + callersTrace + "-" + callersSpan, "00-" + strings.Repeat("0", 32) + "-" + callersSpan + "-01", "nonsense"} {
		if line := ask(Trace(nil, "soap", answers), bad); line == "" || strings.Contains(line, "trace_id") {
			t.Errorf("%q: the log has %q", bad, line)
		}
	}
	line := ask(Trace(provider, "soap", answers), header)
	if len(spans.GetSpans()) != 1 {
		t.Fatalf("%d spans", len(spans.GetSpans()))
	}
	span := spans.GetSpans()[0]
	if span.Name != "POST soap" || span.Parent.SpanID().String() != callersSpan || span.Status.Code.String() != "Error" ||
		!strings.Contains(line, "trace_id="+callersTrace+" span_id="+span.SpanContext.SpanID().String()) {
		t.Errorf("span %+v, and the log has %q", span, line)
	}
	level.Set(slog.LevelWarn)
	if line := ask(Trace(nil, "soap", answers), header); line != "" {
		t.Errorf("at level warn the log has %q", line)
	}
}
