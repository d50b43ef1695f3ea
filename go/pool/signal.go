package pool

// signalChain lists workers to be started or woken after the mutex has been
// released.
type signalChain[T any] struct {
	first *worker[T]
}

func (c *signalChain[T]) add(w *worker[T]) {
	w.nextSignal = c.first
	c.first = w
}

// send signals every worker of the chain. A worker may be in another chain the
// moment it has been signalled.
func (c signalChain[T]) send() {
	for w := c.first; w != nil; {
		next := w.nextSignal
		if w.started {
			w.signal <- struct{}{}
		} else {
			w.started = true
			go w.run()
		}
		w = next
	}
}
