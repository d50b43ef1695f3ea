package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	goredis "github.com/redis/go-redis/v9"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
)

// Driver opens what a contract calls `redis`.
var Driver = driver.Driver{
	Name: "redis", Capabilities: Capabilities,
	OpenQueue: openQueue, OpenPublisher: openPublisher, OpenDeadLetters: openDeadLetters,
}

func openQueue(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (queue.Queue, error) {
	source := c.Source.Redis
	client, err := connectSource(ctx, c, log)
	if err != nil {
		return nil, err
	}
	opened, err := Open(ctx, client, Config{
		Stream: source.Stream, Group: source.Group,
		AckWait:          contract.Seconds(c.Task.AckWaitSeconds),
		DeadLetterStream: contract.Value(source.DeadLetterStream),
		ExitWhenIdle:     contract.Value(source.ExitWhenIdle),
		Log:              log,
	})
	if err != nil {
		_ = client.Close()
		return nil, fmt.Errorf("source.redis: %w", err)
	}
	return opened, nil
}

func openDeadLetters(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (queue.DeadLetters, error) {
	source := c.Source.Redis
	if source.DeadLetterStream == nil {
		return nil, errors.New("source.redis: there is no deadLetterStream, so dead letters are not kept. Name one")
	}
	client, err := connectSource(ctx, c, log)
	if err != nil {
		return nil, err
	}
	return OpenDeadLetters(client, *source.DeadLetterStream, source.Stream, source.Group), nil
}

func connectSource(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (*goredis.Client, error) {
	source := c.Source.Redis
	access, err := accessOf(Access{Addresses: source.Addresses, Master: contract.Value(source.Master), Database: contract.Value(source.Database)},
		source.Credentials, source.Tls)
	if err != nil {
		return nil, fmt.Errorf("source.redis: %w", err)
	}
	client, err := access.Connect(ctx, c.Name, log)
	if err != nil {
		return nil, fmt.Errorf("source.redis: %w", err)
	}
	return client, nil
}

func openPublisher(ctx context.Context, name string, p *contract.Publish, log *slog.Logger) (queue.Publisher, error) {
	target := p.Redis
	access, err := accessOf(Access{Addresses: target.Addresses, Master: contract.Value(target.Master), Database: contract.Value(target.Database)},
		target.Credentials, target.Tls)
	if err != nil {
		return nil, fmt.Errorf("publish.redis: %w", err)
	}
	client, err := access.Connect(ctx, name, log)
	if err != nil {
		return nil, fmt.Errorf("publish.redis: %w", err)
	}
	publisher, err := OpenPublisher(client, PublisherConfig{
		Stream: target.Stream, Window: contract.Seconds(contract.Value(target.DuplicateWindowSeconds)), Capacity: contract.Value(target.Capacity),
	})
	if err != nil {
		_ = client.Close()
		return nil, fmt.Errorf("publish.redis: %w", err)
	}
	return publisher, nil
}
