package kafka_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/queue"
	tested "capstan/queue/kafka"
	"capstan/queue/kafka/kafkatest"
)

func TestOffsetsFollowTheOldestThatIsNotSettled(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 1)
	spread(t, server, topic, 1, 5)
	q := open(t, server, tested.Config{Topic: topic})
	batch := fetch(t, q, 5)
	admin := server.Admin(t)
	committed := func() int64 {
		offsets, err := admin.FetchOffsets(t.Context(), topic+"-workers")
		must(t, err)
		found, _ := offsets.Lookup(topic, 0)
		return found.At
	}
	if errs := q.AckBatch(t.Context(), []queue.Delivery{batch[1], batch[4], batch[2]}); errs != nil {
		t.Fatal(errs)
	}
	must(t, q.Ack(t.Context(), batch[0]))
	eventually(t, "offset 3 is committed", func() bool { return committed() == 3 })
	must(t, q.Ack(t.Context(), batch[3]))
	eventually(t, "offset 5 is committed", func() bool { return committed() == 5 })
	errs := q.AckBatch(t.Context(), batch[:2])
	if len(errs) != 2 || !errors.Is(errs[0], queue.ErrStale) || !errors.Is(errs[1], queue.ErrStale) {
		t.Fatalf("settled again: %v", errs)
	}
}

func TestTasksOfAKeyComeOneAfterTheOther(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 3)
	publisher, err := tested.OpenPublisher(t.Context(), access(server), topic, logOf(t))
	must(t, err)
	defer publisher.Close()
	for i := range 30 {
		must(t, publisher.Publish(t.Context(), queue.Task{ID: strconv.Itoa(i), Key: "key" + strconv.Itoa(i%3), Payload: []byte("{}")}))
	}
	q := open(t, server, tested.Config{Topic: topic, ExitWhenIdle: true})
	latest := map[string]int{"key0": -1, "key1": -1, "key2": -1}
	for range 10 {
		batch := fetch(t, q, 3)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if more, err := q.Fetch(ctx, 1); err == nil {
			t.Fatalf("%s came while one of its key was in flight", more[0].ID)
		}
		cancel()
		for _, d := range batch {
			n, _ := strconv.Atoi(d.ID)
			if n <= latest[d.Key] || n%3 != int(d.Key[3]-'0') {
				t.Fatalf("task %d of %s behind %d", n, d.Key, latest[d.Key])
			}
			latest[d.Key] = n
			must(t, q.Ack(t.Context(), d))
		}
	}
	if ids := workOff(t, q); len(ids) > 0 {
		t.Fatalf("left over: %q", ids)
	}
}

func TestNakIsRefusedAndTheTaskComesAgain(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 1)
	publish(t, server, topic, "a")
	q := open(t, server, tested.Config{Topic: topic, AckWait: 100 * time.Millisecond})
	d := fetch(t, q, 1)[0]
	if err := q.Nak(t.Context(), d, 0); !errors.Is(err, queue.ErrUnsupported) {
		t.Fatal(err)
	}
	again := fetch(t, q, 1)[0]
	if again.ID != "a" || again.Attempt != 1 || again.DeadReason != "" {
		t.Fatalf("%+v", again)
	}
	if err := q.Ack(t.Context(), d); !errors.Is(err, queue.ErrStale) {
		t.Fatalf("the older delivery was settled: %v", err)
	}
	must(t, q.Ack(t.Context(), again))
}

func TestAPartitionWithASlowTaskIsReadUpToItsWindow(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 1)
	const window, tasks = 10, 4000
	spread(t, server, topic, 1, tasks)
	q := open(t, server, tested.Config{Topic: topic, Window: window, ExitWhenIdle: true})
	slow := fetch(t, q, 1)[0]
	behind, patience := 0, time.Now().Add(time.Minute)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		batch, err := q.Fetch(ctx, 100)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			if behind < window-1 && time.Now().Before(patience) {
				continue // the broker is slow
			}
			break
		}
		must(t, err)
		behind += len(batch)
		if errs := q.AckBatch(t.Context(), batch); errs != nil {
			t.Fatal(errs)
		}
	}
	if behind < window-1 || behind > 2000 {
		t.Fatalf("%d tasks came behind the slow one, want the window of %d and what was read at once", behind, window)
	}
	must(t, q.Ack(t.Context(), slow))
	if ids := workOff(t, q); len(ids) != tasks-1-behind {
		t.Fatalf("%d tasks came after the slow one, want %d", len(ids), tasks-1-behind)
	}
}

func TestBacklogIsWhatWaits(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 2)
	spread(t, server, topic, 2, 10)
	q := open(t, server, tested.Config{Topic: topic})
	want := func(n int) {
		t.Helper()
		eventually(t, "backlog "+strconv.Itoa(n), func() bool {
			got, err := q.Backlog(t.Context())
			must(t, err)
			return got == n
		})
	}
	want(10)
	batch := fetch(t, q, 4)
	want(6)
	must(t, q.Ack(t.Context(), batch[3]))
	want(6)
	must(t, q.Release(t.Context(), batch[2]))
	want(7)
	other := open(t, server, tested.Config{Topic: topic, Group: "another"})
	if n, err := other.Backlog(t.Context()); err != nil || n != 10 {
		t.Fatalf("backlog of another group %d, %v", n, err)
	}
}

func TestRecordsOfOthersAreTasks(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 1)
	sent := time.UnixMilli(1_700_000_000_123)
	server.Produce(t, &kgo.Record{Topic: topic, Value: []byte("{}"), Timestamp: sent, Headers: []kgo.RecordHeader{{Key: "a", Value: []byte("b")}}},
		&kgo.Record{Topic: topic, Key: []byte("deleted")})
	q := open(t, server, tested.Config{Topic: topic})
	batch := fetch(t, q, 2)
	if d := batch[0]; d.ID != topic+"-0-0" || !d.Published.Equal(sent) || d.Headers["a"] != "b" || d.Key != "" || d.Attempt != 1 {
		t.Errorf("%+v", d)
	}
	if d := batch[1]; d.Payload != nil || d.Key != "deleted" {
		t.Errorf("%+v", d)
	}
}
