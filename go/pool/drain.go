package pool

import (
	"context"
	"slices"
	"time"
)

// Report says how a drain went.
type Report[T any] struct {
	// Unstarted are the accepted tasks that no handler has seen, oldest first. Empty
	// unless the deadline passed.
	Unstarted []T
	// Stuck are the tasks whose handlers had not returned CancelGrace after they were
	// cancelled. They may still be running, and their goroutines with them; but Done
	// will not be told of them, so that the caller can hand them back.
	Stuck []T
	// Reporting counts the tasks that were in Done, and not through it, when Drain
	// gave up waiting. Done has decided on them, so they are nobody's to hand back.
	Reporting int
	// Cancelled counts the handlers that were running when the deadline passed and
	// had their context cancelled, the stuck ones included.
	Cancelled int
	// Finished counts the tasks that finished during the drain, whatever came of
	// them.
	Finished uint64
	// Elapsed is the time from the first call of Drain to the end of the drain.
	Elapsed time.Duration
}

// Complete reports whether every accepted task got to the end of Done.
func (r Report[T]) Complete() bool {
	return len(r.Unstarted) == 0 && len(r.Stuck) == 0 && r.Reporting == 0
}

// drain is the state behind all calls of Drain. But for ended, it is guarded by the
// pool's mutex, and after the close of ended it does not change.
type drain[T any] struct {
	began        time.Duration // on the pool's clock
	doneBefore   uint64        // tasks finished before
	pastDeadline bool
	over         bool
	grace        *time.Timer
	report       Report[T]
	ended        chan struct{} // closed when the report is final
}

// Drain ends the pool. It closes the intake, so that new and blocked submitters get
// ErrClosed, and lets all accepted tasks finish, queued ones included. ctx is the
// deadline for that. When it ends, Drain takes the tasks that have not started,
// cancels the context of the handlers with ErrDrainDeadline, and gives them
// CancelGrace to return. Thus it returns at the latest CancelGrace after the end of
// ctx, even if a handler never does.
//
// Every accepted task has by then been through Done, or is in Report.Unstarted or
// Report.Stuck, or is counted in Report.Reporting; never two of these.
//
// Drain may be called several times, also concurrently: all calls wait for the same
// drain and return the same report, the first deadline to pass counts for all, and a
// call after the end returns at once. One of the callers should act on the report.
// Called from a handler, Drain waits for that very handler until ctx ends.
func (p *Pool[T]) Drain(ctx context.Context) Report[T] {
	d := p.closeIntake()
	select {
	case <-d.ended:
	case <-ctx.Done():
		p.passDeadline()
		<-d.ended
	}
	p.cancel(nil) // frees what handlers derived from it; a cause given before stands
	report := d.report
	report.Unstarted = slices.Clone(report.Unstarted)
	report.Stuck = slices.Clone(report.Stuck)
	return report
}

// closeIntake begins the drain, unless it has begun.
func (p *Pool[T]) closeIntake() *drain[T] {
	p.mu.Lock()
	defer p.unlock()
	if p.drain == nil {
		p.closed = true
		p.drain = &drain[T]{
			began:      p.clock.now(),
			doneBefore: p.completed(),
			ended:      make(chan struct{}),
		}
		p.refuseWaiters()
	}
	return p.drain
}

func (p *Pool[T]) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// passDeadline takes the tasks that have not started and cancels the rest.
func (p *Pool[T]) passDeadline() {
	p.mu.Lock()
	d := p.drain
	if d.over || d.pastDeadline {
		p.mu.Unlock()
		return
	}
	d.pastDeadline = true
	d.report.Unstarted = p.popRest()
	for _, w := range p.crew {
		if w.holds && w.phase.Load() == phaseHandling {
			d.report.Cancelled++
		}
	}
	p.cancel(ErrDrainDeadline) // under the lock, or a drain that ends could give its cause first
	d.grace = time.AfterFunc(p.cancelGrace, p.abandon)
	p.unlock()
}

// abandon ends the drain without the tasks that are still running. From here on the
// phase of each says whose it is: Drain's to hand back, or Done's.
func (p *Pool[T]) abandon() {
	p.mu.Lock()
	defer p.unlock()
	d := p.drain
	if d.over {
		return
	}
	for _, w := range p.crew {
		switch {
		case !w.holds:
		case w.phase.CompareAndSwap(phaseHandling, phaseAbandoned):
			d.report.Stuck = append(d.report.Stuck, w.task)
		default:
			d.report.Reporting++
		}
	}
	p.conclude()
}

// concludeIfEmpty ends the drain when nothing is queued or running.
func (p *Pool[T]) concludeIfEmpty() {
	if !p.drain.over && p.busy == 0 && p.tasks.len() == 0 {
		p.conclude()
	}
}

func (p *Pool[T]) conclude() {
	d := p.drain
	d.over = true
	d.report.Finished = p.completed() - d.doneBefore
	d.report.Elapsed = p.clock.now() - d.began
	if d.grace != nil {
		d.grace.Stop()
	}
	if p.expiry != nil {
		p.expiry.Stop()
	}
	close(d.ended)
}
