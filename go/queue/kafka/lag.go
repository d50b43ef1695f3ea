package kafka

import (
	"context"
	"fmt"

	"capstan/queue/driver"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// lag is, for each partition, what a consumer group has not settled.
type lag map[int32]span

// span is offsets from begin on, before end.
type span struct{ begin, end int64 }

func (s span) length() int64 { return max(0, s.end-s.begin) }

func (l lag) total() int64 {
	var sum int64
	for _, s := range l {
		sum += s.length()
	}
	return sum
}

// lag asks the broker, again where it says that it will know later, until ctx ends.
func (q *Queue) lag(ctx context.Context) (lag, error) {
	for {
		all, err := q.askLag(ctx)
		if err == nil || !kerr.IsRetriable(err) || driver.Pause(ctx, askAgain) != nil {
			return all, err
		}
	}
}

func (q *Queue) askLag(ctx context.Context) (lag, error) {
	topic := q.config.Topic
	fail := func(err error) (lag, error) { return nil, fmt.Errorf("offsets of topic %q: %w", topic, err) }
	starts, err := offsetsOf(q.admin.ListStartOffsets(ctx, topic))
	if err != nil {
		return fail(err)
	}
	committed, err := q.admin.FetchOffsetsForTopics(ctx, q.config.Group, topic)
	if err == nil {
		err = committed.Error()
	}
	if err != nil {
		return fail(err)
	}
	// The end comes last: what is added meanwhile counts.
	ends, err := offsetsOf(q.admin.ListCommittedOffsets(ctx, topic))
	if err != nil {
		return fail(err)
	}
	all := make(lag)
	for id, end := range ends[topic] {
		begin := int64(-1)
		if response, found := committed.Lookup(topic, id); found {
			begin = response.At
		}
		if start, found := starts.Lookup(topic, id); found {
			begin = max(begin, start.Offset)
		}
		all[id] = span{begin, end.Offset}
	}
	return all, nil
}

func offsetsOf(listed kadm.ListedOffsets, err error) (kadm.ListedOffsets, error) {
	if err == nil {
		err = listed.Error()
	}
	return listed, err
}

// Backlog implements [queue.Queue]: what waits in partitions of this process, and of those of
// others all that is not committed, in flight or not. Marks of transactions count as tasks until
// they are read.
func (q *Queue) Backlog(ctx context.Context) (int, error) {
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	all, err := q.lag(ctx)
	if err != nil {
		return 0, q.explain(ctx, err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	var sum int64
	for id, s := range all {
		p := q.partitions[id]
		if p == nil || p.read < 0 {
			sum += s.length()
			continue
		}
		sum += span{p.read, s.end}.length() + int64(p.waiting)
	}
	return int(sum), nil
}
