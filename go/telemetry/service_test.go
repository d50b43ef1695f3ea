package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/service"
	"capstan/telemetry/otlptest"
)

// published is a broker that keeps the last task.
type published struct{ last chan queue.Task }

func (p published) Publish(_ context.Context, task queue.Task) error { p.last <- task; return nil }
func (p published) Close() error                                     { return nil }

func TestARequestAndWhatItPublishesAreOneTrace(t *testing.T) {
	collector, broker := otlptest.Start(t), published{make(chan queue.Task, 1)}
	c, err := contract.ParseService(fmt.Appendf(nil, `{
		"contract": 1, "name": "upload",
		"pool": {"slots": 2}, "queue": {"length": 2, "maxWaitSeconds": 1},
		"request": {"maxSeconds": 5, "maxBodyBytes": 1000}, "protocols": ["http", "grpc"],
		"http": {"port": 0, "metricsPort": 0, "host": "127.0.0.1"},
		"shutdown": {"lameDuckSeconds": 0, "drainSeconds": 5, "flushSeconds": 4},
		"publish": {"jetstream": {"servers": ["nats:4222"], "stream": "photos", "subject": "photos"}},
		"telemetry": {"otlp": {"endpoint": %q}, "sampleRatio": 0}
	}`, collector.URL))
	if err != nil {
		t.Fatal(err)
	}
	build := func(s service.Setup) (service.Handlers, error) {
		mux := http.NewServeMux()
		mux.HandleFunc("PUT /photos/{name}", func(w http.ResponseWriter, r *http.Request) {
			s.Log.InfoContext(r.Context(), "taking")
			if err := s.Publish(r.Context(), r.PathValue("name"), photo{"a"}); err != nil {
				t.Error(err)
			}
		})
		mux.HandleFunc("GET /broken", func(http.ResponseWriter, *http.Request) { panic("broken") })
		return service.Handlers{HTTP: mux}, nil
	}
	log, ctx, ended := new(logBuffer), context.Context(nil), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer close(ended)
		_, err := service.Run(ctx, c, build, service.Options{
			Log: slog.New(slog.NewJSONHandler(log, nil)),
			Drivers: []driver.Driver{Driver, {Name: "jetstream", OpenPublisher: func(context.Context, string, *contract.Publish, *slog.Logger) (queue.Publisher, error) {
				return broker, nil
			}}},
		})
		if err != nil {
			t.Error(err)
		}
	}()
	until(t, "ready", func() bool { return log.line("ready") != nil })
	call := func(method, path string, header map[string]string) {
		request, err := http.NewRequestWithContext(t.Context(), method, "http://"+log.line("ready")["addr"].(string)+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Traceparent", traceparent)
		for name, value := range header {
			request.Header.Set(name, value)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	call("PUT", "/photos/lake", nil)
	call("GET", "/broken", nil)
	call("POST", "/photo.v1.Photos/List", map[string]string{"Content-Type": "application/grpc"})
	http.DefaultClient.CloseIdleConnections()
	stop()
	<-ended

	took, added := collector.Named("PUT /photos/{name}"), collector.Named("send photos")
	if took.Trace != producerTrace || took.Parent != producerSpan || took.Kind != "SERVER" || added.Parent != took.ID || added.Kind != "PRODUCER" {
		t.Errorf("request %+v, publication %+v", took, added)
	}
	attributes(t, took, map[string]any{"http.route": "/photos/{name}", "url.path": "/photos/lake", "http.response.status_code": 200})
	attributes(t, added, map[string]any{"messaging.system": "nats", "messaging.destination.name": "photos", "messaging.message.id": "lake"})
	if task := <-broker.last; task.Headers["traceparent"] != "00-"+producerTrace+"-"+added.ID+"-01" {
		t.Errorf("the task carries %v", task.Headers)
	}
	if line := log.line("taking"); line["span_id"] != took.ID {
		t.Errorf("log line %v", line)
	}
	if broken := collector.Named("GET /broken"); broken.Status != "ERROR" || broken.Attributes["http.response.status_code"] != 500 {
		t.Errorf("a handler that panicked: %+v", broken)
	}
	if line := log.line("handler panicked"); line["trace_id"] != producerTrace {
		t.Errorf("log line %v", line)
	}
	rpc := collector.Named("photo.v1.Photos/List")
	if rpc.Attributes["rpc.system.name"] != "grpc" || strings.Contains(fmt.Sprint(rpc.Attributes), "http.route") {
		t.Errorf("call %+v", rpc)
	}
}
