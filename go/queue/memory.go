package queue

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// LargestPayload is the most that MemoryConfig.PayloadBytes may be, 1 MiB; larger inputs belong
// in a store, with the task naming them.
const LargestPayload = 1 << 20

// MemoryConfig configures a [Memory] queue.
type MemoryConfig struct {
	// Capacity is how many unsettled tasks the queue holds: waiting, delayed and in flight.
	// 1 or more.
	Capacity int
	// PayloadBytes is the largest payload of a task, its id and headers included. 0 stands for
	// [LargestPayload], which is also the most.
	PayloadBytes int
	// AckWait is how long a delivery may stay unsettled without InProgress. More than 0.
	AckWait time.Duration
	// ExitWhenIdle makes Fetch return io.EOF when no task is left, instead of waiting for
	// more.
	ExitWhenIdle bool
}

// Memory is a bounded queue inside the process: what it holds ends with the process. Tasks come
// in the order of Enqueue; retried ones queue up again when their delay is over.
//
// Its unsettled tasks take at most Capacity × (1.25 × PayloadBytes + 512) bytes, which the plan
// counts. Every non-empty id stays in memory as long as the queue beyond that, about 50 bytes and
// its length each.
type Memory struct {
	schedule     *schedule
	payloadBytes int

	mu   sync.Mutex
	seen map[string]struct{}
	last uint64 // all names up to this number are given, or came as ids
	dead []DeadLetter
}

var (
	_ Queue    = (*Memory)(nil)
	_ Enqueuer = (*Memory)(nil)
	_ Snoozer  = (*Memory)(nil)
)

// NewMemory makes an empty queue. It reports all bad fields at once.
func NewMemory(c MemoryConfig) (*Memory, error) {
	var errs []error
	if c.Capacity < 1 {
		errs = append(errs, fmt.Errorf("memory queue: Capacity must be 1 or more, got %d", c.Capacity))
	}
	if c.PayloadBytes < 0 || c.PayloadBytes > LargestPayload {
		errs = append(errs, fmt.Errorf("memory queue: PayloadBytes must be from 0 to %d, got %d", LargestPayload, c.PayloadBytes))
	}
	if c.AckWait <= 0 {
		errs = append(errs, fmt.Errorf("memory queue: AckWait must be more than 0, got %v", c.AckWait))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Memory{
		schedule:     newSchedule(c.AckWait, c.Capacity, c.ExitWhenIdle),
		payloadBytes: cmp.Or(c.PayloadBytes, LargestPayload),
		seen:         make(map[string]struct{}),
	}, nil
}

// PayloadBytes is the largest payload of a task, its id and headers included.
func (m *Memory) PayloadBytes() int { return m.payloadBytes }

// MemoryCapabilities are those of a [Memory].
var MemoryCapabilities = Capabilities{
	AckEach: true, Delay: true, Attempts: true, Heartbeat: true, Dedup: true, Schedule: true, Headers: true,
}

// Enqueue implements [Enqueuer]. An id counts once in the life of the queue. A task without one is
// named `task-N`, with the next N that makes no known id; a later task that comes with a name so given
// is refused with an error that wraps [ErrNameTaken]. What is kept is a copy.
func (m *Memory) Enqueue(ctx context.Context, t Task) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := m.schedule.taking(); err != nil {
		return err
	}
	if t.Key != "" {
		return fmt.Errorf("%w: a memory queue has no keys", ErrUnsupported)
	}
	headers := pack(t.Headers)
	if size := len(t.ID) + len(t.Payload) + len(headers); size > m.payloadBytes {
		return fmt.Errorf("%w: wanted %d bytes or fewer of payload, headers and id, got %d", ErrTooLarge, m.payloadBytes, size)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if t.ID == "" {
		return m.addUnnamed(t, headers)
	}
	if m.knows(t.ID) {
		return nil
	}
	if m.gave(t.ID) {
		return fmt.Errorf("%w: %q", ErrNameTaken, t.ID)
	}
	t.ID = strings.Clone(t.ID)
	if err := m.add(t, headers); err != nil {
		return err
	}
	m.seen[t.ID] = struct{}{}
	return nil
}

// addUnnamed gives the task a name that no other has.
func (m *Memory) addUnnamed(t Task, headers packed) error {
	for t.ID = givenName(m.last + 1); m.knows(t.ID); t.ID = givenName(m.last + 1) {
		m.last++
	}
	if err := m.add(t, headers); err != nil {
		return err
	}
	m.last++
	return nil
}

// knows says whether a task came with this id.
func (m *Memory) knows(id string) bool {
	_, known := m.seen[id]
	return known
}

// gave says whether id, with which no task came, is the name of a task that came without.
func (m *Memory) gave(id string) bool {
	digits, _ := strings.CutPrefix(id, givenPrefix)
	number, err := strconv.ParseUint(digits, 10, 64)
	return err == nil && 0 < number && number <= m.last && id == givenName(number)
}

const givenPrefix = "task-"

func givenName(number uint64) string { return givenPrefix + strconv.FormatUint(number, 10) }

// add copies the payload: a slice of the caller may be the small part of a large allocation, all of
// which would stay in memory and in no count.
func (m *Memory) add(t Task, headers packed) error {
	return m.schedule.add(task{id: t.ID, payload: bytes.Clone(t.Payload), headers: headers, published: time.Now()}, t.NotBefore)
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

// Snooze implements [Snoozer].
func (m *Memory) Snooze(_ context.Context, d Delivery, delay time.Duration) error {
	return m.schedule.snooze(d, delay)
}

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
	m.dead = append(m.dead, letterOf(d, reason))
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

// Idle implements [Queue].
func (m *Memory) Idle(context.Context) (bool, error) { return m.schedule.idle() }

// Close implements [Queue].
func (m *Memory) Close() error {
	m.schedule.close()
	return nil
}
