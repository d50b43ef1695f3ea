package kafka

import (
	"context"

	"capstan/queue"
)

// Idle implements [queue.Queue]: the group has settled all records of the topic. It commits what this
// process has settled.
func (q *Queue) Idle(ctx context.Context) (bool, error) {
	switch {
	case q.open.Err() != nil:
		return false, queue.ErrClosed
	case q.isBusy():
		return false, nil
	}
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	if err := q.commit(ctx); err != nil {
		return false, q.explain(ctx, err)
	}
	lag, err := q.lag(ctx)
	if err != nil {
		return false, q.explain(ctx, err)
	}
	return lag.total() == 0, nil
}

// isBusy says that something waits or flies in this process.
func (q *Queue) isBusy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, p := range q.partitions {
		if p.waiting > 0 || p.flying > 0 {
			return true
		}
	}
	return false
}
