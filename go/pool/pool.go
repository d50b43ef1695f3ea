package pool

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// Pool runs tasks of type T on a bounded number of goroutines. Create it with New
// and end it with Drain. All methods may be called from any goroutine at any time.
type Pool[T any] struct {
	handle      func(context.Context, T) error
	done        func(T, error)
	queue       int
	admitAt     int // blocked submitters are let in while this many tasks are queued, or fewer
	idleTimeout time.Duration
	cancelGrace time.Duration
	ctx         context.Context // of the handlers

	// mu guards what follows, but for the last few. Except for refusals, which change nothing,
	// it is released by unlock, which restores what must hold between critical sections. What
	// each task touches comes first: it goes from core to core.
	mu          sync.Mutex
	closed      bool
	plain       bool    // no order, no sizes: the usual case, which must not pay for them
	searching   int     // workers that have been roused and have not looked for work yet
	slots       int     // workers wanted: Config.Workers, then as resized
	busy        int     // tasks started and not finished
	tasks       ring[T] // accepted and not started; if there is an order, only their numbers
	submitters  waiterQueue[T]
	crew        []*worker[T] // all workers that were not told to end
	parked      idleStack[T] // those of the crew that have nothing to do
	roomSeekers waiterQueue[T]
	waits       waitSampler
	watch       stuckWatch
	busyTime    meter

	// What the current critical section leaves to be done after the release.
	answers answerChain[T]
	signals signalChain[T]

	order       Order[T] // which holds the tasks then; nil for that of acceptance
	sizes       sizes[T]
	expiry      *time.Timer // ends idle workers; nil until a worker has parked
	expiryArmed bool
	drain       *drain[T] // nil until Drain is called
	slotTime    meter
	outcomes    outcomes

	// Not guarded.
	cancel       context.CancelCauseFunc
	clock        clock
	spareWaiter  atomic.Pointer[waiter[T]] // of one submitter that is blocked again and again
	spareWaiters sync.Pool                 // of *waiter[T]: of the others
}

// New returns a pool that is ready for tasks. It starts no goroutine yet. A bad
// configuration is refused with one error for each bad field, joined.
func New[T any](config Config[T]) (*Pool[T], error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	ctx, cancel := context.WithCancelCause(context.Background())
	p := &Pool[T]{
		handle:      config.Handle,
		done:        config.Done,
		queue:       config.Queue,
		admitAt:     admitAt(config.Workers, config.Queue),
		idleTimeout: config.IdleTimeout,
		cancelGrace: config.CancelGrace,
		ctx:         ctx,
		cancel:      cancel,
		clock:       clock{start: time.Now()},
		slots:       config.Workers,
		order:       config.Order,
		plain:       config.Order == nil && config.Size == nil,
		sizes:       sizes[T]{of: config.Size, max: config.MaxSize},
		watch:       stuckWatch{after: config.StuckAfter},
	}
	p.slotTime.set(0, p.slots)
	return p, nil
}

// admitAt is how many tasks may be queued when blocked submitters are let in: all but a sixteenth of the queue, or, where
// the queue is small, half of the bound, so that submitters are on their way while workers still have something to do.
func admitAt(workers, queue int) int {
	return max(queue-queue/16, (workers+queue)/2)
}

// Resize changes how many tasks run at the same time, and with it the bound, which
// is workers + Queue. It does not wait. More workers take up queued tasks at once and
// let blocked submitters in. With fewer, idle workers end first; tasks that run are
// never cut short, so that more than workers tasks run, and more than the bound are
// outstanding, until enough have finished; none is started or accepted before.
//
// Resize refuses workers below 1, and returns ErrClosed once Drain has been called.
func (p *Pool[T]) Resize(workers int) error {
	if workers < 1 {
		return fmt.Errorf("pool: workers must be 1 or more, got %d", workers)
	}
	if workers > math.MaxInt-p.queue {
		return fmt.Errorf("pool: workers + Queue must fit an int, got %d + %d", workers, p.queue)
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	p.slots = workers
	p.slotTime.set(p.clock.now(), workers)
	p.unlock()
	return nil
}

// unlock restores the invariants of the pool, releases the mutex, and then tells
// those concerned. Between critical sections:
//
//   - no submitter is blocked while the queue is below its mark and has room;
//   - no caller of Room is blocked who has enough of it;
//   - no worker is idle beyond the slots, or once the pool is closed and empty;
//   - if queued tasks can start and workers can be had for them, one or two are on their way;
//   - the busy time is metered with the true count;
//   - a drain with nothing left to wait for has ended.
//
// Most critical sections of a pool under load leave nothing to do, and that is what the
// guards are for.
func (p *Pool[T]) unlock() {
	if p.isAdmissionDue() {
		p.admit()
	}
	if p.roomSeekers.first != nil {
		p.answerRoom()
	}
	if !p.parked.isEmpty() && (p.closed || len(p.crew) > p.slots) {
		p.dismissIdle()
	}
	for p.tasks.len() > 0 && !p.isServed() && p.anyReady() {
		p.rouse()
	}
	if p.busy != p.busyTime.level {
		p.meterBusy(p.clock.now())
	}
	if p.drain != nil {
		p.concludeIfEmpty()
	}
	if p.signals.first == nil && p.answers.first == nil {
		p.mu.Unlock()
		return
	}
	answers, signals := p.answers, p.signals
	p.answers, p.signals = answerChain[T]{}, signalChain[T]{}
	p.mu.Unlock()
	if signals.first != nil {
		signals.send()
	}
	if answers.first != nil {
		answers.tell()
	}
}
