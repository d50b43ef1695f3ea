package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"capstan/queue"
	"capstan/queue/kafka"
	"capstan/queue/kafka/kafkatest"
	"capstan/testserver"
)

// exampleServer and exampleTopic are where the example finds its tasks.
var exampleServer, exampleTopic = "127.0.0.1:9092", "payments"

// Tasks of one key are delivered one after the other, in the order in which they were added.
func Example() {
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	access := kafka.Access{Brokers: []string{exampleServer}, Name: "example"}
	publisher, err := kafka.OpenPublisher(ctx, access, exampleTopic, log)
	if err != nil {
		panic(err)
	}
	defer publisher.Close()
	for _, name := range []string{"open", "pay", "close"} {
		task, err := queue.NewTask(name, 7, queue.Key("account-7"))
		if err == nil {
			err = publisher.Publish(ctx, task)
		}
		if err != nil {
			panic(err)
		}
	}

	payments, err := kafka.Open(ctx, access, kafka.Config{
		Topic: exampleTopic, Group: exampleTopic, Session: 10 * time.Second, AckWait: 30 * time.Second, ExitWhenIdle: true,
	})
	if err != nil {
		panic(err)
	}
	defer payments.Close()
	for {
		batch, err := payments.Fetch(ctx, 10)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			panic(err)
		}
		for _, d := range batch {
			fmt.Println(d.Key, d.ID, "in a batch of", len(batch))
		}
		payments.AckBatch(ctx, batch)
	}
}

func TestExample(t *testing.T) {
	server := kafkatest.Shared(t)
	exampleServer, exampleTopic = server.Address, server.Topic(t, 2)
	testserver.Prints(t, Example, `account-7 open in a batch of 1
account-7 pay in a batch of 1
account-7 close in a batch of 1
`)
}
