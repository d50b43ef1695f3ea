package jetstream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	client "github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
	"capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
	"capstan/testserver"
)

// exampleServer is where the example finds its server.
var exampleServer = "127.0.0.1:4222"

// A worker's runtime does this by itself; a program of its own may use the queue as well. The stream is
// there before.
func Example() {
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	connect := func(name string) *nats.Conn {
		conn, err := jetstream.Access{Servers: []string{exampleServer}}.Connect(ctx, name, log)
		if err != nil {
			panic(err)
		}
		return conn
	}
	publisher, err := jetstream.OpenPublisher(ctx, connect("producer"), "photos", "photos")
	if err != nil {
		panic(err)
	}
	defer publisher.Close()
	for _, name := range []string{"a.jpg", "b.jpg", "a.jpg"} { // the second one of an id is ignored
		task, err := queue.NewTask(name, map[string]string{"name": name})
		if err == nil {
			err = publisher.Publish(ctx, task)
		}
		if err != nil {
			panic(err)
		}
	}

	photos, err := jetstream.Open(ctx, connect("worker"), jetstream.Config{
		Stream: "photos", Consumer: "develop", AckWait: 30 * time.Second, MaxAckPending: 100, ExitWhenIdle: true, Log: log,
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
	server := natstest.Start(t)
	server.Stream(client.StreamConfig{Name: "photos", Retention: client.WorkQueuePolicy})
	exampleServer = server.Address
	testserver.Prints(t, Example, `a.jpg {"name":"a.jpg"} attempt 1
b.jpg {"name":"b.jpg"} attempt 1
`)
}
