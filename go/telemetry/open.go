package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"capstan/queue/driver"
	"capstan/tracing"
)

// Driver opens what a contract calls `telemetry`.
var Driver = driver.Driver{Name: "telemetry", OpenTracer: Open}

const (
	// scope names the spans of this runtime.
	scope = "capstan"

	disabledVariable = "OTEL_SDK_DISABLED"
)

// tracer implements [tracing.Tracer].
type tracer struct {
	program    tracing.Program
	spans      trace.Tracer
	propagator propagation.TextMapPropagator
	batches    *batches // nil: no spans are made
	close      func(context.Context) error
}

var _ tracing.Tracer = (*tracer)(nil)

// Open makes the tracer of a program, and sets OpenTelemetry's global provider, propagator and handler of
// errors. It does not wait for the collector. The error is one line for a person.
func Open(p tracing.Program) (tracing.Tracer, error) {
	t, err := openThrough(p, nil)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// openThrough is Open with what makes the requests to the collector; nil: the network.
func openThrough(p tracing.Program, network http.RoundTripper) (*tracer, error) {
	t := &tracer{program: p, propagator: propagatorOf(p.Telemetry.Propagators)}
	if strings.EqualFold(os.Getenv(disabledVariable), "true") {
		provider := noop.NewTracerProvider()
		t.spans, t.close = provider.Tracer(scope), func(context.Context) error { return nil }
		setGlobals(provider, t.propagator, p.Log)
		return t, nil
	}
	described, err := resourceOf(p)
	if err != nil {
		return nil, fmt.Errorf("telemetry.resource: %w", err)
	}
	client, err := newClient(p.Telemetry.Otlp, p.Log)
	if err != nil {
		return nil, fmt.Errorf("telemetry.otlp: %w", err)
	}
	if network != nil {
		client.http.Transport = network
	}
	t.batches = newBatches(otlptrace.NewUnstarted(client).ExportSpans, prometheus.Labels{p.Kind: p.Name}, p.Log)
	client.refused = t.batches.refused
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(t.batches),
		sdktrace.WithResource(described),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(p.Telemetry.SampleRatio))),
	)
	t.spans = provider.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL))
	t.close = func(ctx context.Context) error {
		err := provider.Shutdown(ctx)
		client.http.CloseIdleConnections()
		return err
	}
	setGlobals(provider, t.propagator, p.Log)
	return t, nil
}

// setGlobals is for the libraries of a program. What OpenTelemetry reports by itself, such as a header
// that it does not read, would otherwise stand between the lines of the log in a form of its own.
func setGlobals(provider trace.TracerProvider, propagator propagation.TextMapPropagator, log *slog.Logger) {
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagator)
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("telemetry: something is left out", "error", err) }))
}

// resourceOf describes the program. What the variables say wins over the contract, and both over
// what the process knows of itself: its host name is that of its pod.
func resourceOf(p tracing.Program) (*resource.Resource, error) {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	attributes := []attribute.KeyValue{
		semconv.ServiceName(p.Name), semconv.ServiceInstanceID(host), semconv.HostName(host),
	}
	for name, value := range p.Telemetry.Resource {
		attributes = append(attributes, attribute.String(name, value))
	}
	described, err := resource.New(context.Background(),
		resource.WithTelemetrySDK(), resource.WithAttributes(attributes...), resource.WithFromEnv())
	if errors.Is(err, resource.ErrPartialResource) {
		p.Log.Warn("telemetry: some attributes of OTEL_RESOURCE_ATTRIBUTES are left out", "error", err)
		err = nil
	}
	return described, err
}

// Collectors implements [tracing.Tracer].
func (t *tracer) Collectors() []prometheus.Collector {
	if t.batches == nil {
		return nil
	}
	return []prometheus.Collector{t.batches.exported, t.batches.dropped}
}

// Close implements [tracing.Tracer].
func (t *tracer) Close(ctx context.Context) error { return t.close(ctx) }
