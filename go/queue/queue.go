// Package queue is where tasks come from: one interface, and the two implementations that need
// no server. [Memory] lives and dies with the process; [Folder] takes every file below a folder
// as one task and survives a kill. Those of brokers are packages of their own, so that only
// programs that use one carry its client.
//
// Delivery is at least once. What a fetcher got is in flight until it is settled, or until its
// lease (the ack wait) runs out; then it is delivered again.
package queue

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrFull is returned by Enqueue when the queue holds as many tasks as it may.
	ErrFull = errors.New("queue is full")
	// ErrTooLarge is returned by Enqueue for a task of more bytes than the queue takes.
	ErrTooLarge = errors.New("task is too large")
	// ErrClosed is returned by every call on a closed queue, and by Enqueue once Fetch has returned
	// io.EOF.
	ErrClosed = errors.New("queue is closed")
	// ErrUnsupported is returned by Publish and Enqueue for a field of a task that the queue has
	// no capability for.
	ErrUnsupported = errors.New("not a capability of this queue")
	// ErrNameTaken is returned by Enqueue for an id that the queue has given to a task without one.
	ErrNameTaken = errors.New("id is the name that a task without an id was given")
	// ErrStale is returned when a delivery is settled whose lease ran out, so that the task
	// was given to someone else, or whose task is settled already.
	ErrStale = errors.New("delivery is no longer in flight")
)

// Task is what a producer adds to a queue.
type Task struct {
	// ID names the task: any text, of which every byte counts. Within the queue's memory of ids, see
	// [Capabilities.Dedup], a second task of the same id is ignored without an error. Empty: always
	// new.
	ID string
	// Payload is a JSON document. The queue keeps it: the caller no longer writes to it.
	Payload []byte
	// Headers go with the task to its handler, such as the context of a trace: see
	// [Delivery.Headers]. Names and values are any text and come as they were given, no others beside
	// them; names that begin with "Capstan-" or "Nats-" belong to the queues. nil: none.
	Headers map[string]string
	// NotBefore is the earliest time of the first delivery; the past and the zero time mean at
	// once. It needs [Capabilities.Schedule].
	NotBefore time.Time
	// Key orders tasks: those of one key are delivered in the order in which they were added.
	// It needs [Capabilities.Keys]. Empty: no order.
	Key string
}

// Delivery is one task in the hands of a fetcher.
type Delivery struct {
	// ID names the task, unique among the unsettled tasks of its queue.
	ID string
	// Payload is the task's JSON document. It is shared between deliveries: read only.
	Payload []byte
	// Headers are those that the task was added with, shared between deliveries: read only.
	Headers map[string]string
	// Key is that of the task; empty where the queue has no keys.
	Key string
	// Published is when the queue took the task, by the queue's clock; zero where it does not
	// know.
	Published time.Time
	// Attempt counts the deliveries of this task from 1, released ones left out.
	Attempt int
	// DeadReason is set when the queue knows that the task must not be tried: nobody runs it,
	// and its fetcher passes the reason to Dead. Attempt then counts what was tried before.
	DeadReason string
	// Waited is how long the fetch of this delivery waited because there was no task: what is
	// left of the fetch's time is the round trip.
	Waited time.Duration
	// Receipt is the queue's own handle on this delivery; nobody else looks inside.
	Receipt any
}

// Queue hands out tasks and is told what became of them. All methods may be called from any
// number of goroutines. Every delivery is settled by exactly one of Ack, Nak, Release or Dead;
// settling one that is stale gives [ErrStale] and changes nothing, except that Ack and Dead
// still settle a task whose lease ran out and that nobody has settled since: its effect is in
// place, whoever did it.
type Queue interface {
	// Fetch blocks until at least one task can be delivered and returns up to max (1 or
	// more) of them without waiting for more. It returns io.EOF once no task is left and
	// none will come, ctx's error when ctx ends first, [ErrClosed] after Close.
	Fetch(ctx context.Context, max int) ([]Delivery, error)
	// Ack says that the task's effect is in place; it is never delivered again.
	Ack(ctx context.Context, d Delivery) error
	// Nak says that the attempt failed; the task is delivered again after delay.
	Nak(ctx context.Context, d Delivery, delay time.Duration) error
	// Release hands back a task that was not started or was interrupted; the attempt does
	// not count, and the task keeps its place in the order.
	Release(ctx context.Context, d Delivery) error
	// InProgress renews the lease: the full ack wait runs again from now.
	InProgress(ctx context.Context, d Delivery) error
	// Dead sends the task to the dead letter with the reason; it is never delivered again.
	Dead(ctx context.Context, d Delivery, reason string) error
	// Backlog is the number of tasks that wait, now or for a delay; those in flight do not
	// count.
	Backlog(ctx context.Context) (int, error)
	// Idle says that no task is left: none waits, now or for a delay, and none is in flight, in
	// any process, one that was killed included.
	Idle(ctx context.Context) (bool, error)
	// Close ends all blocked calls with [ErrClosed]. Deliveries that are not settled by then
	// are lost (Memory), or look like those of a killed process (Folder). A second Close
	// does nothing.
	Close() error
}

// Enqueuer is a queue that takes tasks from its own process.
type Enqueuer interface {
	// Enqueue adds a task; it never blocks. [ErrFull] when there is no room, an error that
	// wraps [ErrTooLarge] and says the bound when the task is over it, [ErrUnsupported] for a
	// field that the queue has no capability for, [ErrClosed] once Fetch has returned io.EOF: nobody
	// would run the task.
	Enqueue(ctx context.Context, task Task) error
	// EndWhenIdle makes Fetch return io.EOF once no task is left, from now on. Tasks may
	// still be added before.
	EndWhenIdle()
}

// Publisher adds tasks to a queue that other processes work off. Its methods may be called from
// any number of goroutines.
type Publisher interface {
	// Publish adds a task and returns nil once the queue has it for good, as far as the
	// broker can promise. An error leaves open whether it has: publishing again with the same
	// id is safe where the queue has [Capabilities.Dedup]. [ErrFull] when the queue takes no
	// more, [ErrTooLarge] when the task is over its bound, [ErrUnsupported] for a field that
	// the queue has no capability for.
	Publish(ctx context.Context, task Task) error
	// Close ends the connection; calls that are going on fail.
	Close() error
}

// Snoozer is a queue that can put a task off without a counted attempt.
type Snoozer interface {
	// Snooze is Release for a task that is delivered again after delay, not before, behind those that
	// wait then.
	Snooze(ctx context.Context, d Delivery, delay time.Duration) error
}

// BatchAcker is a queue that takes many acknowledgements for little more than the price of one.
type BatchAcker interface {
	// AckBatch is Ack for each of batch, settled together; it returns one error for each, in
	// the same order, or nil when all are settled.
	AckBatch(ctx context.Context, batch []Delivery) []error
}
