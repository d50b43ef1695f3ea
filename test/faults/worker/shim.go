package main

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/queue/jetstream"
	"capstan/queue/kafka"
	"capstan/queue/redis"
	"capstan/test/faults/agreement"
)

// drivers are those of all brokers, with the shim around their queues.
func drivers() []driver.Driver {
	all := []driver.Driver{jetstream.Driver, redis.Driver, kafka.Driver}
	for i := range all {
		open := all[i].OpenQueue
		all[i].OpenQueue = func(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (queue.Queue, error) {
			opened, err := open(ctx, c, log)
			if err != nil {
				return nil, err
			}
			return around(opened), nil
		}
	}
	return all
}

// around puts a shim around a queue; it settles in batches where the queue does.
func around(inner queue.Queue) queue.Queue {
	s := &shim{Queue: inner, mutant: os.Getenv(agreement.Mutant), trick: os.Getenv(agreement.Shim)}
	if acker, ok := inner.(queue.BatchAcker); ok {
		return &batchShim{shim: s, acker: acker}
	}
	return s
}

// shim is where a process dies, and where deliveries are changed.
type shim struct {
	queue.Queue
	mutant, trick string

	mu    sync.Mutex
	again []queue.Delivery // to be delivered a second time
}

func (s *shim) Fetch(ctx context.Context, limit int) ([]queue.Delivery, error) {
	atBeforeFetch.pass()
	if batch := s.second(limit); len(batch) > 0 {
		return batch, nil
	}
	batch, err := s.Queue.Fetch(ctx, limit)
	if err != nil {
		return nil, err
	}
	atAfterFetch.pass()
	if s.mutant == agreement.AckBeforeEffect {
		for _, d := range batch {
			if err := s.Queue.Ack(ctx, d); err != nil {
				return nil, err
			}
		}
	}
	switch s.trick {
	case agreement.Twice:
		s.mu.Lock()
		s.again = append(s.again, batch...)
		s.mu.Unlock()
	case agreement.Shuffled:
		rand.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
	}
	return batch, nil
}

// second takes up to limit deliveries that are due a second time.
func (s *shim) second(limit int) []queue.Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(limit, len(s.again))
	batch := s.again[:n:n]
	s.again = s.again[n:]
	return batch
}

func (s *shim) Ack(ctx context.Context, d queue.Delivery) error {
	atBeforeAck.pass()
	if s.mutant == agreement.AckBeforeEffect {
		return nil
	}
	err := s.Queue.Ack(ctx, d)
	atAfterAck.pass()
	return err
}

func (s *shim) Dead(ctx context.Context, d queue.Delivery, reason string) error {
	if s.mutant == agreement.DroppedLetter {
		return s.Queue.Ack(ctx, d)
	}
	return s.Queue.Dead(ctx, d, reason)
}

func (s *shim) InProgress(ctx context.Context, d queue.Delivery) error {
	if s.mutant == agreement.LeaseNotRenewed {
		return nil
	}
	return s.Queue.InProgress(ctx, d)
}

// batchShim is a shim around a queue that takes acknowledgements in batches.
type batchShim struct {
	*shim
	acker queue.BatchAcker
}

// AckBatch implements [queue.BatchAcker].
func (s *batchShim) AckBatch(ctx context.Context, batch []queue.Delivery) []error {
	for range batch {
		atBeforeAck.pass()
	}
	if s.mutant == agreement.AckBeforeEffect {
		return nil
	}
	errs := s.acker.AckBatch(ctx, batch)
	for range batch {
		atAfterAck.pass()
	}
	return errs
}
