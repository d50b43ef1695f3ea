package kafka

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/queue"
)

var _ queue.BatchAcker = (*Queue)(nil)

// Ack implements [queue.Queue]. It does not wait for the broker: see the package's doc.
func (q *Queue) Ack(_ context.Context, d queue.Delivery) error {
	q.mu.Lock()
	err := q.finish(d)
	q.mu.Unlock()
	q.resumeReading()
	return err
}

// AckBatch implements [queue.BatchAcker].
func (q *Queue) AckBatch(_ context.Context, batch []queue.Delivery) []error {
	var errs []error
	q.mu.Lock()
	for i, d := range batch {
		if err := q.finish(d); err != nil {
			if errs == nil {
				errs = make([]error, len(batch))
			}
			errs[i] = err
		}
	}
	q.mu.Unlock()
	q.resumeReading()
	return errs
}

// Nak implements [queue.Queue]: [queue.ErrUnsupported]. The task is delivered again after the ack
// wait, unless it is settled otherwise until then.
func (q *Queue) Nak(_ context.Context, d queue.Delivery, _ time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	t, err := q.flying(d)
	if err != nil {
		return err
	}
	q.comeAgain(t, "")
	return fmt.Errorf("%w: a topic brings nothing again. Settle it by Dead", queue.ErrUnsupported)
}

// Release implements [queue.Queue]: the task keeps its place, for this process as long as it has
// the partition.
func (q *Queue) Release(_ context.Context, d queue.Delivery) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	t, err := q.flying(d)
	if err != nil {
		return err
	}
	q.handBack(t)
	return nil
}

// InProgress implements [queue.Queue]: there is no lease to renew, but [queue.ErrStale] says that
// the partition went to somebody else.
func (q *Queue) InProgress(_ context.Context, d queue.Delivery) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, err := q.flying(d)
	return err
}

// Dead implements [queue.Queue]: the dead letter is stored on all replicas in sync before the task
// is settled. When it cannot be stored the task is delivered again after the ack wait, with
// DeadReason.
func (q *Queue) Dead(ctx context.Context, d queue.Delivery, reason string) error {
	q.mu.Lock()
	t, err := q.flying(d)
	if err != nil {
		q.mu.Unlock()
		return err
	}
	record := t.record
	q.mu.Unlock()
	if q.config.DeadLetterTopic != "" {
		ctx, cancel := q.whileOpen(ctx)
		defer cancel()
		if err := q.bury(ctx, d, record, reason); err != nil {
			err = q.explain(ctx, fmt.Errorf("store dead letter in topic %q: %w", q.config.DeadLetterTopic, err))
			q.mu.Lock()
			defer q.mu.Unlock()
			if t, flying := q.flying(d); flying == nil {
				q.comeAgain(t, reason)
			}
			return err
		}
	}
	return q.Ack(ctx, d)
}

// bury stores the dead letter. One that is too large is tried alone, as letters that go together are one batch to
// the brokers, and then without a stack: for want of that it must not be lost, since its task would never be settled.
func (q *Queue) bury(ctx context.Context, d queue.Delivery, r *kgo.Record, reason string) error {
	err := store(ctx, q.client, q.letter(d, r, reason))
	if !isTooLarge(err) {
		return err
	}
	q.largeMu.Lock()
	defer q.largeMu.Unlock()
	if err := store(ctx, q.client, q.letter(d, r, reason)); !isTooLarge(err) {
		return err
	}
	return store(ctx, q.client, q.letter(d, r, queue.ShortReason(reason)))
}

// flying is the task of a delivery that is in flight. The mutex is held.
func (q *Queue) flying(d queue.Delivery) (*task, error) {
	if q.open.Err() != nil {
		return nil, queue.ErrClosed
	}
	r := d.Receipt.(receipt)
	if r.task.partition.gone || r.task.state != stateFlying || r.task.deliveries != r.number {
		return nil, queue.ErrStale
	}
	return r.task, nil
}

// finish settles a delivery. The mutex is held.
func (q *Queue) finish(d queue.Delivery) error {
	t, err := q.flying(d)
	if err != nil {
		return err
	}
	p := t.partition
	key := t.record.Key
	t.state, t.record = stateSettled, nil
	if next := p.unlock(key); next != nil && !p.leaving {
		q.waiting.add(next)
		q.wake()
	}
	if p.advance() {
		nudge(q.dirty)
	}
	q.land(p)
	return nil
}

// handBack puts a task back to its place. The mutex is held.
func (q *Queue) handBack(t *task) {
	p := t.partition
	t.state = stateWaiting
	if !p.leaving {
		p.waiting++
		q.waiting.putBack(t)
		q.wake()
	}
	q.land(p)
}

// land counts one less in flight. The mutex is held.
func (q *Queue) land(p *partition) {
	p.flying--
	if p.flying > 0 {
		return
	}
	if p.leaving {
		close(p.landed)
	} else if q.config.ExitWhenIdle {
		q.wake()
	}
}

// comeAgain delivers a task again after the ack wait, if it is in the same flight then. The mutex is
// held.
func (q *Queue) comeAgain(t *task, dead string) {
	number := t.deliveries
	time.AfterFunc(q.config.AckWait, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.open.Err() == nil && !t.partition.gone && t.state == stateFlying && t.deliveries == number {
			t.dead = dead
			q.handBack(t)
		}
	})
}

// resumeReading reads partitions again that were full.
func (q *Queue) resumeReading() {
	q.mu.Lock()
	resume := false
	for id := range q.paused {
		if p := q.partitions[id]; p == nil || !q.isFull(p) {
			resume = true
		}
	}
	q.mu.Unlock()
	if resume {
		q.syncPauses()
	}
}
