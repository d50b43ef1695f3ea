package main

import "sync"

// bare is the core of Capstan's pool alone, as it was first drawn: a mutex, a ring, a stack of parked workers, a queue
// of blocked submitters, one worker on its way at a time. It has no context, no resize, no drain, no recovery, no
// numbers, no idle timeout. It says what a row can be had for on this machine, and what those cost.
var bare = contender{name: "bare core", open: func(s setting, handle func(int)) session {
	p := &barePool{handle: handle, bound: s.workers + s.queue, ring: make([]int, s.workers+s.queue), most: s.workers}
	return session{submit: p.submit, close: p.close}
}}

type barePool struct {
	handle func(int)
	bound  int
	most   int

	mu        sync.Mutex
	ring      []int
	head, len int
	busy      int
	live      int
	searching bool
	closed    bool
	parked    []*bareWorker
	blocked   []*bareWaiter
	first     int // of blocked: those before it are answered
}

type bareWorker struct {
	signal    chan struct{}
	searching bool
}

type bareWaiter struct {
	task     int
	accepted chan struct{}
}

func (p *barePool) put(task int) {
	p.ring[(p.head+p.len)%len(p.ring)] = task
	p.len++
}

// rouse returns whom to wake, or to start.
func (p *barePool) rouse() (w *bareWorker, fresh bool) {
	if p.len == 0 || p.searching {
		return nil, false
	}
	if n := len(p.parked); n > 0 {
		w = p.parked[n-1]
		p.parked = p.parked[:n-1]
	} else if p.live < p.most {
		w, fresh = &bareWorker{signal: make(chan struct{}, 1)}, true
		p.live++
	} else {
		return nil, false
	}
	w.searching, p.searching = true, true
	return w, fresh
}

func (p *barePool) wake(w *bareWorker, fresh bool) {
	switch {
	case w == nil:
	case fresh:
		go p.run(w)
	default:
		w.signal <- struct{}{}
	}
}

func (p *barePool) submit(task int) {
	p.mu.Lock()
	if p.first == len(p.blocked) && p.busy+p.len < p.bound {
		p.put(task)
		w, fresh := p.rouse()
		p.mu.Unlock()
		p.wake(w, fresh)
		return
	}
	waiter := &bareWaiter{task, make(chan struct{}, 1)}
	p.blocked = append(p.blocked, waiter)
	p.mu.Unlock()
	<-waiter.accepted
}

func (p *barePool) run(w *bareWorker) {
	for holds := false; ; {
		p.mu.Lock()
		if holds {
			p.busy--
		}
		var told []*bareWaiter
		if p.len == 0 || p.bound-p.busy-p.len > (p.bound-p.most)/16 {
			for p.first < len(p.blocked) && p.busy+p.len < p.bound {
				told = append(told, p.blocked[p.first])
				p.put(p.blocked[p.first].task)
				p.first++
			}
			if p.first == len(p.blocked) {
				p.blocked, p.first = p.blocked[:0], 0
			}
		}
		if w.searching {
			w.searching, p.searching = false, false
		}
		if holds = p.len > 0; !holds {
			if p.closed {
				p.mu.Unlock()
				return
			}
			p.parked = append(p.parked, w)
			p.mu.Unlock()
			<-w.signal
			continue
		}
		task := p.ring[p.head]
		p.head = (p.head + 1) % len(p.ring)
		p.len--
		p.busy++
		next, fresh := p.rouse()
		p.mu.Unlock()
		for _, waiter := range told {
			waiter.accepted <- struct{}{}
		}
		p.wake(next, fresh)
		p.handle(task)
	}
}

// close ends the workers. Nothing is queued any more.
func (p *barePool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, w := range p.parked {
		w.signal <- struct{}{}
	}
	p.parked = nil
}
