package redis_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"capstan/queue"
	"capstan/queue/queuetest"
	tested "capstan/queue/redis"
	"capstan/queue/redis/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ackWait is long enough for a busy machine to be in time.
const ackWait = 1500 * time.Millisecond

var quiet = slog.New(slog.DiscardHandler)

func TestCapabilitiesAreThoseThatSynthReads(t *testing.T) {
	queuetest.CheckCapabilities(t, "redis", tested.Capabilities)
}

func TestConforms(t *testing.T) {
	server := redistest.Start(t)
	conforms(t, server, func(t *testing.T) *goredis.Client { return connect(t, server.Address) })
}

// One that go-redis makes where nothing is said speaks the server's newer protocol.
func TestConformsWithAClientOfDefaults(t *testing.T) {
	server := redistest.Start(t)
	conforms(t, server, func(*testing.T) *goredis.Client { return goredis.NewClient(&goredis.Options{Addr: server.Address}) })
}

func conforms(t *testing.T, server *redistest.Server, client func(*testing.T) *goredis.Client) {
	var streams atomic.Int64
	queuetest.RunOnServer(t, tested.Capabilities, ackWait, func(t *testing.T, ids ...string) queue.Queue {
		name := fmt.Sprintf("tasks%d", streams.Add(1))
		publish(t, server, name, ids...)
		return openOn(t, client(t), tested.Config{Stream: name, ExitWhenIdle: true})
	})
}

func must[V any](t *testing.T) func(V, error) V {
	return func(value V, err error) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func publisher(t *testing.T, server *redistest.Server, c tested.PublisherConfig) *tested.Publisher {
	t.Helper()
	return must[*tested.Publisher](t)(tested.OpenPublisher(server.Client(), c))
}

func publish(t *testing.T, server *redistest.Server, stream string, ids ...string) {
	t.Helper()
	p := publisher(t, server, tested.PublisherConfig{Stream: stream})
	for _, id := range ids {
		task := queue.Task{ID: id, Payload: []byte(`{"id":"` + id + `"}`), Headers: map[string]string{queuetest.Header: id}}
		if err := p.Publish(t.Context(), task); err != nil {
			t.Fatal(err)
		}
	}
}

// connect makes a client as a worker does; what opens a queue on it closes it.
func connect(t *testing.T, addresses ...string) *goredis.Client {
	t.Helper()
	return must[*goredis.Client](t)(tested.Access{Addresses: addresses}.Connect(t.Context(), "test", quiet))
}

// open opens a queue with what is left out filled in.
func open(t *testing.T, server *redistest.Server, c tested.Config) *tested.Queue {
	t.Helper()
	return openOn(t, connect(t, server.Address), c)
}

func openOn(t *testing.T, client *goredis.Client, c tested.Config) *tested.Queue {
	t.Helper()
	if c.Stream == "" {
		c.Stream = "tasks"
	}
	if c.Group == "" {
		c.Group = "worker"
	}
	if c.AckWait == 0 {
		c.AckWait = ackWait
	}
	c.Log = slog.New(slog.NewTextHandler(logWriter{t}, nil))
	q := must[*tested.Queue](t)(tested.Open(t.Context(), client, c))
	t.Cleanup(func() { _ = q.Close() })
	return q
}

func fetch(t *testing.T, q *tested.Queue, max int) []queue.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return must[[]queue.Delivery](t)(q.Fetch(ctx, max))
}

func one(t *testing.T, q *tested.Queue) queue.Delivery {
	t.Helper()
	return fetch(t, q, 1)[0]
}

type logWriter struct{ t *testing.T }

func (w logWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}
