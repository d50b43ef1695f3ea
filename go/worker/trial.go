package worker

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"capstan/queue"
)

var (
	// errTrial is why a task is handed back while another runs alone.
	errTrial = errors.New("not started: another task runs alone")
	// errTurnedBack is the error of a task that the pool comes to after it was handed back.
	errTurnedBack = errors.New("handed back already")
)

// trial is a task's run with no other in this process. Those have one whose last attempt came to no
// end, as its process ended: the task may be what ended it, or one that ran beside. Alone, it takes no
// attempt of another with it.
//
// Nothing is fetched meanwhile, and what was fetched ahead is handed back: the queue counts an attempt
// of all that a killed process holds. Safe for concurrent use.
type trial struct {
	goesOn atomic.Bool

	mu      sync.Mutex
	suspect *flight            // nil: none
	over    chan struct{}      // closed at its end
	recall  context.CancelFunc // of the fetch that is going on; nil: none
	careful bool               // the latest batch had a suspect, so that the next is one task
	changed chan struct{}      // has an element when the suspect may be alone now
}

func newTrial() *trial { return &trial{changed: make(chan struct{}, 1)} }

// begin gives f the process for its own, once all else has left it, unless another has it.
func (t *trial) begin(f *flight) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.suspect != nil {
		return false
	}
	t.suspect, t.over, t.careful = f, make(chan struct{}), true
	t.goesOn.Store(true)
	if t.recall != nil {
		t.recall()
	}
	return true
}

// end ends the trial of f, if there is one.
func (t *trial) end(f *flight) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f != nil && t.suspect == f {
		t.suspect = nil
		t.goesOn.Store(false)
		close(t.over)
	}
}

// wait blocks while a trial goes on.
func (t *trial) wait(ctx context.Context) error {
	for t.goesOn.Load() {
		t.mu.Lock()
		over, goesOn := t.over, t.suspect != nil
		t.mu.Unlock()
		if !goesOn {
			break
		}
		select {
		case <-over:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// fetching begins a fetch, unless a trial goes on: its context ends when one begins. leave is called
// when what it brought is among the flights.
func (t *trial) fetching(ctx context.Context) (limited context.Context, leave func(), ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.suspect != nil {
		return nil, nil, false
	}
	limited, t.recall = context.WithCancel(ctx)
	return limited, t.left, true
}

func (t *trial) left() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.recall()
	t.recall = nil
	t.notice()
}

func (t *trial) isFetching() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.recall != nil
}

// most is how many of n tasks to fetch: those that died together come together, and all but one of a
// batch would have to be handed back.
func (t *trial) most(n int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.careful {
		return 1
	}
	return n
}

// brought notes whether a batch has a suspect.
func (t *trial) brought(suspects bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.careful = suspects
}

// notice tells the suspect to look whether it is alone.
func (t *trial) notice() {
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// isSuspect says whether a task has to run alone: it has had all its attempts, and the last of them has
// no outcome. Where nobody but this process takes tasks, its lease ran out in here, and it is stuck. A
// task with one attempt is never run again.
func (e *engine) isSuspect(d queue.Delivery) bool {
	most := e.config.Task.MaxAttempts
	return d.Attempt == most+1 && most > 1 && e.shared
}

// isolate blocks until f is alone in this process, or hands it back.
func (e *engine) isolate(ctx context.Context, f *flight) error {
	if !e.trial.begin(f) {
		return errTrial
	}
	e.log.WarnContext(ctx, "task runs alone: its last attempt came to no end", "id", f.delivery.ID, "attempt", f.delivery.Attempt)
	e.metrics.alone.Inc()
	for !e.isAlone(f) {
		select {
		case <-e.trial.changed:
		case <-ctx.Done():
			e.trial.end(f)
			return errUnstarted
		}
	}
	if e.draining.Load() {
		e.trial.end(f)
		return errUnstarted
	}
	return nil
}

// isAlone hands back what was fetched ahead, and says whether nothing is left beside f. Handlers that
// ignore their deadline are left out: nothing says that they will ever end.
func (e *engine) isAlone(f *flight) bool {
	fetching := e.trial.isFetching()
	for _, other := range e.flights.ahead() {
		e.turnBack(other, errTrial)
	}
	return !fetching && e.flights.beside(f) == 0
}

// turnBack releases a task that its slot has not come to; nothing happens if it has.
func (e *engine) turnBack(f *flight, why error) {
	if !f.claim() {
		return
	}
	e.flights.land(f, time.Now())
	v := verdict{outcome: outcomeReleased, reason: why.Error()}
	e.guard.finish(f, &v)
	e.settler.take(f, v)
}
