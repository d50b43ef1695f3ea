package tracing

import (
	"context"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"capstan/queue"
)

// None makes no traces.
type None struct{}

var _ Tracer = None{}

// Task implements [Tracer].
func (None) Task(ctx context.Context, _ queue.Delivery) (context.Context, func(string, string)) {
	return ctx, func(string, string) {}
}

// Publish implements [Tracer].
func (None) Publish(ctx context.Context, _ Destination, task queue.Task) (context.Context, queue.Task, func(error)) {
	return ctx, task, func(error) {}
}

// Request implements [Tracer].
func (None) Request(r *http.Request) (*http.Request, func(int, string)) {
	return r, func(int, string) {}
}

// Call implements [Tracer].
func (None) Call(r *http.Request) (*http.Request, func(int, error)) { return r, func(int, error) {} }

// Section implements [Tracer].
func (None) Section(ctx context.Context, _ string) (context.Context, func(error)) {
	return ctx, func(error) {}
}

// IDs implements [Tracer].
func (None) IDs(context.Context) (trace, span string, sampled bool) { return "", "", false }

// Collectors implements [Tracer].
func (None) Collectors() []prometheus.Collector { return nil }

// Close implements [Tracer].
func (None) Close(context.Context) error { return nil }
