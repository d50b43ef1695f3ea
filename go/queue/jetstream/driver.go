package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/nats-io/nats.go"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
)

// Driver opens what a contract calls `jetstream`.
var Driver = driver.Driver{
	Name: "jetstream", Capabilities: Capabilities, OpenQueue: openQueue, OpenPublisher: openPublisher,
	OpenDeadLetters: openDeadLetters,
}

func openDeadLetters(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (queue.DeadLetters, error) {
	source := c.Source.Jetstream
	if source.DeadLetterSubject == nil {
		return nil, errors.New("source.jetstream: there is no deadLetterSubject, so dead letters are not kept. Name one")
	}
	conn, err := connect(ctx, c, log)
	if err != nil {
		return nil, err
	}
	opened, err := OpenDeadLetters(ctx, conn, source.Stream, source.Consumer, *source.DeadLetterSubject)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("source.jetstream: %w", err)
	}
	return opened, nil
}

// connect reaches the servers of a worker's source.
func connect(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (*nats.Conn, error) {
	source := c.Source.Jetstream
	access, err := AccessOf(source.Servers, source.Credentials, source.Tls)
	if err != nil {
		return nil, fmt.Errorf("source.jetstream: %w", err)
	}
	conn, err := access.Connect(ctx, c.Name, log)
	if err != nil {
		return nil, fmt.Errorf("source.jetstream: %w", err)
	}
	return conn, nil
}

func openQueue(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (queue.Queue, error) {
	source := c.Source.Jetstream
	conn, err := connect(ctx, c, log)
	if err != nil {
		return nil, err
	}
	opened, err := Open(ctx, conn, Config{
		Stream: source.Stream, Consumer: source.Consumer, Subjects: source.Subjects,
		AckWait: contract.Seconds(c.Task.AckWaitSeconds), MaxAckPending: source.MaxAckPending,
		DeadLetterSubject: contract.Value(source.DeadLetterSubject),
		ExitWhenIdle:      source.ExitWhenIdle != nil && *source.ExitWhenIdle,
		Log:               log,
	})
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("source.jetstream: %w", err)
	}
	return opened, nil
}

func openPublisher(ctx context.Context, name string, p *contract.Publish, log *slog.Logger) (queue.Publisher, error) {
	target := p.Jetstream
	access, err := AccessOf(target.Servers, target.Credentials, target.Tls)
	if err != nil {
		return nil, fmt.Errorf("publish.jetstream: %w", err)
	}
	conn, err := access.Connect(ctx, name, log)
	if err != nil {
		return nil, fmt.Errorf("publish.jetstream: %w", err)
	}
	publisher, err := OpenPublisher(ctx, conn, target.Stream, target.Subject)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("publish.jetstream: %w", err)
	}
	return publisher, nil
}
