package pool

// next books the task that w has finished, and gives it another. It blocks while
// there is none, and returns false once w has been dismissed.
func (p *Pool[T]) next(w *worker[T]) bool {
	p.lockForTask()
	if p.goOn(w) {
		p.mu.Unlock()
		return true
	}
	w.stage = stageChoosing
	worked := w.holds || w.idleSince == 0
	p.settle(w)
	if p.isAdmissionDue() {
		p.admit() // before w looks for a task, or it would park and be woken for its own
	}
	for {
		if w.searching {
			w.searching = false
			p.searching--
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
		p.park(w, worked)
		worked = false
		p.unlock() // may admit a blocked submitter and signal w at once
		<-w.signal
		if w.dismissed {
			return false
		}
		p.lockForTask()
	}
}

// lockTries is how often a worker tries the lock before it queues for it. It is held for some tens of nanoseconds, and a
// sync.Mutex that is taken pauses for longer than that before it looks again, then parks the goroutine. That submitters
// do not try as well lets the side that empties the queue win. docs/pool.md has what it brings.
const lockTries = 20

// lockForTask takes the lock for a worker that wants its next task.
func (p *Pool[T]) lockForTask() {
	for range lockTries {
		if p.mu.TryLock() {
			return
		}
	}
	p.mu.Lock()
}

// goOn does what next does, and unlock after it, for a worker under load: it goes from one task
// straight to the next, and nothing else changes: least of all who is on the way for the tasks that
// stay queued. It returns false otherwise.
func (p *Pool[T]) goOn(w *worker[T]) bool {
	left := p.tasks.len() - 1
	if !w.holds || w.err != nil || !p.plain || left < 0 || len(p.crew) > p.slots || p.roomSeekers.first != nil ||
		left <= p.admitAt && p.submitters.first != nil {
		return false
	}
	p.start(w)
	return true
}

// mostSearching is how many workers are on the way at once. With one alone each task of a burst would wait
// for the worker before it to be scheduled; with many, workers are woken that find nothing left.
const mostSearching = 2

// isServed says that nobody needs to be roused for queued tasks: enough are on the way, or
// everybody works.
func (p *Pool[T]) isServed() bool {
	return p.searching >= min(mostSearching, p.tasks.len()) || p.parked.isEmpty() && len(p.crew) >= p.slots
}

// settle books the task that w holds, if any, as finished.
func (p *Pool[T]) settle(w *worker[T]) {
	if !w.holds {
		return
	}
	if !p.plain {
		p.release(w.task)
	}
	var zero T
	w.holds, w.task = false, zero
	p.busy--
	if w.err != nil {
		p.outcomes.addFailure(w.crashed)
		w.err, w.crashed = nil, false
	}
}

// take gives the next task to w, unless there is none or w is one too many.
func (p *Pool[T]) take(w *worker[T]) bool {
	if len(p.crew) > p.slots || p.tasks.len() == 0 {
		return false
	}
	if !p.start(w) {
		return false
	}
	w.holds = true
	p.busy++
	return true
}

// start takes the next task out of the queue for w, unless none can start.
func (p *Pool[T]) start(w *worker[T]) bool {
	if p.plain {
		if p.waits.pending && p.waits.task == p.tasks.popped {
			p.waits.start(p.clock)
		}
		w.task = p.tasks.pop()
	} else if !p.popInOrder(&w.task) {
		return false
	}
	if p.watch.after > 0 {
		p.noteStart(w)
	}
	if p.done != nil {
		w.phase.Store(phaseHandling)
	}
	return true
}

// rouse gets one more worker going for queued tasks: the one parked last, whose stack
// and caches are warm, or else a new one. Only a few are under way at a time; each that
// has found work rouses the next, so that a burst of submits wakes hardly more
// workers than find something to do.
func (p *Pool[T]) rouse() {
	w := p.parked.popNewest()
	if w == nil {
		if len(p.crew) >= p.slots {
			return
		}
		w = p.hire()
	}
	w.searching = true
	p.searching++
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
