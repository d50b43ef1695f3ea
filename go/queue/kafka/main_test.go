package kafka_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"capstan/queue"
	tested "capstan/queue/kafka"
	"capstan/queue/kafka/kafkatest"
	"capstan/queue/queuetest"
)

func TestMain(m *testing.M) {
	if order := os.Getenv(memberVariable); order != "" {
		fmt.Fprintln(os.Stderr, runMember(order)) // this binary, started by a test as a member of its own
		os.Exit(1)
	}
	code := m.Run()
	kafkatest.Stop()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// session is long enough for a busy machine to be in time.
const session = 6 * time.Second

func TestCapabilitiesAreThoseThatSynthReads(t *testing.T) {
	queuetest.CheckCapabilities(t, "kafka", tested.Capabilities)
}

func TestConforms(t *testing.T) {
	server := kafkatest.Shared(t)
	queuetest.RunOnServer(t, tested.Capabilities, 1500*time.Millisecond, func(t *testing.T, ids ...string) queue.Queue {
		topic := server.Topic(t, 1)
		publish(t, server, topic, ids...)
		q := open(t, server, tested.Config{Topic: topic, ExitWhenIdle: true})
		joined(t, q)
		return q
	})
}

// joined waits until a member has read what is in its partitions.
func joined(t *testing.T, q queue.Queue) {
	t.Helper()
	batch, err := q.Fetch(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Release(t.Context(), batch[0]); err != nil {
		t.Fatal(err)
	}
}

// publish adds tasks to partition 0, each by the broker when it returns.
func publish(t *testing.T, server *kafkatest.Server, topic string, ids ...string) {
	t.Helper()
	records := make([]*kgo.Record, len(ids))
	for i, id := range ids {
		records[i] = record(topic, id)
	}
	server.Produce(t, records...)
}

// record is a task with an id and the header of the suite.
func record(topic, id string) *kgo.Record {
	return &kgo.Record{Topic: topic, Value: []byte(`{"id":"` + id + `"}`), Headers: []kgo.RecordHeader{
		{Key: tested.HeaderID, Value: []byte(id)}, {Key: queuetest.Header, Value: []byte(id)},
	}}
}

func access(server *kafkatest.Server) tested.Access {
	return tested.Access{Brokers: []string{server.Address}, Name: "test"}
}

// open opens a queue with what is left out filled in.
func open(t *testing.T, server *kafkatest.Server, c tested.Config) *tested.Queue {
	t.Helper()
	if c.Group == "" {
		c.Group = c.Topic + "-workers"
	}
	if c.Session == 0 {
		c.Session = session
	}
	if c.AckWait == 0 {
		c.AckWait = time.Second
	}
	c.Log = logOf(t)
	q, err := tested.Open(t.Context(), access(server), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	return q
}

// fetch gives n deliveries, however many calls it takes.
func fetch(t *testing.T, q queue.Queue, n int) []queue.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var all []queue.Delivery
	for len(all) < n {
		batch, err := q.Fetch(ctx, n-len(all))
		if err != nil {
			t.Fatalf("after %d of %d tasks: %v", len(all), n, err)
		}
		all = append(all, batch...)
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually tries until it is true, for a minute.
func eventually(t *testing.T, what string, try func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if try() {
			return
		}
	}
	t.Fatalf("not in a minute: %s", what)
}

func logOf(t *testing.T) *slog.Logger { return slog.New(slog.NewTextHandler(logWriter{t}, nil)) }

type logWriter struct{ t *testing.T }

func (w logWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}
