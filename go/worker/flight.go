package worker

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"capstan/queue"
)

// flight is one delivery from its fetch until it is settled.
type flight struct {
	delivery queue.Delivery

	claimed atomic.Bool // by its slot, or by whoever hands it back before

	// Guarded by the mutex of its flights.
	place   int       // among them
	started time.Time // zero: waits for a slot
	renewed time.Time // the latest start of its lease
	stuck   bool      // goes on past its deadline
	landed  bool      // its handler has ended, or never begins; it waits to be settled

	elapsed time.Duration // handler time; set when it lands
	fetched time.Time     // never changes
	ticket  int           // of the grant that it was fetched with; never changes

	// Of the attempt; set at its start, and read by whoever has landed it.
	context context.Context
	endSpan func(outcome, reason string)
	watched *watched // nil: the guard has not let it start
}

// claim takes the right to say what becomes of a task that has not started; one call gets it.
func (f *flight) claim() bool { return f.claimed.CompareAndSwap(false, true) }

// begun says whether the handler has seen the task.
func (f *flight) begun() bool { return f.elapsed > 0 }

// flights are all deliveries that are not settled. Safe for concurrent use.
type flights struct {
	mu      sync.Mutex
	all     []*flight // in no order
	landed  int
	dropped chan struct{} // has an element when some have been settled since room looked
}

func newFlights() *flights {
	return &flights{dropped: make(chan struct{}, 1)}
}

// room waits until fewer than bound are unsettled, and returns how many fewer. One goroutine at a
// time may wait.
func (s *flights) room(ctx context.Context, bound func() int) (int, error) {
	for {
		if free := bound() - s.count(); free > 0 {
			return free, nil
		}
		select {
		case <-s.dropped:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

func (s *flights) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all)
}

// unconfirmed is how many have ended and are not settled.
func (s *flights) unconfirmed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.landed
}

func (s *flights) add(batch []queue.Delivery, ticket int, now time.Time) []*flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	added := make([]*flight, len(batch))
	for i, d := range batch {
		added[i] = &flight{delivery: d, ticket: ticket, renewed: now, fetched: now}
		added[i].place = len(s.all)
		s.all = append(s.all, added[i])
	}
	return added
}

func (s *flights) start(f *flight, now time.Time, ctx context.Context, endSpan func(outcome, reason string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.started, f.context, f.endSpan = now, ctx, endSpan
}

// land notes that a handler has ended, and how long it ran.
func (s *flights) land(f *flight, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !f.landed {
		f.landed = true
		s.landed++
	}
	if !f.started.IsZero() {
		f.elapsed = max(now.Sub(f.started), 1)
	}
}

// drop forgets a flight that is settled, or will be delivered again.
func (s *flights) drop(f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.place < len(s.all) && s.all[f.place] == f {
		if f.landed {
			s.landed--
		}
		s.remove(f)
	}
	select {
	case s.dropped <- struct{}{}:
	default:
	}
}

func (s *flights) remove(f *flight) {
	end := len(s.all) - 1
	last := s.all[end]
	s.all[f.place], last.place = last, f.place
	s.all[end] = nil
	s.all = s.all[:end]
}

// expiring returns those whose lease is older than age. Stuck ones are left out: nothing says
// that they will ever end, so somebody else may have the task.
func (s *flights) expiring(now time.Time, age time.Duration) []*flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []*flight
	for _, f := range s.all {
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
	for _, f := range s.all {
		if f.started.IsZero() || f.landed {
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

// ahead are those that wait for a slot.
func (s *flights) ahead() []*flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*flight
	for _, f := range s.all {
		if !f.claimed.Load() {
			found = append(found, f)
		}
	}
	return found
}

// beside is how many there are beside f, but for stuck ones.
func (s *flights) beside(f *flight) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, other := range s.all {
		if other != f && !other.stuck {
			n++
		}
	}
	return n
}

// aloft says whether f's handler has not ended.
func (s *flights) aloft(f *flight) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !f.landed
}
