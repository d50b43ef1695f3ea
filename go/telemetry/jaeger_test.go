package telemetry

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
	"capstan/testserver"
	"capstan/tracing"
	"capstan/worker"

	natsjs "github.com/nats-io/nats.go/jetstream"
)

// jaeger is a running Jaeger.
type jaeger struct{ collector, query string }

func startJaeger(t *testing.T) jaeger {
	t.Helper()
	program := testserver.Find(t, "jaeger")
	otlp, query, health := testserver.FreePort(t), testserver.FreePort(t), testserver.FreePort(t)
	config := filepath.Join(t.TempDir(), "jaeger.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, `
service:
  extensions: [jaeger_storage, jaeger_query, healthcheckv2]
  pipelines: {traces: {receivers: [otlp], exporters: [jaeger_storage_exporter]}}
  telemetry: {metrics: {level: none}}
extensions:
  healthcheckv2: {use_v2: true, http: {endpoint: "127.0.0.1:%d"}}
  jaeger_query: {storage: {traces: mem}, http: {endpoint: "127.0.0.1:%d"}, grpc: {endpoint: "127.0.0.1:0"}}
  jaeger_storage: {backends: {mem: {memory: {max_traces: 1000}}}}
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:%d"}}}}
exporters: {jaeger_storage_exporter: {trace_storage: mem}}
`, health, query, otlp), 0o600); err != nil {
		t.Fatal(err)
	}
	j := jaeger{fmt.Sprintf("http://127.0.0.1:%d", otlp), fmt.Sprintf("http://127.0.0.1:%d", query)}
	testserver.Run(t, exec.Command(program, "--config", config), func() error {
		_, err := j.spans(producerTrace)
		return err
	})
	return j
}

// span is one as Jaeger tells of it.
type span struct{ service, name, parent, id string }

// spans are those of a trace, by name.
func (j jaeger) spans(trace string) (map[string]span, error) {
	answer, err := http.Get(j.query + "/api/traces/" + trace)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var found struct {
		Data []struct {
			Spans []struct {
				SpanID, OperationName, ProcessID string
				References                       []struct{ SpanID string }
			}
			Processes map[string]struct{ ServiceName string }
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&found); err != nil {
		return nil, fmt.Errorf("%s: %w", answer.Status, err)
	}
	spans := make(map[string]span)
	for _, it := range found.Data {
		for _, s := range it.Spans {
			seen := span{service: it.Processes[s.ProcessID].ServiceName, name: s.OperationName, id: s.SpanID}
			// A parent that is linked as well is one reference, of the kind FOLLOWS_FROM.
			for _, reference := range s.References {
				seen.parent = reference.SpanID
			}
			spans[s.OperationName] = seen
		}
	}
	return spans, nil
}

// A real broker between producer and consumer, and a real collector that puts the trace together.
func TestJaegerSeesOneTraceFromTheProducerThroughNATSToTheServerBehind(t *testing.T) {
	j, nats := startJaeger(t), natstest.Start(t)
	defer http.DefaultClient.CloseIdleConnections()
	nats.Stream(natsjs.StreamConfig{Name: "photos"})

	// The producer and the server behind are other programs, with tracers of their own.
	producer := open(t, programOf("upload", j.collector))
	catalog := open(t, programOf("catalog", j.collector))
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, end := catalog.Request(r)
		end(http.StatusOK, "GET /rows")
	}))
	defer behind.Close()

	c := jetstreamWorker(t, nats.Address, j.collector)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		handle := func(ctx context.Context, task worker.Task[photo]) error {
			defer stop()
			r, err := http.NewRequestWithContext(ctx, "GET", behind.URL+"/rows", nil)
			if err != nil {
				return err
			}
			answer, err := (&http.Client{Transport: tracing.Transport{}}).Do(r)
			if err != nil {
				return err
			}
			_, _ = io.Copy(io.Discard, answer.Body)
			return answer.Body.Close()
		}
		_, err := worker.Run(ctx, c, worker.Stateless(handle), worker.Options{
			Log: slog.New(slog.DiscardHandler), Drivers: []driver.Driver{jetstream.Driver, Driver},
		})
		ended <- err
	}()
	publisher, err := jetstream.OpenPublisher(t.Context(), nats.Connect(), "photos", "photos")
	if err != nil {
		t.Fatal(err)
	}
	remote, end := producer.Task(t.Context(), queue.Delivery{Headers: map[string]string{"traceparent": traceparent}})
	sending, task, sent := producer.Publish(remote, tracing.Destination{System: "nats", Name: "photos"}, queue.Task{ID: "1", Payload: []byte(`{"path":"a"}`)})
	err = publisher.Publish(sending, task)
	sent(err)
	end("done", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	flush(t, producer)
	flush(t, catalog)

	var spans map[string]span
	testserver.Until(t, 20*time.Second, func() (err error) {
		if spans, err = j.spans(producerTrace); err == nil && len(spans) < 5 {
			err = fmt.Errorf("spans %v", spans)
		}
		return err
	}, func() string { return "" })
	for name, want := range map[string]struct{ service, parent string }{
		"process uploads": {"upload", producerSpan},
		"send photos":     {"upload", spans["process uploads"].id},
		"process photos":  {"develop", spans["send photos"].id},
		"GET":             {"develop", spans["process photos"].id},
		"GET /rows":       {"catalog", spans["GET"].id},
	} {
		if got := spans[name]; got.service != want.service || got.parent != want.parent {
			t.Errorf("%q is %+v, want %+v", name, got, want)
		}
	}
}

func programOf(name, url string) tracing.Program {
	p := testProgram(url, 0) // the trace began elsewhere, and was kept there
	p.Name, p.Source = name, tracing.Destination{System: "nats", Name: name + "s"}
	return p
}

// jetstreamWorker takes photos from a broker.
func jetstreamWorker(t *testing.T, nats, url string) *contract.WorkerContract {
	c := workerContract(t, url, "")
	c.Source = contract.Source{Jetstream: &contract.JetStreamSource{
		Servers: []string{nats}, Stream: "photos", Consumer: "develop", MaxAckPending: 10,
	}}
	c.Http.IntakePort = nil
	return c
}
