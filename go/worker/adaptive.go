package worker

import (
	"fmt"
	"sync"

	"capstan/queue/driver"
)

// slots is how many tasks may run at once: what was planned, or less, where an operator or the
// adaptive limit says so. Safe for concurrent use.
type slots struct {
	planned int
	resize  func(int)

	mu              sync.Mutex
	wanted, limited int
	limit           driver.Limit // nil: not adaptive; never changes once tasks run
}

func newSlots(planned int, resize func(int)) *slots {
	return &slots{planned: planned, wanted: planned, limited: planned, resize: resize}
}

// openLimit gives the pool the adaptive limit that the contract asks for.
func (l *lifecycle) openLimit() error {
	protect := l.config.Protect
	if protect == nil || protect.Adaptive == nil {
		return nil
	}
	found, err := driver.Drivers(l.options.Drivers).Find("adaptive")
	if err != nil {
		return fmt.Errorf("protect.adaptive: %w", err)
	}
	s := l.engine.guard.slots
	s.limit = found.OpenLimit(protect.Adaptive.LeastSlots, s.planned, s.limitTo)
	return nil
}

// want sets what an operator wants; nil: what was planned.
func (s *slots) want(n *int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wanted = s.planned
	if n != nil {
		s.wanted = *n
	}
	s.apply()
}

func (s *slots) limitTo(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limited = n
	s.apply()
}

// apply resizes the pool. The mutex is held, so that the latest size is the last.
func (s *slots) apply() { s.resize(min(s.wanted, s.limited, s.planned)) }

// start begins the measurement of an attempt; the function that it returns ends it. A failure may be
// much faster, or slower, than the work, so it does not count.
func (s *slots) start() func(evidence) {
	if s.limit == nil {
		return func(evidence) {}
	}
	end := s.limit.Start()
	return func(e evidence) { end(e == succeeded) }
}
