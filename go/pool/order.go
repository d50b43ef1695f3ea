package pool

// Order decides which of the accepted tasks starts next, in place of the order of
// acceptance. Package order has some: tasks of one key one after another, limits and
// turns for keys, priorities. The bound, blocking, drain and numbers stay the pool's.
//
// The pool calls all methods under its lock, so they need none of their own, must be
// quick, and must not call the pool. None but Push may panic: what that left behind would be
// unknown, so that a panic of Pop or Finish ends the process. An Order has state: it serves
// one pool only.
type Order[T any] interface {
	// Push takes in a task that there is room for. number counts the accepted tasks, from
	// 0. An error refuses the task: Submit, TrySubmit or SubmitBatch returns it, and
	// nothing else has happened. So does a panic, as a *PanicError; it must leave the order
	// as it was.
	Push(task T, number uint64) error
	// Ready returns how many of the tasks inside could start now.
	Ready() int
	// Pop takes out the task that is to start next, and its number. The pool calls it only
	// while Ready is above 0.
	Pop() (task T, number uint64)
	// Finish is told of the end of a task that was popped.
	Finish(task T)
	// Rest takes out everything that was not popped, in the order of acceptance.
	Rest() []T
}

// anyReady reports whether a queued task could start now.
func (p *Pool[T]) anyReady() bool {
	return p.tasks.len() > 0 && (p.order == nil || p.order.Ready() > 0)
}

// popInOrder takes out the next task that can start, if there is one, where a pool has an
// order or sizes.
func (p *Pool[T]) popInOrder(task *T) bool {
	if !p.anyReady() {
		return false
	}
	number := p.tasks.popped
	if p.order == nil {
		*task = p.tasks.pop()
	} else {
		*task, number = p.order.Pop()
		p.tasks.popped++
	}
	if p.waits.pending && p.waits.task == number {
		p.waits.start(p.clock)
	}
	return true
}

// release gives back what a task has held of the order and the sizes.
func (p *Pool[T]) release(task T) {
	if p.order != nil {
		p.order.Finish(task)
	}
	if p.sizes.of != nil {
		p.sizes.used -= p.sizes.of(task)
	}
}

// popRest takes all that is queued, oldest first.
func (p *Pool[T]) popRest() (rest []T) {
	if p.order != nil {
		rest = p.order.Rest()
		p.tasks.popped = p.tasks.pushed
	}
	for p.tasks.len() > 0 {
		rest = append(rest, p.tasks.pop())
	}
	if p.sizes.of != nil {
		for _, task := range rest {
			p.sizes.used -= p.sizes.of(task)
		}
	}
	p.outcomes.unstarted += uint64(len(rest))
	return rest
}
