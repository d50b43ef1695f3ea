package kafka

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/queue"
)

const (
	// publishTimeout is for one confirmation of the brokers, where the caller sets no shorter one.
	publishTimeout = 5 * time.Second
	// mostBuffered is how many records of a producer may wait for their confirmation.
	mostBuffered = 10_000
	// largestLetter is the most bytes of a dead letter that go to the brokers: what a topic takes is its own
	// max.message.bytes. Tasks of a Publisher keep to the 1,000,012 bytes that any topic takes unless told, which
	// leaves 48 KB for what a letter says beside.
	largestLetter = 64 << 20
)

// producing are the options of a client that produces: idempotent, taken once all replicas in sync
// have it, and not kept back for company.
func producing() []kgo.Opt {
	return []kgo.Opt{
		kgo.RequiredAcks(kgo.AllISRAcks()), kgo.ProducerLinger(0), kgo.MaxBufferedRecords(mostBuffered),
		kgo.RecordPartitioner(partitioner()),
	}
}

// burying are those of one that stores dead letters, or takes them back.
func burying() []kgo.Opt { return append(producing(), kgo.ProducerBatchMaxBytes(largestLetter)) }

// isTooLarge says that a record is larger than brokers take.
func isTooLarge(err error) bool {
	return errors.Is(err, kerr.MessageTooLarge) || errors.Is(err, kerr.RecordListTooLarge)
}

// partitioner spreads records without a key evenly, since a partition is worked off by one process;
// those with one go where other producers put it (murmur2).
func partitioner() kgo.Partitioner {
	keyed := kgo.StickyKeyPartitioner(nil)
	return kgo.BasicConsistentPartitioner(func(topic string) func(*kgo.Record, int) int {
		byKey := keyed.ForTopic(topic)
		var turn atomic.Uint32
		turn.Store(crc32.ChecksumIEEE(fmt.Appendf(nil, "%d", time.Now().UnixNano())))
		return func(r *kgo.Record, n int) int {
			if len(r.Key) > 0 {
				return byKey.Partition(r, n)
			}
			return int(turn.Add(1) % uint32(n))
		}
	})
}

// store produces a record and waits until the brokers have it, or ctx ends: then it may yet come.
func store(ctx context.Context, client *kgo.Client, r *kgo.Record) error {
	done := make(chan error, 1)
	client.TryProduce(ctx, r, func(_ *kgo.Record, err error) { done <- err })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Publisher publishes tasks to a topic. It implements [queue.Publisher].
type Publisher struct {
	client *kgo.Client
	topic  string
}

var _ queue.Publisher = (*Publisher)(nil)

// OpenPublisher waits for the brokers and the topic until ctx ends; what is refused for good ends
// it at once. log may be nil.
func OpenPublisher(ctx context.Context, a Access, topic string, log *slog.Logger) (*Publisher, error) {
	log = orSilent(log)
	if err := a.awaitTopics(ctx, log, topic); err != nil {
		return nil, err
	}
	client, err := a.client(log, producing()...)
	if err != nil {
		return nil, err
	}
	return &Publisher{client: client, topic: topic}, nil
}

// Publish implements [queue.Publisher]. An id names the task, and nothing more: a second task of
// the same id is another task.
func (p *Publisher) Publish(ctx context.Context, task queue.Task) error {
	if !task.NotBefore.IsZero() {
		return fmt.Errorf("%w: a topic takes no tasks for later", queue.ErrUnsupported)
	}
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	err := store(ctx, p.client, recordOf(p.topic, task))
	switch {
	case err == nil:
		return nil
	case errors.Is(err, kgo.ErrClientClosed):
		return queue.ErrClosed
	case isTooLarge(err):
		return fmt.Errorf("%w: %w", queue.ErrTooLarge, err)
	case errors.Is(err, kgo.ErrMaxBuffered):
		return fmt.Errorf("%w: %w", queue.ErrFull, err)
	}
	return fmt.Errorf("publish to topic %q: %w", p.topic, err)
}

// Close implements [queue.Publisher].
func (p *Publisher) Close() error {
	p.client.Close()
	return nil
}
