package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

const (
	// mostWaiting bounds ended spans that wait, some 2 KiB each.
	mostWaiting = 2048
	// batchSize is the most that is sent at once; that many do not wait for batchWait.
	batchSize = 512
	// batchWait is how long the first span of a batch waits for others.
	batchWait = time.Second
)

// export sends spans, or says why they are lost. It ends with ctx.
type export func(ctx context.Context, spans []sdktrace.ReadOnlySpan) error

// batches is a [sdktrace.SpanProcessor] that sends spans from a goroutine of its own. OpenTelemetry's
// own does the same, and does not say what it drops.
type batches struct {
	export   export
	log      *slog.Logger
	exported prometheus.Counter
	dropped  *prometheus.CounterVec

	mu       sync.Mutex
	waiting  []sdktrace.ReadOnlySpan
	closed   bool
	lost     int // spans that the end has cut off
	declined int // spans of the batch that is being sent which the collector refused

	wake    chan struct{} // a batch waits, or the end has come
	sending context.Context
	abort   context.CancelFunc
	done    chan struct{}
	failing bool // belongs to run
}

var _ sdktrace.SpanProcessor = (*batches)(nil)

func newBatches(send export, labels prometheus.Labels, log *slog.Logger) *batches {
	b := &batches{
		export: send, log: log,
		exported: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "capstan_telemetry_spans_exported_total", Help: "Spans that the collector took.", ConstLabels: labels,
		}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "capstan_telemetry_spans_dropped_total", Help: "Spans that are lost, by the reason.", ConstLabels: labels,
		}, []string{"reason"}),
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	for _, reason := range []string{"full", "failed", "refused", "shutdown"} {
		b.dropped.WithLabelValues(reason) // present from the start, so that rates begin at 0
	}
	b.sending, b.abort = context.WithCancel(context.Background())
	go b.run()
	return b
}

// OnStart implements [sdktrace.SpanProcessor].
func (b *batches) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd implements [sdktrace.SpanProcessor]. It never blocks on the collector.
func (b *batches) OnEnd(s sdktrace.ReadOnlySpan) {
	if !s.SpanContext().IsSampled() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		b.drop("shutdown", 1)
	case len(b.waiting) == mostWaiting:
		b.drop("full", 1)
	default:
		b.waiting = append(b.waiting, s)
		if len(b.waiting) == 1 || len(b.waiting) == batchSize {
			b.wakeUp()
		}
	}
}

// ForceFlush implements [sdktrace.SpanProcessor]; nobody in this runtime asks for it.
func (b *batches) ForceFlush(context.Context) error { return nil }

// Shutdown implements [sdktrace.SpanProcessor]: what waits is sent until ctx ends.
func (b *batches) Shutdown(ctx context.Context) error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.wakeUp()
	stop := context.AfterFunc(ctx, b.abort)
	defer stop()
	<-b.done
	b.abort()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost += len(b.waiting)
	b.drop("shutdown", len(b.waiting))
	b.waiting = nil
	if b.lost == 0 {
		return nil
	}
	return fmt.Errorf("%d spans were not sent before the end", b.lost)
}

// run sends batches until the end.
func (b *batches) run() {
	defer close(b.done)
	for {
		<-b.wake
		b.gather()
		for b.sending.Err() == nil {
			batch := b.next()
			if len(batch) == 0 {
				break
			}
			b.send(batch)
		}
		b.mu.Lock()
		closed := b.closed
		b.mu.Unlock()
		if closed {
			return
		}
	}
}

// gather waits until a batch is full or old enough, or the end has come.
func (b *batches) gather() {
	timer := time.NewTimer(batchWait)
	defer timer.Stop()
	for {
		b.mu.Lock()
		enough := b.closed || len(b.waiting) >= batchSize
		b.mu.Unlock()
		if enough {
			return
		}
		select {
		case <-b.wake:
		case <-timer.C:
			return
		}
	}
}

func (b *batches) next() []sdktrace.ReadOnlySpan {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(batchSize, len(b.waiting))
	batch := b.waiting[:n:n]
	b.waiting = append([]sdktrace.ReadOnlySpan(nil), b.waiting[n:]...)
	b.declined = 0
	return batch
}

func (b *batches) send(batch []sdktrace.ReadOnlySpan) {
	err := b.export(b.sending, batch)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.exported.Add(float64(len(batch) - b.declined))
		b.drop("refused", b.declined)
		if b.failing {
			b.log.Info("telemetry: the collector takes spans again")
		}
		b.failing = false
		return
	}
	if errors.Is(err, context.Canceled) && b.sending.Err() != nil {
		b.lost += len(batch)
		b.drop("shutdown", len(batch))
		return
	}
	b.drop("failed", len(batch))
	if !b.failing {
		b.log.Warn("telemetry: spans are dropped, the work goes on", "error", err)
	}
	b.failing = true
}

// refused notes that the collector did not take n spans of the batch that is being sent.
func (b *batches) refused(n int, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.declined += n
	b.log.Warn("telemetry: the collector refused spans", "spans", n, "reason", why)
}

func (b *batches) drop(reason string, n int) {
	if n > 0 {
		b.dropped.WithLabelValues(reason).Add(float64(n))
	}
}

func (b *batches) wakeUp() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}
