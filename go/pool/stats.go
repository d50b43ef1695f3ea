package pool

import "time"

// Stats is a consistent picture of a pool at one moment. Counters only ever grow.
type Stats struct {
	// Workers is how many tasks may run at the same time, as configured or resized.
	Workers int
	// Live is how many worker goroutines there are, idle ones included.
	Live int
	// Busy is how many tasks are being run, the call of Done included.
	Busy int
	// PeakBusy is the largest Busy there has been.
	PeakBusy int
	// Queued is how many tasks were accepted and have not started.
	Queued int
	// Size is the sum of the sizes of the Busy and Queued tasks, 0 without Config.Size.
	Size int64
	// Blocked is how many calls of Submit and SubmitBatch are waiting for room.
	Blocked int

	// Accepted counts the tasks taken on. It equals Completed + Busy + Queued + those
	// that Drain returned as unstarted.
	Accepted uint64
	// Completed counts the tasks whose handler has ended, in whatever way.
	Completed uint64
	// Failed counts those of Completed whose handler returned an error.
	Failed uint64
	// Panicked counts those of Completed whose handler panicked or called
	// runtime.Goexit. They are not in Failed.
	Panicked uint64

	// BusyTime is Busy integrated over time: the time spent by all workers on tasks,
	// up to this moment, unfinished tasks included. A worker that goes from one task
	// straight to the next counts as busy in between.
	BusyTime time.Duration
	// SlotTime is Workers integrated over time. Between two pictures, the increase of
	// BusyTime ÷ the increase of SlotTime is the mean utilisation.
	SlotTime time.Duration

	// WaitSamples counts the tasks whose time in the queue was measured: about one in
	// 64. WaitTotal is the sum of those times, from acceptance to start, and WaitMax
	// the longest.
	WaitSamples uint64
	WaitTotal   time.Duration
	WaitMax     time.Duration
}

// Stats returns the current numbers. It takes the pool's lock for a moment. It may be
// called at any time, also after Drain.
func (p *Pool[T]) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.now()
	return Stats{
		Workers:     p.slots,
		Live:        len(p.crew),
		Busy:        p.busy,
		PeakBusy:    p.busyTime.peak,
		Queued:      p.tasks.len(),
		Size:        p.sizes.used,
		Blocked:     p.submitters.len,
		Accepted:    p.tasks.pushed,
		Completed:   p.completed(),
		Failed:      p.outcomes.failed,
		Panicked:    p.outcomes.panicked,
		BusyTime:    p.busyTime.total(now),
		SlotTime:    p.slotTime.total(now),
		WaitSamples: p.waits.samples,
		WaitTotal:   p.waits.total,
		WaitMax:     p.waits.max,
	}
}

// clock tells the time since the pool was created.
type clock struct{ start time.Time }

func (c clock) now() time.Duration { return time.Since(c.start) }

// meterBusy brings the busy time up to date with the number of busy workers.
func (p *Pool[T]) meterBusy(now time.Duration) {
	if p.busy != p.busyTime.level {
		p.busyTime.set(now, p.busy)
	}
}

// meter integrates a level over time. It costs one reading of the clock for each
// change, and none while the level stays: under load the number of busy workers does
// not change from one task to the next.
type meter struct {
	level int
	peak  int
	since time.Duration
	sum   time.Duration
}

func (m *meter) set(now time.Duration, level int) {
	m.sum = m.total(now)
	m.since, m.level, m.peak = now, level, max(m.peak, level)
}

func (m *meter) total(now time.Duration) time.Duration {
	return m.sum + time.Duration(m.level)*(now-m.since)
}

// waitSampler measures how long tasks are queued, for one task in waitSampling and
// one at a time.
type waitSampler struct {
	pending bool
	task    uint64 // number of the task under measurement
	since   time.Duration
	samples uint64
	total   time.Duration
	max     time.Duration
}

const waitSampling = 64

// arrive is told the number of each waitSampling-th task that is queued.
func (s *waitSampler) arrive(task uint64, c clock) {
	if !s.pending {
		s.pending, s.task, s.since = true, task, c.now()
	}
}

// start is told when the task under measurement leaves the queue for a worker.
func (s *waitSampler) start(c clock) {
	wait := c.now() - s.since
	s.pending = false
	s.samples++
	s.total += wait
	s.max = max(s.max, wait)
}

// outcomes counts what did not become of tasks that ended well.
type outcomes struct {
	failed, panicked, unstarted uint64
}

// completed is how many tasks have ended: those that were started, but for those that run.
func (p *Pool[T]) completed() uint64 {
	return p.tasks.popped - p.outcomes.unstarted - uint64(p.busy)
}

// addFailure counts a completed task as one that did not end well; a crashed handler
// has an error as well.
func (o *outcomes) addFailure(crashed bool) {
	if crashed {
		o.panicked++
	} else {
		o.failed++
	}
}
