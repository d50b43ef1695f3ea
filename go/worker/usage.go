package worker

import (
	"sync"
	"time"

	"capstan/pool"
)

// usageWindow is what capstan_pool_utilization averages over: the HPA reads metrics about
// every 15 s, and a shorter window would make the signal jump with single tasks.
const usageWindow = 15 * time.Second

// usage measures busy ÷ slots over the latest usageWindow. Safe for concurrent use.
type usage struct {
	mu      sync.Mutex
	samples []usageSample // oldest first; the first is the latest that is at least a window old
}

// newUsage begins at the start of a pool.
func newUsage(now time.Time) *usage { return &usage{samples: []usageSample{{at: now}}} }

type usageSample struct {
	at         time.Time
	busy, slot time.Duration // integrals since the pool's start
}

func (u *usage) sample(now time.Time, s pool.Stats) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.samples = append(u.samples, usageSample{now, s.BusyTime, s.SlotTime})
	for len(u.samples) > 1 && now.Sub(u.samples[1].at) >= usageWindow {
		u.samples = u.samples[1:]
	}
}

// utilization is the mean from the start of the window up to s; a process younger than the
// window is averaged over its age.
func (u *usage) utilization(s pool.Stats) float64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	from := u.samples[0]
	if slot := s.SlotTime - from.slot; slot > 0 {
		return float64(s.BusyTime-from.busy) / float64(slot)
	}
	return 0
}
