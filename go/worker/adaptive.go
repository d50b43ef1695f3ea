package worker

import (
	"sync"

	"github.com/failsafe-go/failsafe-go/adaptivelimiter"

	"capstan/contract"
)

// slots is how many tasks may run at once: what was planned, or less, where an operator or the
// adaptive limit says so. Safe for concurrent use.
type slots struct {
	planned int
	resize  func(int)

	mu              sync.Mutex
	wanted, limited int
	limiter         adaptivelimiter.AdaptiveLimiter[any] // nil: not adaptive
}

func newSlots(planned int, rule *contract.Adaptive, resize func(int)) *slots {
	s := &slots{planned: planned, wanted: planned, limited: planned, resize: resize}
	if rule != nil {
		most := float64(planned)
		s.limiter = adaptivelimiter.NewBuilder[any]().
			WithLimits(uint(rule.LeastSlots), uint(planned), uint(planned)).
			// A pool that has little to do keeps its slots for the next burst.
			WithMaxLimitFunc(func(int) float64 { return most }).
			OnLimitChanged(func(e adaptivelimiter.LimitChangedEvent) { s.limit(int(e.NewLimit)) }).
			Build()
	}
	return s
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

func (s *slots) limit(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limited = n
	s.apply()
}

// apply resizes the pool. The mutex is held, so that the latest size is the last.
func (s *slots) apply() { s.resize(min(s.wanted, s.limited, s.planned)) }

// start begins the measurement of an attempt; the function that it returns ends it.
func (s *slots) start() func(evidence) {
	if s.limiter == nil {
		return func(evidence) {}
	}
	permit, ok := s.limiter.TryAcquirePermit()
	if !ok { // the pool is about to shrink to the limit
		return func(evidence) {}
	}
	return func(e evidence) {
		if e == succeeded {
			permit.Record()
			return
		}
		permit.Drop() // a failure may be much faster, or slower, than the work
	}
}
