package redis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"capstan/queue"
)

const (
	// longestWait is the most that one request waits at the server for a task: how late a process
	// sees that another one set a time, or released a task.
	longestWait = 500 * time.Millisecond
	// mostSweep and leastSweep bound the time between two looks for leases that ran out.
	mostSweep  = time.Second
	leastSweep = 20 * time.Millisecond
	// recall is how long deliveries are handed back for that nobody waits for any more.
	recall = time.Second
)

// sweepEvery is the time between two looks for leases that ran out, over all processes.
func (c Config) sweepEvery() time.Duration { return min(mostSweep, max(leastSweep, c.AckWait/10)) }

// errIdle says that no task is left. It is not io.EOF, as which a connection ends that the server
// closes.
var errIdle = errors.New("no task is left")

// receipt is what a delivery is settled by.
type receipt struct {
	number  string // of the entry
	attempt int    // by the server's count
	fields  int    // of the entry
	settled settled
}

// String is the number of the entry, for a person.
func (r *receipt) String() string { return r.number }

// Fetch implements [queue.Queue].
func (q *Queue) Fetch(ctx context.Context, max int) ([]queue.Delivery, error) {
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	var waited time.Duration
	for {
		batch, err := q.take(ctx, max)
		if len(batch) == 0 && err == nil {
			began := time.Now()
			batch, err = q.await(ctx, max)
			waited += time.Since(began)
		}
		switch {
		case len(batch) > 0:
			batch[0].Waited = waited
			return batch, nil
		case ctx.Err() != nil || q.open.Err() != nil:
			return nil, q.explain(ctx, err)
		case errors.Is(err, errIdle):
			return nil, io.EOF
		case isGone(err):
			// Counts as a failure, so that a group that others delete makes no endless loop.
			return nil, errors.Join(fmt.Errorf("the group is gone: %w", err), q.join(ctx))
		case errors.Is(err, io.EOF): // which to callers is the end of all tasks
			return nil, fmt.Errorf("fetch from group %q of stream %q: the server closed the connection: %w",
				q.config.Group, q.config.Stream, io.ErrUnexpectedEOF)
		case err != nil:
			return nil, explain(fmt.Errorf("fetch from group %q of stream %q: %w", q.config.Group, q.config.Stream, err))
		}
	}
}

// take returns what is there, which may be nothing.
func (q *Queue) take(ctx context.Context, max int) ([]queue.Delivery, error) {
	if q.isCheckDue() {
		if batch, err := q.takeDue(ctx, max); err != nil || len(batch) > 0 {
			return batch, err
		}
	}
	answer, err := q.client.Do(ctx, q.read(max, -1)...).Result()
	if err != nil && !errors.Is(err, goredis.Nil) {
		// Where it came through after all, what it brought is held until its lease runs out.
		return nil, err
	}
	return q.fromRead(answer)
}

// isGone says that somebody removed the stream or the group.
func isGone(err error) bool { return codeOf(err) == "NOGROUP" || codeOf(err) == "UNBLOCKED" }

// isCheckDue says whether to ask for what is due; whoever it tells so has to.
func (q *Queue) isCheckDue() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if now.Before(q.nextCheck) {
		return false
	}
	q.nextCheck = now.Add(min(longestWait, q.config.sweepEvery()))
	return true
}

// checkIn asks for what is due after d at the latest, also where a fetch waits for longer.
func (q *Queue) checkIn(d time.Duration) {
	at := time.Now().Add(d)
	q.mu.Lock()
	defer q.mu.Unlock()
	if !at.Before(q.nextCheck) {
		return
	}
	q.nextCheck = at
	close(q.sooner)
	q.sooner = make(chan struct{})
}

// untilCheck is how long to wait for new tasks, and what says that it is less now.
func (q *Queue) untilCheck() (time.Duration, <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return min(longestWait, max(0, time.Until(q.nextCheck))), q.sooner
}

func (q *Queue) takeDue(ctx context.Context, max int) ([]queue.Delivery, error) {
	k := q.keys
	answer, err := dueScript.Run(ctx, q.client, []string{k.stream, k.retry, k.attempts, k.later, k.sweep},
		q.config.Group, q.consumer, max, q.config.AckWait.Milliseconds(), q.config.sweepEvery().Milliseconds()).Slice()
	if err != nil {
		q.checkIn(0)
		return nil, err
	}
	if len(answer) != 2 {
		return nil, fmt.Errorf("the server answered %v, wanted deliveries and a time", answer)
	}
	batch, err := q.deliveries(answer[0])
	if next, ok := answer[1].(int64); ok && next >= 0 {
		q.checkIn(time.Duration(min(next, longestWait.Milliseconds())) * time.Millisecond)
	}
	if len(batch) == max {
		q.checkIn(0) // there may be more
	}
	return batch, err
}

// read is the command for new tasks; without waiting when wait is below 0.
func (q *Queue) read(max int, wait time.Duration) []any {
	command := []any{"XREADGROUP", "GROUP", q.config.Group, q.consumer, "COUNT", max}
	if wait >= 0 {
		command = append(command, "BLOCK", wait.Milliseconds()+1) // 0 would be for ever
	}
	return append(command, "STREAMS", q.keys.stream, ">")
}

// fromRead reads the answer to such a command: entries of one stream, or nil. The server's newer
// protocol has a map of streams for a list of pairs.
func (q *Queue) fromRead(answer any) ([]queue.Delivery, error) {
	switch streams := answer.(type) {
	case nil:
		return nil, nil
	case map[any]any:
		if entries, ok := streams[q.keys.stream]; ok {
			return q.deliveries(entries)
		}
	case []any:
		if len(streams) == 1 {
			if named, _ := streams[0].([]any); len(named) == 2 {
				return q.deliveries(named[1])
			}
		}
	}
	return nil, fmt.Errorf("the server answered %v, wanted the entries of one stream", answer)
}

func (q *Queue) deliveries(answer any) ([]queue.Delivery, error) {
	entries, err := entriesOf(answer)
	if err != nil {
		return nil, err
	}
	batch := make([]queue.Delivery, len(entries))
	receipts := make([]receipt, len(entries))
	for i, e := range entries {
		batch[i] = e.delivery()
		receipts[i].number, receipts[i].attempt, receipts[i].fields = e.number, e.attempt, len(e.fields)/2
		batch[i].Receipt = &receipts[i]
	}
	return batch, nil
}

// await waits for new tasks until something is due, and returns none then.
func (q *Queue) await(ctx context.Context, max int) ([]queue.Delivery, error) {
	if q.config.ExitWhenIdle {
		over, err := q.Idle(ctx)
		if err != nil {
			return nil, err
		}
		if over {
			return nil, errIdle
		}
	}
	wait, sooner := q.untilCheck()
	if wait == 0 {
		return nil, ctx.Err()
	}
	line, err := q.lines.take(ctx)
	if err != nil {
		return nil, err
	}
	answered := make(chan answer, 1)
	if !q.beside(func() { answered <- line.ask(q.read(max, wait), wait) }) {
		answered <- answer{err: queue.ErrClosed}
	}
	select {
	case a := <-answered:
		return q.arrived(line, a)
	case <-sooner:
		return q.arrived(line, q.interrupt(line, answered))
	case <-ctx.Done():
		batch, _ := q.arrived(line, q.interrupt(line, answered))
		q.handBack(batch)
		return nil, ctx.Err()
	}
}

func (q *Queue) arrived(l *line, a answer) ([]queue.Delivery, error) {
	q.lines.giveBack(l, a.err)
	if a.err != nil && !errors.Is(a.err, goredis.Nil) {
		return nil, a.err
	}
	return q.fromRead(a.value)
}

func (q *Queue) handBack(batch []queue.Delivery) {
	ctx, cancel := context.WithTimeout(context.Background(), recall)
	defer cancel()
	for _, d := range batch {
		r := d.Receipt.(*receipt)
		if held, _ := q.back(ctx, r, r.attempt-1, -1); held {
			q.checkIn(0)
		}
	}
}
