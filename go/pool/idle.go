package pool

import "time"

// idleLinks is a worker's place on the stack of idle workers.
type idleLinks[T any] struct {
	older, newer *worker[T]
	since        time.Duration // on the pool's clock
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

// park puts w on the stack of idle workers and sees to it that it expires. One that has been roused
// and has found nothing is as old as before.
func (p *Pool[T]) park(w *worker[T], worked bool) {
	if worked {
		now := p.clock.now()
		p.meterBusy(now)
		w.idle.since = now
	}
	p.parked.push(w)
	p.armExpiry(p.idleTimeout)
}

// dismissIdle ends idle workers that are more than the slots, or of no further use.
func (p *Pool[T]) dismissIdle() {
	for p.parked.oldest != nil && (len(p.crew) > p.slots || p.closed && p.tasks.len() == 0) {
		p.dismiss(p.parked.oldest)
	}
}

// dismiss ends a parked worker.
func (p *Pool[T]) dismiss(w *worker[T]) {
	p.parked.remove(w)
	p.strike(w)
	w.dismissed = true
	p.signals.add(w)
}

func (p *Pool[T]) armExpiry(after time.Duration) {
	if p.expiryArmed {
		return
	}
	p.expiryArmed = true
	if p.expiry == nil {
		p.expiry = time.AfterFunc(after, p.expire)
	} else {
		p.expiry.Reset(after)
	}
}

// expire ends the workers that have been idle for too long. One timer serves all of
// them, since the oldest is at the bottom of the stack.
func (p *Pool[T]) expire() {
	p.mu.Lock()
	defer p.unlock()
	now := p.clock.now()
	for w := p.parked.oldest; w != nil && now-w.idle.since >= p.idleTimeout; w = p.parked.oldest {
		p.dismiss(w)
	}
	p.expiryArmed = false
	if oldest := p.parked.oldest; oldest != nil {
		p.armExpiry(oldest.idle.since + p.idleTimeout - now)
	}
}
