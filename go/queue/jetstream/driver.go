package jetstream

import (
	"context"
	"fmt"
	"log/slog"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
)

// Driver opens what a contract calls `jetstream`.
var Driver = driver.Driver{
	Name: "jetstream", Capabilities: Capabilities, OpenQueue: openQueue, OpenPublisher: openPublisher,
}

func openQueue(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (queue.Queue, error) {
	source := c.Source.Jetstream
	access, err := AccessOf(source.Servers, source.Credentials, source.Tls)
	if err != nil {
		return nil, fmt.Errorf("source.jetstream: %w", err)
	}
	conn, err := access.Connect(ctx, c.Name, log)
	if err != nil {
		return nil, fmt.Errorf("source.jetstream: %w", err)
	}
	opened, err := Open(ctx, conn, Config{
		Stream: source.Stream, Consumer: source.Consumer, Subjects: source.Subjects,
		AckWait: contract.Seconds(c.Task.AckWaitSeconds), MaxAckPending: source.MaxAckPending,
		DeadLetterSubject: text(source.DeadLetterSubject),
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
