package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// MemoryConfig configures a [Memory] queue.
type MemoryConfig struct {
	// Capacity is how many unsettled tasks the queue holds: waiting, delayed and in flight.
	// 1 or more.
	Capacity int
	// AckWait is how long a delivery may stay unsettled without InProgress. More than 0.
	AckWait time.Duration
	// ExitWhenIdle makes Fetch return io.EOF when no task is left, instead of waiting for
	// more.
	ExitWhenIdle bool
}

// Memory is a bounded queue inside the process: what it holds ends with the process. Tasks come
// in the order of Enqueue; retried ones queue up again when their delay is over.
//
// Every non-empty id stays in memory as long as the queue, about 50 bytes and its length each.
type Memory struct {
	schedule *schedule

	mu   sync.Mutex
	seen map[string]struct{}
	last uint64 // number of the latest task without an id
	dead []DeadLetter
}

var (
	_ Queue    = (*Memory)(nil)
	_ Enqueuer = (*Memory)(nil)
)

// NewMemory makes an empty queue. It reports all bad fields at once.
func NewMemory(c MemoryConfig) (*Memory, error) {
	var errs []error
	if c.Capacity < 1 {
		errs = append(errs, fmt.Errorf("memory queue: Capacity must be 1 or more, got %d", c.Capacity))
	}
	if c.AckWait <= 0 {
		errs = append(errs, fmt.Errorf("memory queue: AckWait must be more than 0, got %v", c.AckWait))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Memory{
		schedule: newSchedule(c.AckWait, c.Capacity, c.ExitWhenIdle),
		seen:     make(map[string]struct{}),
	}, nil
}

// Enqueue implements [Enqueuer]. A task without an id is named `task-N`.
func (m *Memory) Enqueue(ctx context.Context, id string, payload []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if id == "" {
		m.last++
		return m.schedule.add(task{id: "task-" + strconv.FormatUint(m.last, 10), payload: payload})
	}
	if _, known := m.seen[id]; known {
		return nil
	}
	if err := m.schedule.add(task{id: id, payload: payload}); err != nil {
		return err
	}
	m.seen[id] = struct{}{}
	return nil
}

// EndWhenIdle implements [Enqueuer].
func (m *Memory) EndWhenIdle() { m.schedule.endWhenIdle() }

// Fetch implements [Queue].
func (m *Memory) Fetch(ctx context.Context, max int) ([]Delivery, error) {
	return m.schedule.next(ctx, max, time.Time{})
}

// Ack implements [Queue].
func (m *Memory) Ack(_ context.Context, d Delivery) error { return m.schedule.finish(d) }

// Nak implements [Queue].
func (m *Memory) Nak(_ context.Context, d Delivery, delay time.Duration) error {
	return m.schedule.retry(d, delay)
}

// Release implements [Queue].
func (m *Memory) Release(_ context.Context, d Delivery) error { return m.schedule.release(d) }

// InProgress implements [Queue].
func (m *Memory) InProgress(_ context.Context, d Delivery) error { return m.schedule.extend(d) }

// Dead implements [Queue]. See DeadLetters for how long it is kept.
func (m *Memory) Dead(_ context.Context, d Delivery, reason string) error {
	if err := m.schedule.finish(d); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.dead) >= m.schedule.capacity {
		m.dead = slices.Delete(m.dead, 0, 1)
	}
	m.dead = append(m.dead, DeadLetter{ID: d.ID, Reason: reason, Attempts: d.Attempt, Bytes: int64(len(d.Payload)), Time: time.Now()})
	return nil
}

// DeadLetters are the latest tasks that were sent to the dead letter, oldest first, at most
// Capacity of them.
func (m *Memory) DeadLetters() []DeadLetter {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.dead)
}

// Backlog implements [Queue].
func (m *Memory) Backlog(context.Context) (int, error) { return m.schedule.backlog() }

// Close implements [Queue].
func (m *Memory) Close() error {
	m.schedule.close()
	return nil
}
