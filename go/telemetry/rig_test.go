package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"capstan/contract"
	"capstan/queue/driver"
	"capstan/tracing"
	"capstan/worker"
)

// The producer's trace, as the examples of W3C's Trace Context have it.
const (
	producerTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	producerSpan  = "00f067aa0ba902b7"
	traceparent   = "00-" + producerTrace + "-" + producerSpan + "-01"
)

// testProgram is a worker whose traces go to url.
func testProgram(url string, ratio float64, propagators ...contract.TelemetryPropagatorsElem) tracing.Program {
	return tracing.Program{
		Kind: "worker", Name: "develop", Log: slog.New(slog.DiscardHandler),
		Source: tracing.Destination{System: "nats", Name: "photos", Group: "develop"},
		Telemetry: &contract.Telemetry{
			Otlp: contract.Otlp{Endpoint: url}, SampleRatio: ratio, Propagators: propagators,
			Resource: map[string]string{"k8s.namespace.name": "darkroom"},
		},
	}
}

// open opens a tracer that the test closes at its end at the latest.
func open(t testing.TB, p tracing.Program) *tracer {
	t.Helper()
	opened, err := Open(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { flush(t, opened) })
	return opened.(*tracer)
}

// flush closes a tracer; what it has made is sent by then.
func flush(t testing.TB, opened tracing.Tracer) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = opened.Close(ctx)
}

// counted is the value of a counter of the tracer's own.
func counted(t testing.TB, o tracing.Tracer, name, reason string) float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(o.Collectors()...)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.Metric {
			labels := ""
			for _, pair := range m.Label {
				if pair.GetName() == "reason" {
					labels = pair.GetValue()
				}
			}
			if family.GetName() == name && labels == reason {
				return m.Counter.GetValue()
			}
		}
	}
	t.Fatalf("no %s with reason %q", name, reason)
	return 0
}

const (
	exportedName = "capstan_telemetry_spans_exported_total"
	droppedName  = "capstan_telemetry_spans_dropped_total"
)

// workerContract is that of a memory worker whose traces go to url.
func workerContract(t testing.TB, url string, more string) *contract.WorkerContract {
	t.Helper()
	c, err := contract.Parse(fmt.Appendf(nil, `{
		"contract": 1, "name": "develop",
		"pool": {"slots": 2}, "fetch": {"factor": 2, "maxPrefetch": 4},
		"source": {"memory": {"capacity": 100 %s}},
		"task": {
			"maxSeconds": 10, "ackWaitSeconds": 30, "maxAttempts": 3,
			"backoff": {"initialSeconds": 0.001, "maxSeconds": 1, "factor": 2, "jitter": 0}
		},
		"shutdown": {"lameDuckSeconds": 0, "drainSeconds": 10, "flushSeconds": 2},
		"http": {"metricsPort": 0, "intakePort": 0, "host": "127.0.0.1"},
		"telemetry": {"otlp": {"endpoint": %q}, "sampleRatio": 1}
	}`, more, url))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// logBuffer takes the lines of a log while they are read.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// line is the first of that message, or nil.
func (b *logBuffer) line(message string) map[string]any {
	b.mu.Lock()
	defer b.mu.Unlock()
	for text := range bytes.Lines(b.text.Bytes()) {
		var line map[string]any
		if json.Unmarshal(text, &line) == nil && line["msg"] == message {
			return line
		}
	}
	return nil
}

// runWorker runs a worker until its source is exhausted or the test ends it.
func runWorker[T any](t testing.TB, ctx context.Context, c *contract.WorkerContract, h worker.Handler[T]) (*logBuffer, chan contract.WorkerReport) {
	log, reports := new(logBuffer), make(chan contract.WorkerReport, 1)
	go func() {
		report, err := worker.Run(ctx, c, worker.Stateless(h), worker.Options{
			Log:     slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			Drivers: []driver.Driver{Driver},
		})
		if err != nil {
			t.Error(err)
		}
		reports <- report
	}()
	return log, reports
}

// until waits for what a server on loopback does.
func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}
