package kafka_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"capstan/queue"
	tested "capstan/queue/kafka"
	"capstan/queue/kafka/kafkatest"
)

func TestPublisherSpreadsTasksWithoutAKeyEvenly(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 4)
	publisher, err := tested.OpenPublisher(t.Context(), access(server), topic, logOf(t))
	must(t, err)
	defer publisher.Close()
	for range 20 {
		must(t, publisher.Publish(t.Context(), queue.Task{Payload: []byte("{}")}))
	}
	ends, err := server.Admin(t).ListEndOffsets(t.Context(), topic)
	must(t, err)
	for id := range int32(4) {
		if end, _ := ends.Lookup(topic, id); end.Offset != 5 {
			t.Errorf("partition %d has %d tasks, want 5", id, end.Offset)
		}
	}
}

func TestPublisherFailsWithWhatTheInterfaceSays(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 1, "max.message.bytes=1000")
	publisher, err := tested.OpenPublisher(t.Context(), access(server), topic, logOf(t))
	must(t, err)
	for _, c := range []struct {
		name string
		task queue.Task
		want error
	}{
		{"too large", queue.Task{Payload: randomBytes(2000)}, queue.ErrTooLarge},
		{"for later", queue.Task{Payload: []byte("1"), NotBefore: time.Now().Add(time.Hour)}, queue.ErrUnsupported},
	} {
		if err := publisher.Publish(t.Context(), c.task); !errors.Is(err, c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	must(t, publisher.Close())
	if err := publisher.Publish(t.Context(), queue.Task{Payload: []byte("1")}); !errors.Is(err, queue.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestAClientWithoutALogLosesItsBrokerQuietly(t *testing.T) {
	server := kafkatest.Start(t)
	topic := server.Topic(t, 1)
	publisher, err := tested.OpenPublisher(t.Context(), access(server), topic, nil)
	must(t, err)
	defer publisher.Close()
	letters, err := tested.OpenDeadLetters(t.Context(), access(server), "workers", topic, topic, nil)
	must(t, err)
	defer letters.Close()
	server.Kill(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := publisher.Publish(ctx, queue.Task{Payload: []byte("1")}); err == nil {
		t.Error("published without a broker")
	}
}
