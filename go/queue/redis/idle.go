package redis

import "context"

// Idle implements [queue.Queue].
func (q *Queue) Idle(ctx context.Context) (bool, error) {
	n, err := q.count(ctx)
	return err == nil && n == (counts{}), err
}
