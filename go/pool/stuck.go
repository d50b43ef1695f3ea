package pool

import (
	"cmp"
	"slices"
	"time"
)

// StuckTask is a task that has been running for longer than Config.StuckAfter.
type StuckTask[T any] struct {
	Task T
	// Since is when it started, or up to a quarter of StuckAfter before that.
	Since time.Time
}

// Stuck returns the tasks that have been running for longer than Config.StuckAfter,
// the call of Done included, oldest first: how many, which, and since when. A task
// appears when it is between 1 and 1.25 × StuckAfter old, never before, and stays
// until it has ended, also after a Drain that gave up on it. Stuck changes nothing:
// the slot stays taken. It looks at each worker once under the pool's lock, and
// returns nil if StuckAfter is 0.
func (p *Pool[T]) Stuck() []StuckTask[T] {
	if p.watch.after == 0 {
		return nil
	}
	p.mu.Lock()
	now := p.clock.now()
	var found []StuckTask[T]
	for _, w := range p.crew {
		if w.holds && now-w.since >= p.watch.after+p.watch.tick() {
			found = append(found, StuckTask[T]{Task: w.task, Since: p.clock.start.Add(w.since)})
		}
	}
	p.mu.Unlock()
	slices.SortFunc(found, func(a, b StuckTask[T]) int { return cmp.Compare(a.Since.UnixNano(), b.Since.UnixNano()) })
	return found
}

// stuckWatch is a clock that a timer reads while tasks run, so that the start of a
// task costs no reading: the price of one is that of half a task.
type stuckWatch struct {
	after   time.Duration // Config.StuckAfter; 0 means that nothing is watched
	read    time.Duration // the pool's clock, at most one tick ago while ticking
	timer   *time.Timer
	ticking bool
}

func (s *stuckWatch) tick() time.Duration { return max(s.after/4, 1) }

// noteStart puts down when the task of w started.
func (p *Pool[T]) noteStart(w *worker[T]) {
	if !p.watch.ticking {
		p.watch.ticking = true
		p.watch.read = p.clock.now()
		if p.watch.timer == nil {
			p.watch.timer = time.AfterFunc(p.watch.tick(), p.readWatch)
		} else {
			p.watch.timer.Reset(p.watch.tick())
		}
	}
	w.since = p.watch.read
}

// readWatch is called by the timer. The watch stops with the last task.
func (p *Pool[T]) readWatch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch.read = p.clock.now()
	p.watch.ticking = p.busy > 0 && (p.drain == nil || !p.drain.over)
	if p.watch.ticking {
		p.watch.timer.Reset(p.watch.tick())
	}
}
