package pool

import "time"

// idleLinks is a worker's place on the stack of idle workers, and after that in the
// chain of signals.
type idleLinks[T any] struct {
	older, newer *worker[T]
	since        time.Duration // on the pool's clock
	signalled    *worker[T]    // the next in the chain of signals
}

// idleStack holds parked workers in the order in which they parked. The newest is
// used first, so that the ones not needed grow old at the other end.
type idleStack[T any] struct {
	oldest, newest *worker[T]
}

func (s *idleStack[T]) push(w *worker[T]) {
	w.idle.older, w.idle.newer = s.newest, nil
	if s.newest == nil {
		s.oldest = w
	} else {
		s.newest.idle.newer = w
	}
	s.newest = w
}

func (s *idleStack[T]) remove(w *worker[T]) {
	if w.idle.older == nil {
		s.oldest = w.idle.newer
	} else {
		w.idle.older.idle.newer = w.idle.newer
	}
	if w.idle.newer == nil {
		s.newest = w.idle.older
	} else {
		w.idle.newer.idle.older = w.idle.older
	}
	w.idle.older, w.idle.newer = nil, nil
}

// popNewest returns nil if the stack is empty.
func (s *idleStack[T]) popNewest() *worker[T] {
	w := s.newest
	if w != nil {
		s.remove(w)
	}
	return w
}

// signalChain lists workers to be started or woken after the mutex has been
// released.
type signalChain[T any] struct {
	first *worker[T]
}

func (c *signalChain[T]) add(w *worker[T]) {
	w.idle.signalled = c.first
	c.first = w
}

// send signals every worker of the chain. A worker may be in another chain the
// moment it has been signalled.
func (c signalChain[T]) send() {
	for w := c.first; w != nil; {
		next := w.idle.signalled
		if w.started {
			w.signal <- struct{}{}
		} else {
			w.started = true
			go w.run()
		}
		w = next
	}
}
