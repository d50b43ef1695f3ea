package telemetry

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"capstan/telemetry/otlptest"
	"capstan/tracing"
	"capstan/worker"
)

type photo struct {
	Path string `json:"path"`
}

// A task that is pushed with the context of a trace elsewhere: the whole way in one trace.
func TestATraceGoesFromTheProducerThroughTheQueueToTheServerBehind(t *testing.T) {
	collector := otlptest.Start(t)
	seen := make(chan http.Header, 1)
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { seen <- r.Header }))
	defer behind.Close()
	client := &http.Client{Transport: tracing.Transport{}}
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()

	ctx, stop := context.WithCancel(t.Context())
	log, reports := runWorker(t, ctx, workerContract(t, collector.URL, ""), func(ctx context.Context, task worker.Task[photo]) error {
		task.Log.InfoContext(ctx, "developing")
		ctx, end := tracing.Section(ctx, "decode")
		end(nil)
		r, err := http.NewRequestWithContext(ctx, "GET", behind.URL+"/catalog?token=secret", nil)
		if err != nil {
			return err
		}
		answer, err := client.Do(r)
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		defer stop()
		return answer.Body.Close()
	})
	until(t, "ready", func() bool { return log.line("ready") != nil })
	push(t, log.line("ready")["intakeAddr"].(string), "photo-1")
	if report := <-reports; report.Tasks.Done != 1 {
		t.Fatalf("report %+v", report)
	}

	posted, added, ran, decoded, called := collector.Named("POST /tasks"), collector.Named("send develop"),
		collector.Named("process develop"), collector.Named("decode"), collector.Named("GET")
	for _, s := range []otlptest.Span{posted, added, ran, decoded, called} {
		if s.Trace != producerTrace || s.Status != "UNSET" {
			t.Errorf("%s has trace %s, status %s", s.Name, s.Trace, s.Status)
		}
	}
	for _, link := range []struct{ child, parent, want string }{
		{"POST /tasks", posted.Parent, producerSpan}, {"send", added.Parent, posted.ID}, {"process", ran.Parent, added.ID},
		{"decode", decoded.Parent, ran.ID}, {"GET", called.Parent, decoded.ID},
	} {
		if link.parent != link.want {
			t.Errorf("the parent of %s is %s, want %s", link.child, link.parent, link.want)
		}
	}
	if got := strings.Join([]string{posted.Kind, added.Kind, ran.Kind, decoded.Kind, called.Kind}, " "); got != "SERVER PRODUCER CONSUMER INTERNAL CLIENT" {
		t.Errorf("kinds %s", got)
	}
	if len(ran.Links) != 1 || ran.Links[0] != added.ID {
		t.Errorf("links %v, want the span that added the task, %s", ran.Links, added.ID)
	}
	if got := (<-seen).Get("Traceparent"); got != "00-"+producerTrace+"-"+called.ID+"-01" {
		t.Errorf("the server behind got traceparent %q", got)
	}
	if got := called.Attributes["url.full"]; got != behind.URL+"/catalog" {
		t.Errorf("url.full %v: a query may hold secrets", got)
	}
	for message, span := range map[string]string{"developing": ran.ID, "task finished": ran.ID} {
		if line := log.line(message); line["trace_id"] != producerTrace || line["span_id"] != span {
			t.Errorf("log line %v", line)
		}
	}
	attributes(t, ran, map[string]any{
		"messaging.system": "memory", "messaging.destination.name": "develop", "messaging.message.id": "photo-1",
		"messaging.operation.type": "process", "messaging.operation.name": "process", "messaging.message.body.size": 14,
		"capstan.task.attempt": 1, "capstan.task.outcome": "done",
	})
	attributes(t, posted, map[string]any{"http.request.method": "POST", "http.route": "/tasks", "http.response.status_code": 202})
	if ran.Resource["service.name"] != "develop" || ran.Resource["service.instance.id"] == nil {
		t.Errorf("resource %v", ran.Resource)
	}
}

func TestEachAttemptIsASpanWithItsOutcome(t *testing.T) {
	collector := otlptest.Start(t)
	contract := workerContract(t, collector.URL, `, "exitWhenIdle": true, "seeds": ["{\"path\":\"retried\"}", "{\"path\":\"dead\"}", "{\"path\":\"known\"}"]`)
	_, reports := runWorker(t, t.Context(), contract, func(_ context.Context, task worker.Task[photo]) error {
		switch {
		case task.Payload.Path == "known":
			return worker.ErrAlreadyDone
		case task.Payload.Path == "dead":
			return worker.Permanent(errors.New("corrupt"))
		case task.Attempt == 1:
			panic("broken")
		}
		return nil
	})
	<-reports
	outcomes := map[string]string{} // to the span's status
	for _, s := range collector.Spans() {
		outcomes[s.Attributes["capstan.task.outcome"].(string)] += s.Status
		if s.Trace == "" || s.Parent != "" || s.Kind != "CONSUMER" {
			t.Errorf("span %+v: an attempt at a task without a producer begins a trace", s)
		}
	}
	want := map[string]string{"done": "UNSET", "retried": "ERROR", "dead": "ERROR", "alreadyDone": "UNSET"}
	for outcome, status := range want {
		if outcomes[outcome] != status {
			t.Errorf("outcomes %v, want %v", outcomes, want)
		}
	}
}

// push posts a task with the producer's context.
func push(t *testing.T, address, id string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+address+"/tasks?id="+id, strings.NewReader(`{"path":"a.j"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Traceparent", traceparent)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		t.Fatalf("POST /tasks is answered %s", answer.Status)
	}
}

func attributes(t *testing.T, s otlptest.Span, want map[string]any) {
	t.Helper()
	for name, value := range want {
		if s.Attributes[name] != value {
			t.Errorf("%s: attribute %s is %v, want %v", s.Name, name, s.Attributes[name], value)
		}
	}
}
