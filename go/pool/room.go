package pool

import (
	"context"
	"fmt"
)

// Room blocks until at least `least` tasks would be accepted at once, and returns how
// many would be: the bound less the tasks that are accepted and not finished. It
// reserves nothing: only where one goroutine submits is the answer a promise. It
// counts as no room what blocked submitters are waiting for, and knows of no sizes.
//
// Room returns ErrClosed once Drain has been called, ctx.Err() if ctx ended first,
// and an error that wraps ErrBeyondBound if `least` is above the bound, or comes to
// be by a Resize. A `least` below 1 is answered at once, also with 0.
func (p *Pool[T]) Room(ctx context.Context, least int) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return 0, ErrClosed
	}
	w := p.newWaiter()
	w.least = least
	p.roomSeekers.push(w)
	return p.await(ctx, w)
}

// answerRoom tells the callers of Room that have enough of it, or never will.
func (p *Pool[T]) answerRoom() {
	free := max(0, p.free())
	if p.submitters.first != nil {
		free = 0
	}
	for w := p.roomSeekers.first; w != nil; {
		next := w.next
		switch {
		case w.least > p.bound():
			p.answer(w, fmt.Errorf("%w: asked for %d of %d", ErrBeyondBound, w.least, p.bound()))
		case free >= w.least:
			w.count = free
			p.answer(w, nil)
		}
		w = next
	}
}
