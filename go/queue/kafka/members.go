package kafka

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// assigned begins with partitions that this member owns from now on.
func (q *Queue) assigned(_ context.Context, _ *kgo.Client, added map[string][]int32) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, id := range added[q.config.Topic] {
		p := newPartition(id)
		if lost := q.orphans[id]; lost != nil {
			p.comeBack(lost)
			delete(q.orphans, id)
		}
		q.partitions[id] = p
	}
	for _, p := range q.orphans { // they are others' now
		p.gone = true
	}
	clear(q.orphans)
	q.config.Log.Info("member of the group", "group", q.config.Group, "partitions", len(q.partitions))
	q.wake()
}

// revoked gives partitions up in good order: what flies may land first. While it blocks the member
// stays one.
func (q *Queue) revoked(_ context.Context, _ *kgo.Client, lost map[string][]int32) {
	leaving := q.leave(lost[q.config.Topic])
	if len(leaving) == 0 {
		return
	}
	q.awaitLanding(leaving)
	q.commitMu.Lock()
	defer q.commitMu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	if err := q.commitHeld(ctx); err != nil {
		q.config.Log.Warn("settled tasks are delivered again: not committed", "topic", q.config.Topic, "error", err)
	}
	q.forget(leaving)
}

// lost drops partitions that somebody else may have already. What flies may still be settled until
// it is known whether they come back, as they do behind an absence of all brokers: then it goes on
// as if nothing had been.
func (q *Queue) lost(_ context.Context, _ *kgo.Client, lost map[string][]int32) {
	q.commitMu.Lock()
	defer q.commitMu.Unlock()
	if leaving := q.leave(lost[q.config.Topic]); len(leaving) > 0 {
		q.config.Log.Warn("membership of the group lost", "group", q.config.Group, "partitions", len(leaving))
		q.orphan(leaving)
	}
}

func (q *Queue) orphan(leaving []*partition) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, p := range leaving {
		delete(q.partitions, p.id)
		q.orphans[p.id] = p
	}
	q.wake()
}

// leave stops deliveries of partitions, and returns those that were ours.
func (q *Queue) leave(ids []int32) []*partition {
	q.mu.Lock()
	defer q.mu.Unlock()
	var leaving []*partition
	for _, id := range ids {
		p := q.partitions[id]
		if p == nil {
			continue
		}
		p.leaving, p.landed = true, make(chan struct{})
		if p.flying == 0 {
			close(p.landed)
		}
		q.waiting.clear(p)
		p.waiting = 0
		leaving = append(leaving, p)
	}
	nudge(q.room)
	return leaving
}

// awaitLanding blocks until nothing of these flies, the grace has passed, or the queue is closed.
func (q *Queue) awaitLanding(leaving []*partition) {
	grace := time.NewTimer(q.config.Grace)
	defer grace.Stop()
	for _, p := range leaving {
		select {
		case <-p.landed:
			continue
		default:
		}
		select {
		case <-p.landed:
		case <-q.open.Done():
			return
		case <-grace.C:
			if q.open.Err() != nil {
				return
			}
			q.config.Log.Warn("a partition goes to another member with tasks in flight: they are delivered again", "partition", p.id, "grace", q.config.Grace)
			return
		}
	}
}

// forget makes what still flies of these stale.
func (q *Queue) forget(leaving []*partition) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, p := range leaving {
		p.gone = true
		if q.partitions[p.id] == p {
			delete(q.partitions, p.id)
		}
	}
	q.wake()
}
