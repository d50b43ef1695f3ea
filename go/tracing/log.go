package tracing

import (
	"context"
	"log/slog"
)

// Log is a log whose lines carry trace_id and span_id, when they are written with the context of a
// task or a request: log.InfoContext(ctx, …).
func Log(log *slog.Logger, t Tracer) *slog.Logger {
	if _, isNone := t.(None); isNone {
		return log
	}
	return slog.New(handler{log.Handler(), t})
}

type handler struct {
	slog.Handler
	tracer Tracer
}

// Handle implements [slog.Handler].
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if trace, span, _ := h.tracer.IDs(ctx); trace != "" {
		r = r.Clone()
		r.AddAttrs(slog.String("trace_id", trace), slog.String("span_id", span))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs), h.tracer}
}

// WithGroup implements [slog.Handler].
func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.Handler.WithGroup(name), h.tracer}
}
