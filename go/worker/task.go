package worker

import (
	"context"
	"log/slog"

	"capstan/queue"
)

// Handler does the work of one task. It runs in up to Setup.Slots goroutines at once.
//
// ctx ends after task.maxSeconds, or when the worker has to hand back what is unfinished; a
// handler returns soon after that. A nil error means that the effect is in place. What an
// error does:
//
//   - [ErrAlreadyDone]: the effect was in place before; counts as finished.
//   - [Permanent]: straight to the dead letter.
//   - [RetryAfter]: tried again after that delay.
//   - [Snooze]: comes again after that delay, and the attempt does not count.
//   - any other, or a panic: tried again after the contract's backoff.
//
// After task.maxAttempts attempts the task goes to the dead letter with the last error.
type Handler[T any] func(ctx context.Context, t Task[T]) error

// Task is one task as its handler sees it. A handler owns it: it may keep or change it.
type Task[T any] struct {
	// ID names the task in logs, reports and dead letters; for a folder source it is the
	// file's path relative to the input folder, with slashes.
	ID string
	// Attempt counts deliveries from 1. Deliveries that were handed back do not count.
	Attempt int
	// Payload is the task's JSON document, decoded. A payload that does not decode never
	// reaches the handler: it goes to the dead letter.
	Payload T
	// Setup is what the worker runs with, for handlers that keep no state of their own.
	Setup
}

// Setup is what a worker gives its handler. All fields are safe for concurrent use as long as
// nobody writes to Settings.
type Setup struct {
	// Name of the worker, as in the spec.
	Name string
	// Input and Output are folders.input and folders.output of the contract; empty when not set.
	Input, Output string
	// Settings are the handler's own settings, as they stand in the contract.
	Settings map[string]string
	// Log writes JSON lines to standard error.
	Log *slog.Logger
	// Enqueue adds a task to the worker's own queue; payload is encoded as JSON. An id that
	// was enqueued before by this process is ignored, an empty one is always new. It never
	// blocks: a full queue gives [queue.ErrFull], a task over source.memory.payloadBytes
	// [queue.ErrTooLarge], an id that is the name of a task without one (`task-N`)
	// [queue.ErrNameTaken], a source that takes no tasks [ErrNoEnqueue]. Options such as
	// [queue.NotBefore] say more of the task.
	Enqueue func(ctx context.Context, id string, payload any, options ...queue.Option) error
	// Slots is the number of tasks that run at once.
	Slots int
	// MaxAttempts is task.maxAttempts of the contract: a handler that sees a task with
	// Attempt == MaxAttempts knows that there is no further one.
	MaxAttempts int
}

// Stateless makes a constructor for [Main] out of a handler that needs nothing built first.
func Stateless[T any](h Handler[T]) func(Setup) (Handler[T], error) {
	return func(Setup) (Handler[T], error) { return h, nil }
}
