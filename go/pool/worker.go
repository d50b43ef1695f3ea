package pool

import (
	"runtime/debug"
	"sync/atomic"
	"time"
)

// Phases of the task that a worker holds. They decide who gives it its one outcome.
const (
	phaseHandling  int32 = iota // nobody yet
	phaseReporting              // the worker, through Done
	phaseAbandoned              // Drain, as stuck
)

// stage is where the goroutine of a worker is. It decides what a panic or runtime.Goexit is taken for.
type stage uint8

const (
	stageChoosing  stage = iota // it looks for a task under the lock, where the order and the sizes are asked
	stageHandling               // from the start of the task until its outcome is known
	stageReporting              // in Done, or past it
)

// worker is a goroutine that runs tasks, one after the other. What each task touches comes first,
// together: with thousands of workers it is in no cache when a task ends.
type worker[T any] struct {
	pool *Pool[T]

	// Guarded by the pool's mutex, but for the worker's own reading of task.
	holds     bool // counted in the pool's busy
	searching bool // this worker has been roused, and has not looked for work yet

	// Of the worker's goroutine only.
	stage   stage
	crashed bool // the handler panicked or called runtime.Goexit
	phase   atomic.Int32
	err     error
	task    T // guarded as holds is

	since time.Duration // when the task started, kept only if StuckAfter is set; guarded too

	// Guarded by the pool's mutex.
	place      int           // index in the crew
	idleSince  time.Duration // on the pool's clock: since when it has been parked, if it is
	nextSignal *worker[T]    // in the chain of signals

	signal    chan struct{} // holds one token when a parked worker is to look up
	dismissed bool          // written by the holder of the mutex before the signal, read by the worker after
	started   bool          // belongs to the sender of the signal
}

// run is the goroutine of a worker. It survives panics of the handler by entering
// serve again: one deferred call for many tasks, not one for each.
func (w *worker[T]) run() {
	defer w.depart()
	defer func() {
		if w.stage == stageHandling { // runtime.Goexit is on its way out of the handler
			w.report()
		}
	}()
	for !w.serve() {
		w.report()
	}
}

// serve runs tasks until the worker is dismissed. It returns false after a panic.
func (w *worker[T]) serve() (dismissed bool) {
	defer w.rescue()
	for w.pool.next(w) {
		w.stage = stageHandling
		w.err = w.pool.handle(w.pool.ctx, w.task)
		w.report()
	}
	return true
}

// rescue turns a panic or runtime.Goexit of the handler into the task's error. What
// Done does is left alone.
func (w *worker[T]) rescue() {
	if w.stage != stageHandling {
		return
	}
	w.crashed = true
	if value := recover(); value != nil {
		w.err = &PanicError{Value: value, Stack: debug.Stack()}
		return
	}
	w.err = ErrGoexit // since Go 1.21 even panic(nil) recovers as something
}

// report gives the task's outcome to Done, unless Drain has handed the task back.
func (w *worker[T]) report() {
	w.stage = stageReporting
	done := w.pool.done
	if done == nil {
		return
	}
	if w.phase.CompareAndSwap(phaseHandling, phaseReporting) {
		done(w.task, w.err)
	}
}

// depart takes out of the crew a worker that ends by runtime.Goexit and not by
// dismissal; the release of the mutex starts another if there is work for it. One that ends
// while it chooses holds the mutex, and leaves the pool in a state that nobody can go on with:
// this panic comes on top of that of the order, if it was one.
func (w *worker[T]) depart() {
	if w.dismissed {
		return
	}
	if w.stage == stageChoosing {
		panic("pool: Config.Order or Config.Size panicked or called runtime.Goexit under the pool's lock")
	}
	p := w.pool
	p.mu.Lock()
	p.settle(w)
	p.strike(w)
	p.unlock()
}
