package kafka

import (
	"context"
	"io"
	"time"

	"capstan/queue"
)

// idlePoll is how often a queue that ends looks for its end.
const idlePoll = 250 * time.Millisecond

// receipt is what a delivery is settled by.
type receipt struct {
	task   *task
	number int
}

// Fetch implements [queue.Queue]. What it returns was read before; it waits only where nothing can
// be delivered.
func (q *Queue) Fetch(ctx context.Context, max int) ([]queue.Delivery, error) {
	began := time.Now()
	for {
		batch, changed, err := q.take(max)
		switch {
		case err != nil:
			return nil, err
		case len(batch) > 0:
			if waited := time.Since(began); waited > time.Millisecond {
				batch[0].Waited = waited
			}
			return batch, nil
		}
		if q.config.ExitWhenIdle {
			if over, err := q.Idle(ctx); err != nil {
				return nil, err
			} else if over {
				return nil, io.EOF
			}
		}
		if err := q.awaitChange(ctx, changed); err != nil {
			return nil, err
		}
	}
}

// take returns what can be delivered, or else what tells of a change.
func (q *Queue) take(max int) ([]queue.Delivery, <-chan struct{}, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.open.Err() != nil {
		return nil, nil, queue.ErrClosed
	}
	var batch []queue.Delivery
	for len(batch) < max {
		t := q.waiting.take()
		if t == nil {
			break
		}
		batch = append(batch, q.deliver(t))
	}
	if !q.isStocked() {
		nudge(q.room)
	}
	if len(batch) > 0 {
		return batch, nil, nil
	}
	err := q.fault
	q.fault = nil
	return nil, q.changed, err
}

// deliver makes a delivery of a task. The mutex is held.
func (q *Queue) deliver(t *task) queue.Delivery {
	t.state = stateFlying
	t.deliveries++
	t.partition.waiting--
	t.partition.flying++
	r := t.record
	return queue.Delivery{
		ID: idOf(r), Payload: r.Value, Headers: headersOf(r), Key: string(r.Key), Published: r.Timestamp,
		Attempt: 1, DeadReason: t.dead, Receipt: receipt{t, t.deliveries},
	}
}

// awaitChange blocks until there may be something else to return.
func (q *Queue) awaitChange(ctx context.Context, changed <-chan struct{}) error {
	var again <-chan time.Time
	if q.config.ExitWhenIdle {
		timer := time.NewTimer(idlePoll)
		defer timer.Stop()
		again = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-q.open.Done():
		return queue.ErrClosed
	case <-changed:
	case <-again:
	}
	return nil
}
