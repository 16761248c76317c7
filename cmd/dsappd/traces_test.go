package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Traces go where the environment says, and are off otherwise.
func TestTracesAreSent(t *testing.T) {
	if provider, _, err := openTraces(t.Context()); provider != nil || err != nil {
		t.Fatalf("without a place to go: %v, %v", provider, err)
	}
	taken := make(chan string, 4)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { taken <- r.URL.Path }))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	provider, end, err := openTraces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, span := provider.Tracer("test").Start(context.Background(), "request")
	span.End()
	sendLastTraces(t.Context(), end)
	if path := <-taken; path != "/v1/traces" {
		t.Errorf("sent to %q", path)
	}
	t.Setenv("OTEL_SDK_DISABLED", "true")
	if provider, _, err := openTraces(t.Context()); provider != nil || err != nil {
		t.Errorf("switched off: %v, %v", provider, err)
	}
}
