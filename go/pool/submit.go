package pool

import "context"

// Submit hands task to the pool. It returns nil once the task has been accepted,
// and blocks until then while the bound is reached. Blocked callers are accepted in
// the order in which they came: each at once if a worker would otherwise go idle, and
// else when a sixteenth of the queue has become free, several at a time.
//
// Submit returns ErrClosed once Drain has been called, also to those blocked at that
// moment, and ctx.Err() if ctx ended first. With any error the task was not accepted.
// It never fails for want of room.
//
// From inside a handler Submit can deadlock: if every worker waits for room, no
// worker is left to make any. Use TrySubmit there, or a context that ends.
func (p *Pool[T]) Submit(ctx context.Context, task T) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	if p.mayAccept() {
		p.accept(task)
		p.unlock()
		return nil
	}
	w := p.newWaiter(ctx)
	w.single[0] = task
	w.left = w.single[:]
	p.submitters.push(w)
	_, err := p.await(ctx, w)
	return err
}

// TrySubmit hands task to the pool if it can be accepted at once, and never blocks.
// It returns ErrFull if the bound is reached or earlier submitters are blocked, and
// ErrClosed once Drain has been called.
func (p *Pool[T]) TrySubmit(task T) error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	if !p.mayAccept() {
		p.mu.Unlock()
		return ErrFull
	}
	p.accept(task)
	p.unlock()
	return nil
}

// SubmitBatch hands tasks to the pool in order, blocking as Submit does until all
// are accepted, and returns how many were. Fewer than len(tasks) come with an error:
// ErrClosed or ctx.Err(); then tasks[accepted:] are still the caller's. The slice is
// read until SubmitBatch returns, and not kept. It takes the pool's lock once for
// each run of free room, not once for each task.
func (p *Pool[T]) SubmitBatch(ctx context.Context, tasks []T) (accepted int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return 0, ErrClosed
	}
	if p.submitters.first == nil {
		accepted = p.acceptSome(tasks)
	}
	if accepted == len(tasks) {
		p.unlock()
		return accepted, nil
	}
	w := p.newWaiter(ctx)
	w.left = tasks[accepted:]
	p.submitters.push(w)
	later, err := p.await(ctx, w)
	return accepted + later, err
}

// bound is the limit on accepted and unfinished tasks.
func (p *Pool[T]) bound() int { return p.slots + p.queue }

// free is what is left of the bound. It is negative for a time when Resize has
// lowered the bound below what had been accepted.
func (p *Pool[T]) free() int { return p.bound() - p.busy - p.tasks.len() }

// mayAccept reports whether a task that arrives now may be accepted at once.
func (p *Pool[T]) mayAccept() bool { return p.submitters.first == nil && p.free() > 0 }

// accept queues one task. There must be room.
func (p *Pool[T]) accept(task T) {
	if p.tasks.pushed%waitSampling == 0 {
		p.waits.arrive(p.tasks.pushed, p.clock)
	}
	p.tasks.push(task)
}

// acceptSome queues as many of tasks as there is room for, and returns how many.
func (p *Pool[T]) acceptSome(tasks []T) int {
	n := max(0, min(p.free(), len(tasks)))
	for _, task := range tasks[:n] {
		p.accept(task)
	}
	return n
}

// admit accepts the tasks of blocked submitters. It waits until a sixteenth of the
// queue is free: one admission for each finished task would have submitters and
// workers take turns, with a goroutine switch for every task. An empty queue is always
// low enough, so that no worker stays idle while someone is blocked.
func (p *Pool[T]) admit() {
	if p.tasks.len() > p.queue-p.queue/16 {
		return
	}
	for w := p.submitters.first; w != nil && p.free() > 0; w = p.submitters.first {
		n := p.acceptSome(w.left)
		w.left = w.left[n:]
		w.count += n
		if len(w.left) == 0 {
			p.answer(w, nil)
		}
	}
}
