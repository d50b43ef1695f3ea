package telemetry

import (
	"context"
	"maps"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"capstan/queue"
	"capstan/tracing"
)

// Attributes that OpenTelemetry has no name for.
const (
	// attemptKey counts the deliveries of a task from 1.
	attemptKey = attribute.Key("capstan.task.attempt")
	// outcomeKey is done, alreadyDone, retried, released or dead.
	outcomeKey = attribute.Key("capstan.task.outcome")
	// waitedKey is how long the task waited in the queue before its first attempt, in seconds.
	waitedKey = attribute.Key("capstan.task.waited_seconds")
)

// Task implements [tracing.Tracer]. Since a span is about one task, what added it is its parent; the
// link is for those who follow links alone, as for batches.
func (t *tracer) Task(ctx context.Context, d queue.Delivery) (context.Context, func(outcome, reason string)) {
	from := t.program.Source
	ctx = tracing.NewContext(t.propagator.Extract(ctx, headers(d.Headers)), t)
	attributes := append(messaging(from, semconv.MessagingOperationTypeProcess, "process", d.ID),
		semconv.MessagingMessageBodySize(len(d.Payload)), attemptKey.Int(d.Attempt))
	if from.Group != "" {
		attributes = append(attributes, semconv.MessagingConsumerGroupName(from.Group))
	}
	if !d.Published.IsZero() && d.Attempt == 1 {
		attributes = append(attributes, waitedKey.Float64(max(time.Since(d.Published), 0).Seconds()))
	}
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindConsumer)}
	if added := trace.SpanContextFromContext(ctx); added.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: added}))
	}
	ctx, span := t.spans.Start(ctx, "process "+from.Name, append(options, trace.WithAttributes(attributes...))...)
	return ctx, func(outcome, reason string) {
		span.SetAttributes(outcomeKey.String(outcome))
		switch outcome {
		case "dead", "retried":
			span.SetStatus(codes.Error, reason)
			span.SetAttributes(semconv.ErrorTypeKey.String(outcome))
		}
		span.End()
	}
}

// Publish implements [tracing.Tracer].
func (t *tracer) Publish(ctx context.Context, to tracing.Destination, task queue.Task) (context.Context, queue.Task, func(error)) {
	ctx, span := t.spans.Start(ctx, "send "+to.Name, trace.WithSpanKind(trace.SpanKindProducer),
		trace.WithAttributes(append(messaging(to, semconv.MessagingOperationTypeSend, "send", task.ID),
			semconv.MessagingMessageBodySize(len(task.Payload)))...))
	carried := make(headers, len(task.Headers)+2)
	maps.Copy(carried, task.Headers)
	t.propagator.Inject(ctx, carried)
	if len(carried) > 0 {
		task.Headers = carried
	}
	return ctx, task, func(err error) { endWith(span, err) }
}

// Section implements [tracing.Tracer].
func (t *tracer) Section(ctx context.Context, name string) (context.Context, func(error)) {
	ctx, span := t.spans.Start(ctx, name)
	return ctx, func(err error) { endWith(span, err) }
}

// IDs implements [tracing.Tracer].
func (t *tracer) IDs(ctx context.Context) (traceID, spanID string, sampled bool) {
	c := trace.SpanContextFromContext(ctx)
	if !c.IsValid() {
		return "", "", false
	}
	return c.TraceID().String(), c.SpanID().String(), c.IsSampled()
}

// messaging are the attributes of anything that is done with a message. A queue that OpenTelemetry
// does not list goes by its own name, as the conventions say.
func messaging(at tracing.Destination, kind attribute.KeyValue, operation, id string) []attribute.KeyValue {
	attributes := []attribute.KeyValue{
		semconv.MessagingSystemKey.String(at.System), semconv.MessagingDestinationName(at.Name),
		kind, semconv.MessagingOperationName(operation),
	}
	if id != "" {
		attributes = append(attributes, semconv.MessagingMessageID(id))
	}
	return attributes
}

func endWith(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		span.SetAttributes(semconv.ErrorType(err))
	}
	span.End()
}
