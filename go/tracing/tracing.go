// Package tracing is what workers and services tell of their work to whoever makes traces of it.
// It is all that a program without telemetry carries; capstan/telemetry implements [Tracer] with
// OpenTelemetry, and the generated main links it where the spec asks for traces.
//
// Handlers use [Section] and [Transport]: both find the tracer in their context, and cost next to
// nothing where there is none.
package tracing

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"capstan/contract"
	"capstan/queue"
)

// Program is what a tracer is opened for.
type Program struct {
	// Kind is worker or service.
	Kind string
	// Name is that of the spec.
	Name string
	// Telemetry is the contract's section.
	Telemetry *contract.Telemetry
	// Source is where a worker's tasks come from.
	Source Destination
	// Log takes what the tracer has to say about itself.
	Log *slog.Logger
}

// Destination is a queue as traces name it.
type Destination struct {
	// System is the kind of server, such as nats, or memory or folder.
	System string
	// Name is that of the stream, subject, topic or folder.
	Name string
	// Group is the consumer or consumer group; empty where there is none.
	Group string
}

// Tracer makes traces. All methods may be called from any number of goroutines; none but Close
// blocks, and none fails the work that it is told of.
type Tracer interface {
	// Task begins the span of one attempt at a task, as a child of what added it. end is called
	// once, with the outcome and the reason of anything but done.
	Task(ctx context.Context, d queue.Delivery) (_ context.Context, end func(outcome, reason string))
	// Publish begins the span of adding a task to a destination, and gives the task the headers
	// that carry its context. end is called once.
	Publish(ctx context.Context, to Destination, task queue.Task) (_ context.Context, _ queue.Task, end func(error))
	// Request begins the span of a request to this program. end is called once with the HTTP code
	// of the answer, 0 when the handler panicked, and the pattern that the request matched.
	Request(r *http.Request) (_ *http.Request, end func(code int, route string))
	// Call begins the span of a request that this program makes, and gives it the headers that
	// carry its context. end is called once with the answer's HTTP code, or the error.
	Call(r *http.Request) (_ *http.Request, end func(code int, err error))
	// Section begins a span of that name within the one of ctx. end is called once.
	Section(ctx context.Context, name string) (_ context.Context, end func(error))
	// IDs are those of the span in ctx in hexadecimal; empty without one. sampled says whether
	// the trace is kept.
	IDs(ctx context.Context) (trace, span string, sampled bool)
	// Collectors are the tracer's own metrics.
	Collectors() []prometheus.Collector
	// Close sends what is left, until ctx ends; what is not sent by then is dropped and counted.
	Close(ctx context.Context) error
}

// tracerKey is that of the tracer in a context.
type tracerKey struct{}

// NewContext is ctx with a tracer that [Section] and [Transport] find.
func NewContext(ctx context.Context, t Tracer) context.Context {
	if _, isNone := t.(None); isNone {
		return ctx
	}
	return context.WithValue(ctx, tracerKey{}, t)
}

// of is the tracer of a context.
func of(ctx context.Context) Tracer {
	if t, ok := ctx.Value(tracerKey{}).(Tracer); ok {
		return t
	}
	return None{}
}

// Section begins a span of that name within the task or request of ctx. end is called once, with
// the error that the section came to; it may be called from any goroutine.
//
//	ctx, end := tracing.Section(ctx, "decode")
//	picture, err := decode(ctx)
//	end(err)
func Section(ctx context.Context, name string) (_ context.Context, end func(error)) {
	return of(ctx).Section(ctx, name)
}

// IDs are those of the trace and the span of ctx in hexadecimal; empty without one.
func IDs(ctx context.Context) (trace, span string) {
	trace, span, _ = of(ctx).IDs(ctx)
	return trace, span
}

// Exemplar are the labels that name the span of ctx in a metric; nil where its trace is not kept.
func Exemplar(ctx context.Context, t Tracer) prometheus.Labels {
	trace, span, sampled := t.IDs(ctx)
	if !sampled {
		return nil
	}
	return prometheus.Labels{"trace_id": trace, "span_id": span}
}
