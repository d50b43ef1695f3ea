package telemetry

import (
	"context"
	"net/textproto"

	"go.opentelemetry.io/contrib/propagators/b3"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"capstan/contract"
)

// propagatorOf carries contexts as the contract says; without a word, as the W3C does.
func propagatorOf(names []contract.TelemetryPropagatorsElem) propagation.TextMapPropagator {
	if len(names) == 0 {
		names = []contract.TelemetryPropagatorsElem{
			contract.TelemetryPropagatorsElemTracecontext, contract.TelemetryPropagatorsElemBaggage,
		}
	}
	var all forms
	for _, name := range names {
		switch name {
		case contract.TelemetryPropagatorsElemTracecontext:
			all = append(all, propagation.TraceContext{})
		case contract.TelemetryPropagatorsElemBaggage:
			all = append(all, propagation.Baggage{})
		case contract.TelemetryPropagatorsElemB3:
			all = append(all, b3.New(b3.WithInjectEncoding(b3.B3SingleHeader)))
		case contract.TelemetryPropagatorsElemB3Multi:
			all = append(all, b3.New(b3.WithInjectEncoding(b3.B3MultipleHeader)))
		}
	}
	return all
}

// forms writes all of them, and reads the span from the first that has one; OpenTelemetry's own
// composite takes the last.
type forms []propagation.TextMapPropagator

// Inject implements [propagation.TextMapPropagator].
func (f forms) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	for _, it := range f {
		it.Inject(ctx, carrier)
	}
}

// Extract implements [propagation.TextMapPropagator].
func (f forms) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	found := trace.SpanContext{}
	for _, it := range f {
		ctx = it.Extract(ctx, carrier)
		if read := trace.SpanContextFromContext(ctx); read.IsValid() && !found.IsValid() {
			found = read
		}
	}
	if found.IsValid() {
		ctx = trace.ContextWithRemoteSpanContext(ctx, found)
	}
	return ctx
}

// Fields implements [propagation.TextMapPropagator].
func (f forms) Fields() []string {
	var all []string
	for _, it := range f {
		all = append(all, it.Fields()...)
	}
	return all
}

// headers are those of a task. Names are compared as HTTP does: they may have come through a broker
// that writes them its own way.
type headers map[string]string

// Get implements [propagation.TextMapCarrier].
func (h headers) Get(name string) string {
	if value, ok := h[name]; ok {
		return value
	}
	wanted := textproto.CanonicalMIMEHeaderKey(name)
	for known, value := range h {
		if textproto.CanonicalMIMEHeaderKey(known) == wanted {
			return value
		}
	}
	return ""
}

// Set implements [propagation.TextMapCarrier].
func (h headers) Set(name, value string) { h[name] = value }

// Keys implements [propagation.TextMapCarrier].
func (h headers) Keys() []string {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	return names
}
