package jetstream

import "context"

// Idle implements [queue.Queue]. To the server, what is delayed or was handed back is in flight.
func (q *Queue) Idle(ctx context.Context) (bool, error) {
	info, err := q.info(ctx)
	if err != nil {
		return false, err
	}
	return info.NumPending == 0 && info.NumAckPending == 0, nil
}
