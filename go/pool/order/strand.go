package order

import "math"

// link is a queued task in the strand of its key. Links are recycled, so that there are
// never more than tasks were queued at once.
type link[T any] struct {
	numbered[T]
	next *link[T]
}

// links is a FIFO queue.
type links[T any] struct {
	first, last *link[T]
	len         int
}

func (q *links[T]) push(at *link[T]) {
	if q.last == nil {
		q.first = at
	} else {
		q.last.next = at
	}
	q.last = at
	q.len++
}

func (q *links[T]) pop() *link[T] {
	at := q.first
	q.first = at.next
	if q.first == nil {
		q.last = nil
	}
	q.len--
	return at
}

func (f *fair[T, K]) newLink(task T, number uint64) *link[T] {
	at := f.spareLinks
	if at == nil {
		at = &link[T]{}
	} else {
		f.spareLinks = at.next
	}
	*at = link[T]{numbered: numbered[T]{task, number}}
	return at
}

func (f *fair[T, K]) recycle(at *link[T]) {
	*at = link[T]{next: f.spareLinks} // it must not keep the task alive
	f.spareLinks = at
}

// newStrand puts down the limits of a key that comes into the pool.
func (f *fair[T, K]) newStrand(key K) *strand[T] {
	s := f.spareStrands
	if s == nil {
		s = &strand[T]{}
	} else {
		f.spareStrands = s.next
	}
	limit := func(of func(K) int, otherwise int) int {
		if of == nil {
			return otherwise
		}
		return of(key)
	}
	*s = strand[T]{
		maxRunning: limit(f.config.Running, math.MaxInt),
		maxHeld:    limit(f.config.Held, math.MaxInt),
		weight:     max(1, limit(f.config.Weight, 1)),
	}
	f.strands[key] = s
	return s
}

// forgetIfEmpty lets go of a key with nothing in the pool.
func (f *fair[T, K]) forgetIfEmpty(key K, s *strand[T]) {
	if s.held > 0 {
		return
	}
	delete(f.strands, key)
	s.next = f.spareStrands
	f.spareStrands = s
}
