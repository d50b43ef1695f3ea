package pod

import (
	"sync"
	"time"
)

// usageWindow is what a utilisation averages over: the HPA reads metrics about every 15 s, and a
// shorter window would make the signal jump with single tasks.
const usageWindow = 15 * time.Second

// Usage measures busy ÷ slots over the latest 15 s. Safe for concurrent use.
type Usage struct {
	mu      sync.Mutex
	samples []usageSample // oldest first; the first is the latest that is at least a window old
}

// NewUsage begins with a pool whose integrals are 0.
func NewUsage(now time.Time) *Usage { return &Usage{samples: []usageSample{{at: now}}} }

type usageSample struct {
	at         time.Time
	busy, slot time.Duration // integrals since the pool's start
}

// Sample takes the integrals of busy slots and of slots over time.
func (u *Usage) Sample(now time.Time, busy, slot time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.samples = append(u.samples, usageSample{now, busy, slot})
	for len(u.samples) > 1 && now.Sub(u.samples[1].at) >= usageWindow {
		u.samples = u.samples[1:]
	}
}

// Utilization is the mean from the start of the window up to the given integrals; a pool younger
// than the window is averaged over its age.
func (u *Usage) Utilization(busy, slot time.Duration) float64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	from := u.samples[0]
	if slot -= from.slot; slot > 0 {
		return float64(busy-from.busy) / float64(slot)
	}
	return 0
}
