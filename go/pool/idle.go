package pool

import "time"

// idleStack holds parked workers in the order in which they parked. The newest is used first, so that the ones not
// needed grow old at the other end. It is a slice and no list: with thousands of workers, each neighbour would have to
// come from memory.
type idleStack[T any] struct {
	workers []*worker[T]
}

func (s *idleStack[T]) isEmpty() bool { return len(s.workers) == 0 }

func (s *idleStack[T]) push(w *worker[T]) { s.workers = append(s.workers, w) }

// popNewest returns nil if the stack is empty.
func (s *idleStack[T]) popNewest() *worker[T] {
	end := len(s.workers) - 1
	if end < 0 {
		return nil
	}
	w := s.workers[end]
	s.workers[end] = nil
	s.workers = s.workers[:end]
	return w
}

// oldest returns nil if the stack is empty.
func (s *idleStack[T]) oldest() *worker[T] {
	if s.isEmpty() {
		return nil
	}
	return s.workers[0]
}

// dropOldest takes out the worker that has been idle for longest.
func (s *idleStack[T]) dropOldest() {
	s.workers[0] = nil
	s.workers = s.workers[1:]
}

// park puts w on the stack of idle workers and sees to it that it expires. One that has been roused
// and has found nothing is as old as before.
func (p *Pool[T]) park(w *worker[T], worked bool) {
	if worked {
		now := p.clock.now()
		p.meterBusy(now)
		w.idleSince = now
	}
	p.parked.push(w)
	p.armExpiry(p.idleTimeout)
}

// dismissIdle ends idle workers that are more than the slots, or of no further use.
func (p *Pool[T]) dismissIdle() {
	for !p.parked.isEmpty() && (len(p.crew) > p.slots || p.closed && p.tasks.len() == 0) {
		p.dismissOldest()
	}
}

// dismissOldest ends the worker that has been parked for longest.
func (p *Pool[T]) dismissOldest() {
	w := p.parked.oldest()
	p.parked.dropOldest()
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
	for w := p.parked.oldest(); w != nil && now-w.idleSince >= p.idleTimeout; w = p.parked.oldest() {
		p.dismissOldest()
	}
	p.expiryArmed = false
	if oldest := p.parked.oldest(); oldest != nil {
		p.armExpiry(oldest.idleSince + p.idleTimeout - now)
	}
}
