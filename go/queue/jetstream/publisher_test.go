package jetstream_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
	tested "capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
)

func publisher(t *testing.T, server *natstest.Server, stream, subject string) *tested.Publisher {
	t.Helper()
	p, err := tested.OpenPublisher(t.Context(), server.Connect(), stream, subject)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPublishCountsAnIDOnce(t *testing.T) {
	server := natstest.Start(t)
	stream := workQueue(server, "tasks")
	p := publisher(t, server, "tasks", "tasks.new")
	for _, id := range []string{"a", "a", "b", "", ""} {
		if err := p.Publish(t.Context(), queue.Task{ID: id, Payload: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	if info := must[*jetstream.StreamInfo](t)(stream.Info(t.Context())); info.State.Msgs != 4 {
		t.Fatalf("%d tasks, want a, b and two without an id", info.State.Msgs)
	}
	q := open(t, server, tested.Config{Stream: "tasks"})
	if batch := fetch(t, q, 10); batch[0].ID != "a" || batch[1].ID != "b" || batch[2].ID == batch[3].ID {
		t.Fatalf("got %+v", batch)
	}
}

func TestPublishLeavesOrdinaryIDsAsTheyAreAndTellsAllOthersApart(t *testing.T) {
	server := natstest.Start(t)
	stream := workQueue(server, "tasks")
	p := publisher(t, server, "tasks", "tasks")
	ids := []string{"a", "a b/c%20d+é", " ", "a\r\n", "capstan-escaped:", "capstan-escaped:a%0D%0A", "\xff\x00\n"}
	add(t, p, ids...)
	add(t, p, ids...)
	q := open(t, server, tested.Config{Stream: "tasks"})
	batch := fetch(t, q, len(ids)+1)
	if len(batch) != len(ids) {
		t.Fatalf("%d tasks of %d ids", len(batch), len(ids))
	}
	for i, d := range batch {
		if d.ID != ids[i] {
			t.Errorf("%q came as %q", ids[i], d.ID)
		}
	}
	for i, id := range ids[:2] {
		m := must[*jetstream.RawStreamMsg](t)(stream.GetMsg(t.Context(), uint64(i+1)))
		if written := m.Header.Get(jetstream.MsgIDHeader); written != id {
			t.Errorf("%q is written %q", id, written)
		}
	}
}

func TestPublishLeavesOrdinaryHeadersAsTheyAreAndAddsNone(t *testing.T) {
	server := natstest.Start(t)
	stream := workQueue(server, "tasks")
	headers := map[string]string{"Content-Type": "text/plain", "traceparent": "00-1-2-01", "x": "1", "X": "é = 2", "none": ""}
	p := publisher(t, server, "tasks", "tasks")
	if err := p.Publish(t.Context(), queue.Task{Payload: []byte(`{}`), Headers: headers}); err != nil {
		t.Fatal(err)
	}
	written := must[*jetstream.RawStreamMsg](t)(stream.GetMsg(t.Context(), 1)).Header
	for name, value := range headers {
		if !slices.Equal(written[name], []string{value}) {
			t.Errorf("%s: %q is written %q", name, value, written[name])
		}
	}
	written.Del(nats.ExpectedStreamHdr)
	if len(written) != len(headers) {
		t.Errorf("written %q, wanted %q", written, headers)
	}
	if d := one(t, open(t, server, tested.Config{Stream: "tasks"})); !maps.Equal(d.Headers, headers) {
		t.Errorf("came %q, wanted %q", d.Headers, headers)
	}
}

func TestPublishFailsWithTheBoundThatIsInTheWay(t *testing.T) {
	server := natstest.Start(t)
	server.Stream(jetstream.StreamConfig{Name: "tasks", MaxMsgs: 1, MaxMsgSize: 1000, Discard: jetstream.DiscardNew})
	p := publisher(t, server, "tasks", "tasks")
	if err := p.Publish(t.Context(), queue.Task{ID: "a", Payload: make([]byte, 2000)}); !errors.Is(err, queue.ErrTooLarge) {
		t.Errorf("over the stream's bound: %v", err)
	}
	if err := p.Publish(t.Context(), queue.Task{ID: "a", Payload: make([]byte, 2<<20)}); !errors.Is(err, queue.ErrTooLarge) {
		t.Errorf("over the server's bound: %v", err)
	}
	if err := p.Publish(t.Context(), queue.Task{ID: "a", Payload: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	if err := p.Publish(t.Context(), queue.Task{ID: "b", Payload: []byte(`{}`)}); !errors.Is(err, queue.ErrFull) {
		t.Errorf("a full stream: %v", err)
	}
	if err := p.Publish(t.Context(), queue.Task{ID: "a", Payload: []byte(`{}`)}); err != nil {
		t.Errorf("again: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.Publish(t.Context(), queue.Task{ID: "c", Payload: []byte(`{}`)}); !errors.Is(err, queue.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestPublishFailsWithoutAConfirmation(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	p := publisher(t, server, "tasks", "tasks")
	server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := p.Publish(ctx, queue.Task{ID: "a", Payload: []byte(`{}`)}); err == nil {
		t.Fatal("no error while the broker is gone")
	}
	server.Resume()
	if err := p.Publish(t.Context(), queue.Task{ID: "a", Payload: []byte(`{}`)}); err != nil {
		t.Fatalf("after its return: %v", err)
	}
}

func TestOpenPublisherFailsForASubjectOfAnotherStream(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	workQueue(server, "others")
	_, err := tested.OpenPublisher(t.Context(), server.Connect(), "tasks", "others.new")
	if err == nil || !strings.Contains(err.Error(), `the subject "others.new" belongs to stream "others", wanted "tasks"`) {
		t.Fatalf("error %v", err)
	}
}
