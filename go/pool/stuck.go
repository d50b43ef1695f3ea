package pool

import (
	"cmp"
	"slices"
	"time"
)

// StuckTask is a task that has been running for longer than Config.StuckAfter.
type StuckTask[T any] struct {
	Task T
	// Since is when it started, or up to a quarter of StuckAfter before that; after it only
	// where the program was short of CPU.
	Since time.Time
}

// Stuck returns the tasks that have been running for longer than Config.StuckAfter,
// the call of Done included, oldest first: how many, which, and since when. A task
// appears when it is between 1 and 1.25 × StuckAfter old, never before, and stays
// until it has ended, also after a Drain that gave up on it. Where the program is so
// short of CPU that its timers are late, it may appear as much later. Stuck changes
// nothing: the slot stays taken. It looks at each worker under the pool's lock, and
// returns nil if StuckAfter is 0.
func (p *Pool[T]) Stuck() []StuckTask[T] {
	if p.watch.after == 0 {
		return nil
	}
	p.mu.Lock()
	now := p.clock.now()
	p.moveWatch(now) // its timer may be late
	var found []StuckTask[T]
	for _, w := range p.crew {
		if w.holds && now-w.since >= p.watch.after+p.watch.margin() {
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
	read    time.Duration // the pool's clock
	timer   *time.Timer
	ticking bool
}

// tick is the time from one reading to the next, if the timer is on time.
func (s *stuckWatch) tick() time.Duration { return max(s.after/5, 1) }

// margin is how far the reading of a task may lie before its start.
func (s *stuckWatch) margin() time.Duration { return max(s.after/4, 1) }

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

// moveWatch reads the clock. Where the last reading is too old, nobody knows when since then the tasks that
// have it started: they get the latest one that keeps within the margin, so as not to be listed too early.
func (p *Pool[T]) moveWatch(now time.Duration) {
	if p.watch.ticking && now-p.watch.read > p.watch.margin() {
		for _, w := range p.crew {
			if w.since == p.watch.read {
				w.since = now - p.watch.margin()
			}
		}
	}
	p.watch.read = now
}

// readWatch is called by the timer. The watch stops with the last task.
func (p *Pool[T]) readWatch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.moveWatch(p.clock.now())
	p.watch.ticking = p.busy > 0 && (p.drain == nil || !p.drain.over)
	if p.watch.ticking {
		p.watch.timer.Reset(p.watch.tick())
	}
}
