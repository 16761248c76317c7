package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// openTraces sends traces where the environment says, in the words of
// OpenTelemetry; nil: nowhere. close sends what is left.
func openTraces(ctx context.Context) (provider trace.TracerProvider, close func(context.Context) error, err error) {
	none := func(context.Context) error { return nil }
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" || os.Getenv("OTEL_SDK_DISABLED") == "true" {
		return nil, none, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, none, fmt.Errorf("send traces: %w", err)
	}
	described, err := resource.New(ctx, resource.WithHost(), resource.WithFromEnv(), resource.WithTelemetrySDK(), resource.WithProcessExecutableName())
	if err != nil {
		return nil, none, fmt.Errorf("describe this process for traces: %w", err)
	}
	sending := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(described))
	return sending, sending.Shutdown, nil
}

// lastTraces is how long sending what is left may take.
const lastTraces = 5 * time.Second

// sendLastTraces sends what is left after the end of ctx. Traces are lost where
// nobody takes them, and the server has ended well.
func sendLastTraces(ctx context.Context, end func(context.Context) error) {
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastTraces)
	defer cancel()
	_ = end(sending)
}
