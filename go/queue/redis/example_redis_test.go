package redis_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"time"

	"capstan/queue"
	"capstan/queue/redis"
)

// A worker's runtime does this by itself; a program of its own may use the queue as well. It needs a
// server, so its output is not checked.
func Example() {
	ctx := context.Background()
	access := redis.Access{Addresses: []string{"127.0.0.1:6379"}}

	client, err := access.Connect(ctx, "producer", slog.Default())
	if err != nil {
		log.Fatal(err)
	}
	publisher, err := redis.OpenPublisher(client, redis.PublisherConfig{Stream: "photos"})
	if err != nil {
		log.Fatal(err)
	}
	defer publisher.Close()
	later := queue.Task{ID: "a.jpg", Payload: []byte(`{"name":"a.jpg"}`), NotBefore: time.Now().Add(time.Minute)}
	if err := publisher.Publish(ctx, later); err != nil {
		log.Fatal(err)
	}

	if client, err = access.Connect(ctx, "worker", slog.Default()); err != nil {
		log.Fatal(err)
	}
	photos, err := redis.Open(ctx, client, redis.Config{
		Stream: "photos", Group: "develop", AckWait: 30 * time.Second, DeadLetterStream: "photos:dead", ExitWhenIdle: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer photos.Close()
	for {
		batch, err := photos.Fetch(ctx, 10)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		for _, d := range batch {
			fmt.Println(d.ID, string(d.Payload))
		}
		photos.AckBatch(ctx, batch)
	}
}
