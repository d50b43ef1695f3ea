package kafka

import (
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// read takes records in, as long as few wait here. It ends with Close.
func (q *Queue) read() {
	for q.awaitRoom() {
		q.syncPauses()
		fetches := q.client.PollRecords(q.open, lowRecords)
		q.takeIn(fetches)
		q.client.AllowRebalance()
	}
}

// awaitRoom blocks while enough waits, and says whether the queue is open.
func (q *Queue) awaitRoom() bool {
	for q.open.Err() == nil {
		q.mu.Lock()
		full := q.isStocked()
		q.mu.Unlock()
		if !full {
			return true
		}
		select {
		case <-q.open.Done():
		case <-q.room:
		}
	}
	return false
}

// isStocked says that enough waits here. The mutex is held.
func (q *Queue) isStocked() bool {
	return q.waiting.len() >= lowRecords || q.waiting.bytes >= lowBytes
}

func (q *Queue) takeIn(fetches kgo.Fetches) {
	q.mu.Lock()
	defer q.mu.Unlock()
	fetches.EachError(func(topic string, partition int32, err error) { q.fail(topic, partition, err) })
	moved := false
	fetches.EachRecord(func(r *kgo.Record) {
		if q.shelve(r) {
			moved = true
		}
	})
	if moved {
		nudge(q.dirty)
	}
	q.wake()
}

// fail notes what went wrong with reading. What the client tries again by itself is only logged.
// The mutex is held.
func (q *Queue) fail(topic string, partition int32, err error) {
	var group *kgo.ErrGroupSession
	var loss *kgo.ErrDataLoss
	switch {
	case q.open.Err() != nil, errors.Is(err, kgo.ErrClientClosed):
	case errors.As(err, &loss):
		q.config.Log.Error("records are lost: the broker does not have them any more", "topic", topic, "partition", partition, "error", err)
	case errors.As(err, &group) && !isRefusal(err):
		q.config.Log.Warn("not in the group, joining again", "group", q.config.Group, "error", group.Err)
	case group != nil:
		q.fault = fmt.Errorf("group %q: %w", q.config.Group, group.Err)
	default:
		q.fault = fmt.Errorf("read partition %d of topic %q: %w", partition, topic, err)
	}
}

// shelve takes a record in, and says whether the offset to commit moved. The mutex is held.
func (q *Queue) shelve(r *kgo.Record) (moved bool) {
	p := q.partitions[r.Partition]
	if p == nil || p.leaving || r.Offset < p.read {
		return false
	}
	p.read = r.Offset + 1
	if p.known(r) {
		return p.advance()
	}
	t := &task{partition: p, offset: r.Offset, epoch: r.LeaderEpoch, record: r}
	p.open = append(p.open, t)
	if r.Attrs.IsControl() {
		t.state, t.record = stateSettled, nil
		return p.advance()
	}
	p.waiting++
	if len(r.Key) > 0 {
		if behind, isBusy := p.keys[string(r.Key)]; isBusy {
			p.keys[string(r.Key)] = append(behind, t)
			return false
		}
		p.keys[string(r.Key)] = nil
	}
	q.waiting.add(t)
	return false
}

// isFull says that so much of a partition is read that its oldest task has to be settled first.
func (q *Queue) isFull(p *partition) bool {
	if q.paused[p.id] {
		return len(p.open) > q.config.Window/2
	}
	return len(p.open) >= q.config.Window
}

// syncPauses stops reading the partitions that are full, and resumes those that are not any more.
func (q *Queue) syncPauses() {
	q.pauseMu.Lock()
	defer q.pauseMu.Unlock()
	var stop, resume []int32
	q.mu.Lock()
	for id, p := range q.partitions {
		if full := q.isFull(p); full && !q.paused[id] {
			stop = append(stop, id)
		} else if !full && q.paused[id] {
			resume = append(resume, id)
		}
	}
	for id := range q.paused {
		if q.partitions[id] == nil {
			resume = append(resume, id)
		}
	}
	for _, id := range stop {
		q.paused[id] = true
	}
	for _, id := range resume {
		delete(q.paused, id)
	}
	q.mu.Unlock()
	if len(stop) > 0 {
		q.client.PauseFetchPartitions(map[string][]int32{q.config.Topic: stop})
	}
	if len(resume) > 0 {
		q.client.ResumeFetchPartitions(map[string][]int32{q.config.Topic: resume})
	}
}
