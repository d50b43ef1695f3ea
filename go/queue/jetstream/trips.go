package jetstream

import (
	"sync"
	"time"
)

const (
	// firstTrip stands for a round trip until one is measured.
	firstTrip = time.Millisecond
	// tripWeight is the weight of the latest one in the mean.
	tripWeight = 0.1
)

// trips is the mean round trip to the broker, as confirmations measure it. The zero value is
// ready; safe for concurrent use.
type trips struct {
	mu      sync.Mutex
	average time.Duration
}

func (t *trips) observe(took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.average == 0 {
		t.average = took
		return
	}
	t.average += time.Duration(tripWeight * float64(took-t.average))
}

func (t *trips) mean() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.average == 0 {
		return firstTrip
	}
	return t.average
}
