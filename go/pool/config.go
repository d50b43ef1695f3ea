package pool

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

const (
	// DefaultIdleTimeout is the age at which an idle worker ends, unless the
	// configuration says otherwise.
	DefaultIdleTimeout = 10 * time.Second
	// DefaultCancelGrace is how long Drain waits for cancelled handlers, unless the
	// configuration says otherwise.
	DefaultCancelGrace = time.Second
)

// Config says what a pool runs, and how much of it at once.
type Config[T any] struct {
	// Workers is how many tasks run at the same time, 1 or more. Resize changes it.
	Workers int

	// Queue is how many tasks may wait beyond the workers, 0 or more. Its memory
	// grows to what was in use at once, and is not given back.
	Queue int

	// Order decides which of the queued tasks starts next. nil means the order of
	// acceptance. It serves this pool only.
	Order Order[T]

	// MaxSize bounds the sum of the sizes of accepted and unfinished tasks, in whatever
	// unit Size has, such as bytes of payload: beyond it a submit blocks, or TrySubmit
	// refuses, although tasks may be fewer than Workers + Queue. A task larger than
	// MaxSize is refused with ErrTooLarge. Set both or neither.
	MaxSize int64

	// Size returns the size of a task, 0 or more. It is called under the pool's lock, at
	// the latest when the task has ended, and must always say the same.
	Size func(task T) int64

	// Handle runs one task. Required. Its context is the pool's own: it is cancelled
	// only by Drain, with the cause ErrDrainDeadline when the drain's deadline has
	// passed, and otherwise after the last handler has returned.
	Handle func(ctx context.Context, task T) error

	// Done is told the outcome of each task right after Handle, on the same
	// goroutine; the worker takes its next task when Done has returned. Optional.
	// err is what Handle returned, a *PanicError if it panicked, or ErrGoexit. Tasks
	// that Drain hands back are not reported to Done. A panic in Done is not
	// recovered: it ends the process.
	Done func(task T, err error)

	// IdleTimeout is the age at which an idle worker ends. 0 means
	// DefaultIdleTimeout.
	IdleTimeout time.Duration

	// StuckAfter is the age at which a running task is listed by Stuck: many times
	// what a task usually takes. While tasks run, a timer looks at the clock five times
	// in that time. 0 means that nothing is watched.
	StuckAfter time.Duration

	// CancelGrace is how long Drain, having cancelled the handlers because its
	// context ended, waits for them before it reports them as stuck. 0 means
	// DefaultCancelGrace.
	CancelGrace time.Duration
}

// withDefaults returns c with the zero durations replaced.
func (c Config[T]) withDefaults() Config[T] {
	if c.IdleTimeout == 0 {
		c.IdleTimeout = DefaultIdleTimeout
	}
	if c.CancelGrace == 0 {
		c.CancelGrace = DefaultCancelGrace
	}
	return c
}

// validate reports every field that is wrong, joined.
func (c Config[T]) validate() error {
	var problems []error
	refuse := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("pool: "+format, args...))
	}
	if c.Workers < 1 {
		refuse("Workers must be 1 or more, got %d", c.Workers)
	}
	if c.Queue < 0 {
		refuse("Queue must be 0 or more, got %d", c.Queue)
	}
	if c.Workers > 0 && c.Queue > math.MaxInt-c.Workers {
		refuse("Workers + Queue must fit an int, got %d + %d", c.Workers, c.Queue)
	}
	if c.Handle == nil {
		refuse("Handle must be set, got nil")
	}
	if c.IdleTimeout < 0 {
		refuse("IdleTimeout must not be negative, got %v; leave it 0 for %v", c.IdleTimeout, DefaultIdleTimeout)
	}
	if c.MaxSize < 0 || c.Size != nil && c.MaxSize == 0 {
		refuse("MaxSize must be 1 or more where Size is set, got %d", c.MaxSize)
	}
	if c.Size == nil && c.MaxSize != 0 {
		refuse("Size must be set with MaxSize, got nil; it measures what MaxSize bounds")
	}
	if c.StuckAfter < 0 {
		refuse("StuckAfter must not be negative, got %v; leave it 0 to watch nothing", c.StuckAfter)
	}
	if c.CancelGrace < 0 {
		refuse("CancelGrace must not be negative, got %v; leave it 0 for %v", c.CancelGrace, DefaultCancelGrace)
	}
	return errors.Join(problems...)
}
