package pool

import "context"

// waiter is a caller blocked in Submit, SubmitBatch or Room. While it is queued its
// fields belong to the holder of the pool's mutex; after the answer, to the caller.
type waiter[T any] struct {
	queue      *waiterQueue[T] // where it is queued, nil once answered or withdrawn
	prev, next *waiter[T]

	left   []T  // tasks still to be accepted
	single [1]T // room for the task of Submit, so that it needs no slice of its own
	least  int  // room asked for
	count  int  // the answer: tasks accepted, or the free room
	err    error

	answered chan struct{} // holds one token from the answer on
}

// waiterQueue is a FIFO of waiters, any of which may leave early.
type waiterQueue[T any] struct {
	first, last *waiter[T]
	len         int
}

func (q *waiterQueue[T]) push(w *waiter[T]) {
	w.queue, w.prev, w.next = q, q.last, nil
	if q.last == nil {
		q.first = w
	} else {
		q.last.next = w
	}
	q.last = w
	q.len++
}

func (q *waiterQueue[T]) remove(w *waiter[T]) {
	if w.prev == nil {
		q.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		q.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.queue, w.prev, w.next = nil, nil, nil
	q.len--
}

// answerChain lists waiters in the order of their answers, linked by next, to be
// told after the mutex has been released.
type answerChain[T any] struct {
	first, last *waiter[T]
}

func (c *answerChain[T]) add(w *waiter[T]) {
	if c.last == nil {
		c.first = w
	} else {
		c.last.next = w
	}
	c.last = w
}

// tell lets every caller of the chain go on. A waiter may be in use again the moment
// it has been told.
func (c answerChain[T]) tell() {
	for w := c.first; w != nil; {
		next := w.next
		w.answered <- struct{}{}
		w = next
	}
}

// newWaiter returns an unused waiter, recycled where possible.
func (p *Pool[T]) newWaiter() *waiter[T] {
	if w := p.spareWaiter.Swap(nil); w != nil {
		return w
	}
	if w, ok := p.spareWaiters.Get().(*waiter[T]); ok {
		return w
	}
	return &waiter[T]{answered: make(chan struct{}, 1)}
}

// answer takes w out of its queue; the caller is told when the mutex is released.
func (p *Pool[T]) answer(w *waiter[T], err error) {
	w.queue.remove(w)
	w.err = err
	p.answers.add(w)
}

// await releases the mutex, blocks until w is answered or ctx ends, and recycles w. An
// answer that was given before the end of ctx was noticed stands: nothing is accepted
// unseen.
func (p *Pool[T]) await(ctx context.Context, w *waiter[T]) (int, error) {
	p.unlock()
	if ended := ctx.Done(); ended == nil {
		<-w.answered
	} else {
		select {
		case <-w.answered:
		case <-ended:
			if !p.withdraw(w, ctx.Err()) {
				<-w.answered
			}
		}
	}
	count, err := w.count, w.err
	var zero T
	w.left, w.single[0], w.count, w.least, w.err = nil, zero, 0, 0, nil
	if !p.spareWaiter.CompareAndSwap(nil, w) {
		p.spareWaiters.Put(w)
	}
	return count, err
}

// withdraw takes w out of its queue with err, unless it has been answered.
func (p *Pool[T]) withdraw(w *waiter[T], err error) bool {
	p.mu.Lock()
	defer p.unlock()
	if w.queue == nil {
		return false
	}
	w.queue.remove(w)
	w.err = err
	return true
}

// refuseWaiters answers everyone who is blocked with ErrClosed.
func (p *Pool[T]) refuseWaiters() {
	for p.submitters.first != nil {
		p.answer(p.submitters.first, ErrClosed)
	}
	for p.roomSeekers.first != nil {
		p.answer(p.roomSeekers.first, ErrClosed)
	}
}
