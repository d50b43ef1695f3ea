package jetstream_test

import (
	"bufio"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"capstan/queue"
	tested "capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
	"capstan/queue/queuetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ackWait is long enough for a busy machine to be in time.
const ackWait = 1500 * time.Millisecond

func TestCapabilitiesAreThoseThatSynthReads(t *testing.T) {
	queuetest.CheckCapabilities(t, "jetstream", tested.Capabilities)
}

func TestConforms(t *testing.T) {
	server := natstest.Start(t)
	var streams atomic.Int64
	queuetest.RunOnServer(t, tested.Capabilities, ackWait, func(t *testing.T, ids ...string) queue.Queue {
		name := fmt.Sprintf("tasks%d", streams.Add(1))
		server.Stream(jetstream.StreamConfig{Name: name, Retention: jetstream.WorkQueuePolicy})
		add(t, publisher(t, server, name, name), ids...)
		return open(t, server, tested.Config{Stream: name, ExitWhenIdle: true})
	})
}

// add publishes as a worker does.
func add(t *testing.T, p *tested.Publisher, ids ...string) {
	t.Helper()
	for _, id := range ids {
		task := queue.Task{ID: id, Payload: []byte(`{}`), Headers: map[string]string{queuetest.Header: id}}
		if err := p.Publish(t.Context(), task); err != nil {
			t.Fatal(err)
		}
	}
}

// publish publishes as a foreign program does.
func publish(t *testing.T, server *natstest.Server, subject string, ids ...string) {
	t.Helper()
	js := server.JetStream()
	for _, id := range ids {
		message := nats.NewMsg(subject)
		message.Data = []byte(`{"id":"` + id + `"}`)
		message.Header["By"] = []string{id}
		if _, err := js.PublishMsg(t.Context(), message, jetstream.WithMsgID(id)); err != nil {
			t.Fatal(err)
		}
	}
}

// publishRaw publishes to the subject tasks what no Go client writes: lines of headers as they are.
func publishRaw(t *testing.T, server *natstest.Server, payload string, lines ...string) {
	t.Helper()
	conn, err := net.Dial("tcp", server.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	headers := "NATS/1.0\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
	fmt.Fprintf(conn, "CONNECT {\"verbose\":false,\"headers\":true}\r\nHPUB tasks %d %d\r\n%s\r\nPING\r\n",
		len(headers), len(headers)+len(payload), headers+payload)
	for answers := bufio.NewScanner(conn); answers.Scan(); {
		if answers.Text() == "PONG" {
			return
		}
	}
	t.Fatal("the server closed the connection")
}

// open opens a queue with what is left out filled in.
func open(t *testing.T, server *natstest.Server, c tested.Config) *tested.Queue {
	t.Helper()
	if c.Consumer == "" {
		c.Consumer = "worker"
	}
	if c.AckWait == 0 {
		c.AckWait = ackWait
	}
	if c.MaxAckPending == 0 {
		c.MaxAckPending = 1000
	}
	c.Log = slog.New(slog.NewTextHandler(logWriter{t}, nil))
	conn, err := nats.Connect(server.Address)
	if err != nil {
		t.Fatal(err)
	}
	q, err := tested.Open(t.Context(), conn, c)
	if err != nil {
		conn.Close()
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	return q
}

type logWriter struct{ t *testing.T }

func (w logWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}
