package pool

import "time"

// DelayWatch lets the next reading of the watch for stuck tasks come only after a while, as where the program gets no CPU.
func (p *Pool[T]) DelayWatch(after time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch.timer.Reset(after)
}
