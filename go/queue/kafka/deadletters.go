package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/queue"
)

// DeadLetters are the dead letters of one group in a topic. It implements [queue.DeadLetters]. A
// letter is named by the place of its task, TOPIC-PARTITION-OFFSET. Each call reads the whole
// topic.
type DeadLetters struct {
	access Access
	log    *slog.Logger
	group  string
	dead   string
	topic  string
	client *kgo.Client
	admin  *kadm.Client
}

var _ queue.DeadLetters = (*DeadLetters)(nil)

// OpenDeadLetters opens the letters that the group buried in the topic dead; Replay adds tasks to
// topic. It waits for brokers and topics until ctx ends. log may be nil.
func OpenDeadLetters(ctx context.Context, a Access, group, dead, topic string, log *slog.Logger) (*DeadLetters, error) {
	log = orSilent(log)
	if err := a.awaitTopics(ctx, log, dead, topic); err != nil {
		return nil, err
	}
	client, err := a.client(log, burying()...)
	if err != nil {
		return nil, err
	}
	return &DeadLetters{access: a, log: log, group: group, dead: dead, topic: topic, client: client, admin: kadm.NewClient(client)}, nil
}

// List implements [queue.DeadLetters].
func (l *DeadLetters) List(ctx context.Context, after string, limit int) ([]queue.DeadLetter, error) {
	all, err := l.read(ctx, func(*kgo.Record) bool { return false })
	if err != nil {
		return nil, err
	}
	// One that is hidden meanwhile still marks its place.
	from := 1 + slices.IndexFunc(all, func(it letter) bool { return it.Letter == after })
	if after != "" && from == 0 {
		return nil, fmt.Errorf("%w: %s", queue.ErrNotFound, after)
	}
	var page []queue.DeadLetter
	for _, it := range all[from:] {
		if it.hidden {
			continue
		}
		if len(page) == limit {
			break
		}
		listed := it.DeadLetter
		listed.Headers = nil
		page = append(page, listed)
	}
	return page, nil
}

// Get implements [queue.DeadLetters].
func (l *DeadLetters) Get(ctx context.Context, name string) (queue.DeadLetter, error) {
	found, err := l.get(ctx, name)
	return found.DeadLetter, err
}

func (l *DeadLetters) get(ctx context.Context, name string) (letter, error) {
	key := string(letterKey(l.group, name))
	all, err := l.read(ctx, func(r *kgo.Record) bool { return string(r.Key) == key })
	if err != nil {
		return letter{}, err
	}
	at := slices.IndexFunc(all, func(it letter) bool { return it.Letter == name && !it.hidden })
	if at < 0 {
		return letter{}, fmt.Errorf("%w: %s", queue.ErrNotFound, name)
	}
	return all[at], nil
}

// Replay implements [queue.DeadLetters]. The task has its old id, and the key of its record.
func (l *DeadLetters) Replay(ctx context.Context, name string) error {
	found, err := l.get(ctx, name)
	if err != nil {
		return err
	}
	task := queue.Task{ID: found.ID, Payload: found.Payload, Headers: found.Headers, Key: found.key}
	if err := store(ctx, l.client, recordOf(l.topic, task)); err != nil {
		return fmt.Errorf("publish to topic %q: %w", l.topic, err)
	}
	return l.hide(ctx, name)
}

// Drop implements [queue.DeadLetters]: the letter is hidden at once, and gone for good with the
// topic's retention or compaction.
func (l *DeadLetters) Drop(ctx context.Context, name string) error {
	if _, err := l.get(ctx, name); err != nil {
		return err
	}
	return l.hide(ctx, name)
}

// hide follows a letter with a record of its key that has no value.
func (l *DeadLetters) hide(ctx context.Context, name string) error {
	if err := store(ctx, l.client, &kgo.Record{Topic: l.dead, Key: letterKey(l.group, name)}); err != nil {
		return fmt.Errorf("drop from topic %q: %w", l.dead, err)
	}
	return nil
}

// Close implements [queue.DeadLetters].
func (l *DeadLetters) Close() error {
	l.client.Close()
	return nil
}

// letter is a dead letter as the topic has it.
type letter struct {
	queue.DeadLetter
	key       string // of the task's record
	hidden    bool
	partition int32
	offset    int64
}

// read returns the letters of the group, oldest first, hidden ones too where their records are
// still there. Payloads are kept where wanted says so.
func (l *DeadLetters) read(ctx context.Context, wanted func(*kgo.Record) bool) ([]letter, error) {
	found := make(map[string]letter)
	err := l.scan(ctx, func(r *kgo.Record) {
		key := string(r.Key)
		if r.Value == nil {
			if it, isThere := found[key]; isThere {
				it.hidden = true
				found[key] = it
			}
			return
		}
		if group, _ := headerOf(r, HeaderGroup); group != l.group {
			return
		}
		it := letterOf(r)
		if wanted(r) {
			it.Payload = r.Value
		}
		found[key] = it
	})
	if err != nil {
		return nil, err
	}
	all := make([]letter, 0, len(found))
	for _, it := range found {
		all = append(all, it)
	}
	slices.SortFunc(all, func(a, b letter) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.partition, b.partition), cmp.Compare(a.offset, b.offset))
	})
	return all, nil
}

func letterOf(r *kgo.Record) letter {
	text := func(name string) string {
		value, _ := headerOf(r, name)
		return value
	}
	it := letter{key: text(HeaderKey), partition: r.Partition, offset: r.Offset}
	it.Letter, it.ID = text(HeaderPlace), text(HeaderID)
	it.Reason, it.Detail = text(HeaderReason), text(HeaderDetail)
	it.Attempts, _ = strconv.Atoi(text(HeaderAttempts))
	it.Bytes, it.Headers, it.Time = int64(len(r.Value)), headersOf(r), r.Timestamp
	if died, err := strconv.ParseInt(text(HeaderDied), 10, 64); err == nil {
		it.Time = time.UnixMilli(died)
	}
	return it
}

// scan reads all records that are in the topic now, those of a partition in order.
func (l *DeadLetters) scan(ctx context.Context, visit func(*kgo.Record)) error {
	fail := func(err error) error { return fmt.Errorf("read dead letters of topic %q: %w", l.dead, err) }
	starts, err := offsetsOf(l.admin.ListStartOffsets(ctx, l.dead))
	if err != nil {
		return fail(err)
	}
	ends, err := offsetsOf(l.admin.ListCommittedOffsets(ctx, l.dead))
	if err != nil {
		return fail(err)
	}
	from, left := make(map[int32]kgo.Offset), make(map[int32]int64)
	for id, end := range ends[l.dead] {
		start, _ := starts.Lookup(l.dead, id)
		if start.Offset < end.Offset {
			from[id], left[id] = kgo.NewOffset().At(start.Offset), end.Offset
		}
	}
	if len(left) == 0 {
		return nil
	}
	client, err := l.access.client(l.log, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{l.dead: from}),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords())
	if err != nil {
		return fail(err)
	}
	defer client.Close()
	for len(left) > 0 {
		fetches := client.PollFetches(ctx)
		if err := errors.Join(ctx.Err(), fetches.Err()); err != nil {
			return fail(err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if !r.Attrs.IsControl() && r.Offset < ends[l.dead][r.Partition].Offset {
				visit(r)
			}
			if r.Offset+1 >= left[r.Partition] {
				delete(left, r.Partition)
			}
		})
	}
	return nil
}
