package service

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/tracing"
)

func TestADrainFinishesRequestsInFlight(t *testing.T) {
	release := make(chan struct{})
	closed := false
	r := newRig(t, nil)
	r.build = func(setup Setup) (Handlers, error) {
		handlers, err := echo(release)(setup)
		handlers.HTTP = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release })
		handlers.Close = func() error { closed = true; return nil }
		return handlers, err
	}
	r.start()
	answers := make(chan error, 2)
	go func() {
		status, _, text := r.call("GET", "/", nil)
		if status != 200 {
			answers <- errors.New(text)
			return
		}
		answers <- nil
	}()
	client := r.rpcClients()["gRPC"]
	go func() {
		_, err := say(t, client, "wait")
		answers <- err
	}()
	r.until("in flight", func() bool { return r.metric("capstan_requests_in_flight") == 2 })
	r.term()
	r.until("not ready", func() bool {
		status, text := r.probe("/readyz")
		return status == 503 && strings.Contains(text, "draining")
	})
	if status, _ := r.probe("/healthz"); status != 200 {
		t.Errorf("liveness is %d while it drains", status)
	}
	r.until("closed for others", func() bool { status, _, _ := r.call("GET", "/", nil); return status == 0 })
	close(release)
	for range 2 {
		if err := <-answers; err != nil {
			t.Errorf("a request in flight was lost: %v", err)
		}
	}
	if report := r.wait(); report.Reason != "signal" || report.ExitCode != 0 || report.Requests != 2 || !closed {
		t.Fatalf("ended with %+v, handlers closed: %v", report, closed)
	}
}

func TestALameDuckServesOn(t *testing.T) {
	r := newRig(t, func(http.ResponseWriter, *http.Request) {})
	r.config.Shutdown.LameDuckSeconds = 1
	r.start()
	r.term()
	r.until("not ready", func() bool { status, _ := r.probe("/readyz"); return status == 503 })
	if status, _, text := r.call("GET", "/", nil); status != 200 {
		t.Fatalf("answered %d %s", status, text)
	}
	if report := r.wait(); report.ExitCode != 0 || report.DrainSeconds < 1 {
		t.Fatalf("ended with %+v", report)
	}
}

func TestWhatOutlastsTheDrainIsCutOff(t *testing.T) {
	for name, c := range map[string]struct {
		signals int
		want    Report
	}{
		"at the deadline":      {1, Report{Reason: "deadline", ExitCode: 3}},
		"at the second signal": {2, Report{Reason: "secondSignal", ExitCode: 4}},
	} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan error, 1)
			r := newRig(t, func(_ http.ResponseWriter, r *http.Request) {
				<-r.Context().Done()
				ended <- r.Context().Err()
			})
			r.config.Shutdown.DrainSeconds = 0.2
			if c.signals == 2 {
				r.config.Shutdown.DrainSeconds = 100
			}
			r.config.Request.MaxSeconds = 100
			r.start()
			go r.call("GET", "/", nil)
			r.until("in flight", func() bool { return r.metric("capstan_requests_in_flight") == 1 })
			for range c.signals {
				r.term()
			}
			report := r.wait()
			if report.Reason != c.want.Reason || report.ExitCode != c.want.ExitCode {
				t.Fatalf("ended with %+v", report)
			}
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("the handler's context ended with %v", err)
			}
		})
	}
}

func TestAServiceThatCannotStartSaysWhyInOneLine(t *testing.T) {
	publish := &contract.Publish{Jetstream: &contract.JetStreamTarget{Servers: []string{"nats:4222"}, Stream: "a", Subject: "a"}}
	for want, bend := range map[string]func(*rig){
		"build handlers: no key":                                func(r *rig) { r.build = func(Setup) (Handlers, error) { return Handlers{}, errors.New("no key") } },
		"publish.jetstream: this build has no jetstream driver": func(r *rig) { r.config.Publish = publish },
	} {
		r := newRig(t, nil)
		bend(r)
		r.start()
		if report := r.wait(); report.ExitCode != 2 || r.err == nil || !strings.HasPrefix(r.err.Error(), want) || strings.Contains(r.err.Error(), "\n") {
			t.Errorf("%+v, %v; want %s", report, r.err, want)
		}
	}
}

func TestHandlersThatCannotBeServedAreRefusedInOneLine(t *testing.T) {
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for want, handlers := range map[string]Handlers{
		`handlers.HTTP: wanted a handler, got a nil function.`:               {HTTP: http.HandlerFunc(nil)},
		`handlers.RPC["/a/"]: wanted a handler, got nil.`:                    {RPC: map[string]http.Handler{"/a/": nil}},
		`handlers.RPC["/b/"]: wanted a handler, got nil.`:                    {RPC: map[string]http.Handler{"/b/": http.HandlerFunc(nil)}},
		`handlers.RPC[""]: wanted a path that begins with /, got "".`:        {RPC: map[string]http.Handler{"": ok}},
		`handlers.RPC["a.B/"]: wanted a path that begins with /, got "a.B/"`: {RPC: map[string]http.Handler{"a.B/": ok}},
		`handlers.RPC["/{a}/"]: wanted a path without`:                       {RPC: map[string]http.Handler{"/{a}/": ok, "/{b}/": ok}},
		`handlers.RPC["/%61"]: wanted a path without`:                        {RPC: map[string]http.Handler{"/%61": ok, "/a": ok}}, // the same, escaped
		`handlers.RPC["/a b"]: wanted a path without`:                        {RPC: map[string]http.Handler{"/a b": ok}},
		`handlers.RPC["/"]: wanted another path than that of handlers.HTTP`:  {HTTP: ok, RPC: map[string]http.Handler{"/": ok}},
	} {
		closed := false
		handlers.Close = func() error { closed = true; return nil }
		r := newRig(t, nil)
		r.build = func(Setup) (Handlers, error) { return handlers, nil }
		r.start()
		report := r.wait()
		if report.Reason != "failed" || report.ExitCode != 2 || r.err == nil || !strings.HasPrefix(r.err.Error(), want) || strings.Contains(r.err.Error(), "\n") {
			t.Errorf("%+v, %v; want %s", report, r.err, want)
		}
		if status, _, _ := r.call("GET", "/", nil); status != 0 || !closed {
			t.Errorf("%s: status %d after the end, handlers closed: %v", want, status, closed)
		}
	}
}

func TestPathsThatDoNotEqualEachOtherAreServed(t *testing.T) {
	r := newRig(t, nil)
	answer := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
	}
	r.build = func(Setup) (Handlers, error) {
		return Handlers{RPC: map[string]http.Handler{"/": answer("rest"), "/a.B/": answer("service"), "/a.B/C": answer("procedure")}}, nil
	}
	r.start()
	for path, want := range map[string]string{"/": "rest", "/a.B/D": "service", "/a.B/C": "procedure"} {
		if status, _, text := r.call("GET", path, nil); status != 200 || text != want {
			t.Errorf("%s is answered %d %s, want %s", path, status, text, want)
		}
	}
}

// memoryPublisher keeps what is published.
type memoryPublisher struct{ tasks map[string]string }

func (p memoryPublisher) Publish(_ context.Context, task queue.Task) error {
	p.tasks[task.ID] = string(task.Payload)
	return nil
}

func (p memoryPublisher) Close() error { return nil }

func TestHandlersPublishWhereTheContractSays(t *testing.T) {
	published := memoryPublisher{make(map[string]string)}
	r := newRig(t, nil)
	r.config.Publish = &contract.Publish{Jetstream: &contract.JetStreamTarget{Servers: []string{"nats:4222"}, Stream: "a", Subject: "a"}}
	r.drivers = []driver.Driver{{
		Name: "jetstream",
		OpenPublisher: func(context.Context, string, *contract.Publish, *slog.Logger) (queue.Publisher, error) {
			return published, nil
		},
	}}
	r.build = func(setup Setup) (Handlers, error) {
		return Handlers{HTTP: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := setup.Publish(r.Context(), "a", map[string]int{"n": 1}); err != nil {
				t.Error(err)
			}
		})}, nil
	}
	r.start()
	r.call("GET", "/", nil)
	if published.tasks["a"] != `{"n":1}` {
		t.Fatalf("published %v", published.tasks)
	}
	if err := (newSetup(testConfig(t), nil, publishTo(nil, tracing.None{}, tracing.Destination{}))).Publish(t.Context(), "a", 1); !errors.Is(err, ErrNoPublish) {
		t.Fatalf("error %v", err)
	}
}
