package watch

import (
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Trace lets a door's requests take part in the traces that their callers name
// by traceparent (W3C Trace Context). With a provider, each request is a span.
func Trace(provider trace.TracerProvider, door string, handler http.Handler) http.Handler {
	var tracer trace.Tracer
	if provider != nil {
		tracer = provider.Tracer("github.com/dsappd/dsappd")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tracer == nil && r.Header.Get("Traceparent") == "" {
			handler.ServeHTTP(w, r)
			return
		}
		ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		if tracer == nil {
			handler.ServeHTTP(w, r.WithContext(ctx))
			return
		}
		ctx, span := tracer.Start(ctx, r.Method+" "+door, trace.WithSpanKind(trace.SpanKindServer),
			trace.WithAttributes(attribute.String("http.request.method", r.Method), attribute.String("dsappd.door", door)))
		defer span.End()
		counted := &countedWriter{ResponseWriter: w}
		defer func() {
			status := counted.number()
			span.SetAttributes(attribute.Int("http.response.status_code", status), attribute.String("dsappd.request_id", w.Header().Get("Request-Id")))
			if status >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, "")
			}
		}()
		handler.ServeHTTP(counted, r.WithContext(ctx))
	})
}
