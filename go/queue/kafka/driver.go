package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
)

// Driver opens what a contract calls `kafka`.
var Driver = driver.Driver{
	Name: "kafka", Capabilities: Capabilities,
	OpenQueue: openQueue, OpenPublisher: openPublisher, OpenDeadLetters: openDeadLetters,
}

const (
	// longestGrace is how long others may have to wait for a partition while tasks of it run.
	longestGrace = 30 * time.Second
	// leastSession is what brokers take by default, and longestSession how long the partitions of
	// a process that was killed may lie idle.
	leastSession, longestSession = 6 * time.Second, 45 * time.Second
)

func openQueue(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (queue.Queue, error) {
	source := c.Source.Kafka
	access, err := AccessOf(c.Name, source.Brokers, source.Credentials, source.Tls)
	if err != nil {
		return nil, fmt.Errorf("source.kafka: %w", err)
	}
	ackWait := contract.Seconds(c.Task.AckWaitSeconds)
	opened, err := Open(ctx, access, Config{
		Topic: source.Topic, Group: source.Group, DeadLetterTopic: contract.Value(source.DeadLetterTopic),
		Session: min(max(ackWait, leastSession), longestSession), AckWait: ackWait,
		Grace:        min(contract.Seconds(c.Task.MaxSeconds), longestGrace),
		ExitWhenIdle: contract.Value(source.ExitWhenIdle),
		Log:          log,
	})
	if err != nil {
		return nil, fmt.Errorf("source.kafka: %w", err)
	}
	return opened, nil
}

func openPublisher(ctx context.Context, name string, p *contract.Publish, log *slog.Logger) (queue.Publisher, error) {
	target := p.Kafka
	access, err := AccessOf(name, target.Brokers, target.Credentials, target.Tls)
	if err != nil {
		return nil, fmt.Errorf("publish.kafka: %w", err)
	}
	opened, err := OpenPublisher(ctx, access, target.Topic, log)
	if err != nil {
		return nil, fmt.Errorf("publish.kafka: %w", err)
	}
	return opened, nil
}

func openDeadLetters(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (queue.DeadLetters, error) {
	source := c.Source.Kafka
	if source.DeadLetterTopic == nil {
		return nil, errors.New("source.kafka.deadLetterTopic: wanted a topic, got none: dead letters are not kept. Add it")
	}
	access, err := AccessOf(c.Name, source.Brokers, source.Credentials, source.Tls)
	if err != nil {
		return nil, fmt.Errorf("source.kafka: %w", err)
	}
	opened, err := OpenDeadLetters(ctx, access, source.Group, *source.DeadLetterTopic, source.Topic, log)
	if err != nil {
		return nil, fmt.Errorf("source.kafka: %w", err)
	}
	return opened, nil
}
