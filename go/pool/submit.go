package pool

import (
	"context"
	"runtime/debug"
)

// Submit hands task to the pool. It returns nil once the task has been accepted,
// and blocks until then while the bound is reached. Blocked callers are accepted in
// the order in which they came: each at once if a worker would otherwise go idle, and
// else when a sixteenth of the queue has become free, or half of the bound where the queue is shorter than
// the workers are many, several at a time.
//
// Submit returns ErrClosed once Drain has been called, also to those blocked at that
// moment, ctx.Err() if ctx ended first, an error that wraps ErrTooLarge for a task beyond
// Config.MaxSize, and what Config.Order says of a task that it refuses: a *PanicError where it panicked. With any error the
// task was not accepted. Submit never fails for want of room.
//
// From inside a handler Submit can deadlock: if every worker waits for room, no
// worker is left to make any. Use TrySubmit there, or a context that ends.
func (p *Pool[T]) Submit(ctx context.Context, task T) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.sizes.of != nil {
		if err := p.sizes.refuse(task); err != nil {
			return err
		}
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	if p.plain && p.submitters.first == nil && p.free() > 0 {
		p.enqueue(task)
		if p.isServed() {
			p.mu.Unlock()
		} else {
			p.unlock()
		}
		return nil
	}
	if p.mayAccept(task) {
		err := p.accept(task)
		p.unlock()
		return err
	}
	w := p.newWaiter()
	w.single[0] = task
	w.left = w.single[:]
	p.submitters.push(w)
	_, err := p.await(ctx, w)
	return err
}

// TrySubmit hands task to the pool if it can be accepted at once, and never blocks.
// It returns ErrFull if the bound is reached or earlier submitters are blocked, and
// otherwise fails as Submit does.
func (p *Pool[T]) TrySubmit(task T) error {
	if p.sizes.of != nil {
		if err := p.sizes.refuse(task); err != nil {
			return err
		}
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	if !p.mayAccept(task) {
		p.mu.Unlock()
		return ErrFull
	}
	err := p.accept(task)
	p.unlock()
	return err
}

// SubmitBatch hands tasks to the pool in order, blocking as Submit does until all
// are accepted, and returns how many were. Fewer than len(tasks) come with an error, as
// from Submit; then tasks[accepted:] are still the caller's. With ErrTooLarge none was
// accepted; if Config.Order refuses a task, those before it were. The slice is
// read until SubmitBatch returns, and not kept. It takes the pool's lock once for
// each run of free room, not once for each task.
func (p *Pool[T]) SubmitBatch(ctx context.Context, tasks []T) (accepted int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := p.sizes.refuse(tasks...); err != nil {
		return 0, err
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return 0, ErrClosed
	}
	if p.submitters.first == nil {
		accepted, err = p.acceptSome(tasks)
	}
	if accepted == len(tasks) || err != nil {
		p.unlock()
		return accepted, err
	}
	w := p.newWaiter()
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
func (p *Pool[T]) mayAccept(task T) bool {
	return p.submitters.first == nil && p.free() > 0 && (p.plain || p.sizes.fits(task))
}

// accept queues one task, unless the order refuses it. There must be room.
func (p *Pool[T]) accept(task T) error {
	if p.plain {
		p.enqueue(task)
		return nil
	}
	if p.order != nil {
		if err := p.push(task); err != nil {
			return err
		}
	}
	if p.sizes.of != nil {
		p.sizes.used += p.sizes.of(task)
	}
	if p.order == nil {
		p.enqueue(task)
		return nil
	}
	if p.tasks.pushed%waitSampling == 0 {
		p.waits.arrive(p.tasks.pushed, p.clock)
	}
	p.tasks.pushed++ // the order has the task itself
	return nil
}

// push gives a task to the order. A panic of it, such as one of a key that a task lacks, refuses the task: to let it go
// on would leave the lock held for ever where somebody recovers it, as an HTTP server does.
func (p *Pool[T]) push(task T) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return p.order.Push(task, p.tasks.pushed)
}

// enqueue puts a task at the end of the ring.
func (p *Pool[T]) enqueue(task T) {
	if p.tasks.isFull() {
		p.tasks.grow()
	}
	if p.tasks.pushed%waitSampling == 0 {
		p.waits.arrive(p.tasks.pushed, p.clock)
	}
	p.tasks.put(task)
}

// acceptSome queues tasks until there is no room or the order refuses one, and returns
// how many it has queued.
func (p *Pool[T]) acceptSome(tasks []T) (int, error) {
	room := max(0, min(p.free(), len(tasks)))
	for n, task := range tasks[:room] {
		if !p.plain && !p.sizes.fits(task) {
			return n, nil
		}
		if err := p.accept(task); err != nil {
			return n, err
		}
	}
	return room, nil
}

// isAdmissionDue says whether to accept the tasks of blocked submitters: once a sixteenth of the
// queue is free (see admitAt), since one admission for each finished task would have submitters and
// workers take turns, with a goroutine switch for every task. While nothing in the queue
// can start it does not wait, so that no worker stays idle while someone is blocked.
func (p *Pool[T]) isAdmissionDue() bool {
	return p.submitters.first != nil && (p.tasks.len() <= p.admitAt || !p.plain && !p.anyReady())
}

// admit accepts the tasks of blocked submitters while there is room.
func (p *Pool[T]) admit() {
	for w := p.submitters.first; w != nil && p.free() > 0; w = p.submitters.first {
		n, err := p.acceptSome(w.left)
		w.left = w.left[n:]
		w.count += n
		switch {
		case err != nil || len(w.left) == 0:
			p.answer(w, err)
		case n == 0:
			return // it is too large for now, and those behind it wait for their turn
		}
	}
}
