package worker

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/tracing"
)

// openTracer makes the tracer that the contract asks for; lines of the log carry its ids from now on.
func (l *lifecycle) openTracer() (err error) {
	l.tracer, err = driver.Drivers(l.options.Drivers).OpenTracer(tracing.Program{
		Kind: "worker", Name: l.config.Name, Telemetry: l.config.Telemetry,
		Source: destinationOf(l.config), Log: l.log,
	})
	if err != nil {
		l.tracer = tracing.None{}
		return err
	}
	l.log = tracing.Log(l.log, l.tracer)
	return nil
}

// destinationOf is where tasks come from, as traces name it.
func destinationOf(c *contract.WorkerContract) tracing.Destination {
	switch s := c.Source; {
	case s.Jetstream != nil:
		return tracing.Destination{System: "nats", Name: s.Jetstream.Stream, Group: s.Jetstream.Consumer}
	case s.Redis != nil:
		return tracing.Destination{System: "redis", Name: s.Redis.Stream, Group: s.Redis.Group}
	case s.Kafka != nil:
		return tracing.Destination{System: "kafka", Name: s.Kafka.Topic, Group: s.Kafka.Group}
	case s.Folder != nil:
		return tracing.Destination{System: "folder", Name: c.Name}
	default:
		return tracing.Destination{System: "memory", Name: c.Name}
	}
}

// begin notes the start of an attempt, and begins its span, which the returned context carries.
func (e *engine) begin(ctx context.Context, f *flight, now time.Time) context.Context {
	ctx, endSpan := e.tracer.Task(ctx, f.delivery)
	e.flights.start(f, now, ctx, endSpan)
	e.metrics.started(f, now, tracing.Exemplar(ctx, e.tracer))
	return ctx
}

// finish ends the span of an attempt; one that did not start has none. It is called once its handler
// has returned.
func (f *flight) finish(v verdict) {
	if f.endSpan != nil {
		f.endSpan(string(v.outcome), v.reason)
	}
}

// logContext carries the ids of the attempt to the log.
func (f *flight) logContext() context.Context {
	if f.context == nil {
		return context.Background()
	}
	return f.context
}

// tracedEnqueuer sends the context of whoever adds a task along with it.
type tracedEnqueuer struct {
	queue.Enqueuer
	tracer tracing.Tracer
	to     tracing.Destination
}

// Enqueue implements [queue.Enqueuer]. A context never makes a task too large: it stays behind.
func (q tracedEnqueuer) Enqueue(ctx context.Context, task queue.Task) error {
	ctx, carried, end := q.tracer.Publish(ctx, q.to, task)
	err := q.Enqueuer.Enqueue(ctx, carried)
	if errors.Is(err, queue.ErrTooLarge) && len(carried.Headers) > len(task.Headers) {
		err = q.Enqueuer.Enqueue(ctx, task)
	}
	end(err)
	return err
}

// traced makes a span of each request to the intake.
func traced(t tracing.Tracer, next http.Handler) http.Handler {
	if _, isNone := t.(tracing.None); isNone {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, end := t.Request(r)
		answer := &answered{ResponseWriter: w}
		defer func() { end(answer.code, r.Pattern) }()
		next.ServeHTTP(answer, r)
		answer.code = cmp.Or(answer.code, http.StatusOK)
	})
}

// answered notes the code of an answer.
type answered struct {
	http.ResponseWriter
	code int
}

// Unwrap lets http.MaxBytesReader reach what is below.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader implements [http.ResponseWriter].
func (a *answered) WriteHeader(code int) {
	a.code = cmp.Or(a.code, code)
	a.ResponseWriter.WriteHeader(code)
}
