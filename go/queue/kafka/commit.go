package kafka

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"capstan/queue/driver"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	// commitEvery is the least time between two commits: so much of what is settled a kill may
	// bring again.
	commitEvery = 100 * time.Millisecond
	// commitTimeout is for one commit.
	commitTimeout = 5 * time.Second
	// commitRetry is the pause after one that failed.
	commitRetry = 500 * time.Millisecond
)

// keepCommitting tells the broker what is settled. It ends with Close, which commits the rest.
func (q *Queue) keepCommitting() {
	var said string
	for {
		select {
		case <-q.open.Done():
			return
		case <-q.dirty:
		}
		ctx, cancel := context.WithTimeout(q.open, commitTimeout)
		err := q.commit(ctx)
		cancel()
		wait := commitEvery
		if err != nil && q.open.Err() == nil {
			wait = commitRetry
			if text := err.Error(); text != said {
				q.config.Log.Warn("what is settled is not committed yet", "topic", q.config.Topic, "error", err)
				said = text
			}
			nudge(q.dirty)
		} else {
			said = ""
		}
		if driver.Pause(q.open, wait) != nil {
			return
		}
	}
}

// commit tells the broker of all partitions.
func (q *Queue) commit(ctx context.Context) error {
	q.commitMu.Lock()
	defer q.commitMu.Unlock()
	return q.commitHeld(ctx)
}

// commitHeld is commit with commitMu held: no partition is given up under it.
func (q *Queue) commitHeld(ctx context.Context) error {
	offsets := q.uncommitted()
	if len(offsets) == 0 {
		return nil
	}
	var failed error // the first of them
	all := map[string]map[int32]kgo.EpochOffset{q.config.Topic: offsets}
	q.client.CommitOffsetsSync(ctx, all, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, answer *kmsg.OffsetCommitResponse, err error) {
		if err != nil {
			failed = err
			return
		}
		for _, topic := range answer.Topics {
			for _, partition := range topic.Partitions {
				if err := kerr.ErrorForCode(partition.ErrorCode); err != nil {
					failed = cmp.Or(failed, err)
					delete(offsets, partition.Partition)
				}
			}
		}
		q.noteCommitted(offsets)
	})
	if failed != nil {
		return fmt.Errorf("commit for group %q: %w", q.config.Group, failed)
	}
	return nil
}

func (q *Queue) uncommitted() map[int32]kgo.EpochOffset {
	q.mu.Lock()
	defer q.mu.Unlock()
	offsets := make(map[int32]kgo.EpochOffset)
	for id, p := range q.partitions {
		if p.next > p.committed {
			offsets[id] = kgo.EpochOffset{Epoch: p.epoch, Offset: p.next}
		}
	}
	return offsets
}

func (q *Queue) noteCommitted(offsets map[int32]kgo.EpochOffset) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, offset := range offsets {
		if p := q.partitions[id]; p != nil {
			p.committed = offset.Offset
		}
	}
}
