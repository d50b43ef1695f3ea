package worker

import (
	"sync"
	"time"

	"capstan/queue"
)

// flight is one delivery from its fetch until it is settled.
type flight struct {
	delivery queue.Delivery

	// Guarded by the mutex of its flights.
	started time.Time // zero: waits for a slot
	renewed time.Time // the latest start of its lease
	stuck   bool      // goes on past its deadline

	elapsed time.Duration // handler time; belongs to the goroutine that settles it
}

// begun says whether the handler has seen the task.
func (f *flight) begun() bool { return f.elapsed > 0 }

// flights are all deliveries that are not settled. Safe for concurrent use.
type flights struct {
	mu  sync.Mutex
	all map[*flight]struct{}
}

func newFlights() *flights { return &flights{all: make(map[*flight]struct{})} }

func (s *flights) add(batch []queue.Delivery, now time.Time) []*flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	added := make([]*flight, len(batch))
	for i, d := range batch {
		added[i] = &flight{delivery: d, renewed: now}
		s.all[added[i]] = struct{}{}
	}
	return added
}

func (s *flights) start(f *flight, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.started = now
}

// land ends a flight and notes how long its handler ran.
func (s *flights) land(f *flight, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, f)
	if !f.started.IsZero() {
		f.elapsed = max(now.Sub(f.started), 1)
	}
}

// expiring returns those whose lease is older than age. Stuck ones are left out: nothing says
// that they will ever end, so somebody else may have the task.
func (s *flights) expiring(now time.Time, age time.Duration) []*flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []*flight
	for f := range s.all {
		if !f.stuck && now.Sub(f.renewed) >= age {
			due = append(due, f)
		}
	}
	return due
}

func (s *flights) renew(f *flight, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.renewed = now
}

// overdue marks as stuck, and returns, those that have newly run longer than limit; held is
// how many have run longer than patience.
func (s *flights) overdue(now time.Time, limit, patience time.Duration) (fresh []*flight, held int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := range s.all {
		if f.started.IsZero() {
			continue
		}
		ran := now.Sub(f.started)
		if ran > patience {
			held++
		}
		if ran > limit && !f.stuck {
			f.stuck = true
			fresh = append(fresh, f)
		}
	}
	return fresh, held
}

// has says whether f is unsettled still.
func (s *flights) has(f *flight) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.all[f]
	return ok
}
