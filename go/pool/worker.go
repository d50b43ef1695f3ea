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

// worker is a goroutine that runs tasks, one after the other.
type worker[T any] struct {
	pool   *Pool[T]
	signal chan struct{} // holds one token when a parked worker is to look up

	// Guarded by the pool's mutex.
	place     int  // index in the crew
	searching bool // this worker is the one roused
	holds     bool // counted in the pool's busy
	task      T
	idle      idleLinks[T]

	phase atomic.Int32

	// Written by the holder of the mutex before the signal, read by the worker after.
	dismissed bool

	// Of the worker's goroutine only, but for started, which belongs to the sender of
	// the signal.
	started  bool
	handling bool // from the start of the task until its outcome is known
	err      error
	crashed  bool // the handler panicked or called runtime.Goexit
}

// run is the goroutine of a worker. It survives panics of the handler by entering
// serve again: one deferred call for many tasks, not one for each.
func (w *worker[T]) run() {
	defer w.depart()
	defer func() {
		if w.handling { // runtime.Goexit is on its way out of the handler
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
		w.handling = true
		w.err = w.pool.handle(w.pool.ctx, w.task)
		w.report()
	}
	return true
}

// rescue turns a panic or runtime.Goexit of the handler into the task's error. What
// Done does is left alone.
func (w *worker[T]) rescue() {
	if !w.handling {
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
	w.handling = false
	done := w.pool.done
	if done == nil {
		return
	}
	if w.phase.CompareAndSwap(phaseHandling, phaseReporting) {
		done(w.task, w.err)
	}
}

// depart takes out of the crew a worker that ends by runtime.Goexit and not by
// dismissal; the release of the mutex starts another if there is work for it.
func (w *worker[T]) depart() {
	if w.dismissed {
		return
	}
	p := w.pool
	p.mu.Lock()
	p.settle(w)
	p.strike(w)
	p.unlock()
}

// next books the task that w has finished, and gives it another. It blocks while
// there is none, and returns false once w has been dismissed.
func (p *Pool[T]) next(w *worker[T]) bool {
	p.mu.Lock()
	p.settle(w)
	for {
		if w.searching {
			w.searching, p.searching = false, false
		}
		if p.take(w) {
			p.unlock()
			return true
		}
		if p.closed || len(p.crew) > p.slots {
			w.dismissed = true
			p.strike(w)
			p.unlock()
			return false
		}
		p.park(w)
		p.unlock()
		<-w.signal
		if w.dismissed {
			return false
		}
		p.mu.Lock()
	}
}

// settle books the task that w holds, if any, as finished.
func (p *Pool[T]) settle(w *worker[T]) {
	if !w.holds {
		return
	}
	p.outcomes.add(w.err, w.crashed)
	var zero T
	w.holds, w.task, w.err, w.crashed = false, zero, nil, false
	p.busy--
}

// take gives the oldest task to w, unless there is none or w is one too many.
func (p *Pool[T]) take(w *worker[T]) bool {
	if len(p.crew) > p.slots {
		return false
	}
	if p.tasks.len() == 0 {
		p.admit()
		if p.tasks.len() == 0 {
			return false
		}
	}
	p.waits.start(p.tasks.popped, p.clock)
	w.task = p.tasks.pop()
	w.holds = true
	if p.done != nil {
		w.phase.Store(phaseHandling)
	}
	p.busy++
	return true
}

// rouse gets one more worker going if tasks are queued: the one parked last, whose
// stack and caches are warm, or else a new one. Only one is under way at a time; when
// it has found work it rouses the next, so that a burst of submits wakes no more
// workers than find something to do.
func (p *Pool[T]) rouse() {
	if p.searching || p.tasks.len() == 0 {
		return
	}
	w := p.parked.popNewest()
	if w == nil {
		if len(p.crew) >= p.slots {
			return
		}
		w = p.hire()
	}
	w.searching, p.searching = true, true
	p.signals.add(w)
}

// hire adds a worker to the crew; its first signal starts it.
func (p *Pool[T]) hire() *worker[T] {
	w := &worker[T]{pool: p, place: len(p.crew), signal: make(chan struct{}, 1)}
	p.crew = append(p.crew, w)
	return w
}

// strike takes w out of the crew.
func (p *Pool[T]) strike(w *worker[T]) {
	end := len(p.crew) - 1
	last := p.crew[end]
	p.crew[w.place], last.place = last, w.place
	p.crew[end] = nil
	p.crew = p.crew[:end]
}

// park puts w on the stack of idle workers and sees to it that it expires.
func (p *Pool[T]) park(w *worker[T]) {
	w.idle.since = p.clock.now()
	p.parked.push(w)
	p.armExpiry(p.idleTimeout)
}

// dismissIdle ends idle workers that are more than the slots, or of no further use.
func (p *Pool[T]) dismissIdle() {
	for p.parked.oldest != nil && (len(p.crew) > p.slots || p.closed && p.tasks.len() == 0) {
		p.dismiss(p.parked.oldest)
	}
}

// dismiss ends a parked worker.
func (p *Pool[T]) dismiss(w *worker[T]) {
	p.parked.remove(w)
	p.strike(w)
	w.dismissed = true
	p.signals.add(w)
}

func (p *Pool[T]) armExpiry(after time.Duration) {
	if p.expiryArmed {
		return
	}
	p.expiryArmed = true
	if p.expiry == nil {
		p.expiry = time.AfterFunc(after, p.expire)
	} else {
		p.expiry.Reset(after)
	}
}

// expire ends the workers that have been idle for too long. One timer serves all of
// them, since the oldest is at the bottom of the stack.
func (p *Pool[T]) expire() {
	p.mu.Lock()
	defer p.unlock()
	now := p.clock.now()
	for w := p.parked.oldest; w != nil && now-w.idle.since >= p.idleTimeout; w = p.parked.oldest {
		p.dismiss(w)
	}
	p.expiryArmed = false
	if oldest := p.parked.oldest; oldest != nil {
		p.armExpiry(oldest.idle.since + p.idleTimeout - now)
	}
}
