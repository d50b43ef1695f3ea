package redis_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"capstan/queue"
	"capstan/queue/redis"
	"capstan/queue/redis/redistest"
	"capstan/testserver"
)

// exampleServer is where the example finds its server.
var exampleServer = "127.0.0.1:6379"

// A worker's runtime does this by itself; a program of its own may use the queue as well.
func Example() {
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	access := redis.Access{Addresses: []string{exampleServer}}

	client, err := access.Connect(ctx, "producer", log)
	if err != nil {
		panic(err)
	}
	publisher, err := redis.OpenPublisher(client, redis.PublisherConfig{Stream: "photos"})
	if err != nil {
		panic(err)
	}
	defer publisher.Close()
	for _, name := range []string{"a.jpg", "b.jpg"} {
		task, err := queue.NewTask(name, map[string]string{"name": name}, queue.NotBefore(time.Now().Add(50*time.Millisecond)))
		if err == nil {
			err = publisher.Publish(ctx, task)
		}
		if err != nil {
			panic(err)
		}
	}

	if client, err = access.Connect(ctx, "worker", log); err != nil {
		panic(err)
	}
	photos, err := redis.Open(ctx, client, redis.Config{
		Stream: "photos", Group: "develop", AckWait: 30 * time.Second, DeadLetterStream: "photos:dead", ExitWhenIdle: true,
	})
	if err != nil {
		panic(err)
	}
	defer photos.Close()
	for {
		batch, err := photos.Fetch(ctx, 10)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			panic(err)
		}
		for _, d := range batch {
			fmt.Println(d.ID, string(d.Payload), "attempt", d.Attempt)
		}
		photos.AckBatch(ctx, batch)
	}
}

func TestExample(t *testing.T) {
	exampleServer = redistest.Start(t).Address
	testserver.Prints(t, Example, `a.jpg {"name":"a.jpg"} attempt 1
b.jpg {"name":"b.jpg"} attempt 1
`)
}
