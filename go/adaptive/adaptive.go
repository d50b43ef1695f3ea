// Package adaptive is the limit of a pool that follows the time that tasks take: `protect.adaptive` of a
// worker's contract. It is a driver, so that only programs whose contracts ask for it carry what it is
// made of.
package adaptive

import (
	"github.com/failsafe-go/failsafe-go/adaptivelimiter"

	"capstan/queue/driver"
)

// Driver opens what a contract calls `protect.adaptive`.
var Driver = driver.Driver{Name: "adaptive", OpenLimit: Open}

// Open makes a limit between least and most, which it begins with. It is lowered while tasks take longer
// than they used to and more of them run at once, and raised again (Gradient2 of Netflix's
// concurrency-limits, as failsafe-go has it). changed is called with each new limit, from whatever
// goroutine ends an attempt; it must not call the limit.
func Open(least, most int, changed func(limit int)) driver.Limit {
	return &limit{adaptivelimiter.NewBuilder[any]().
		WithLimits(uint(least), uint(most), uint(most)).
		// A pool that has little to do keeps its slots for the next burst.
		WithMaxLimitFunc(func(int) float64 { return float64(most) }).
		OnLimitChanged(func(e adaptivelimiter.LimitChangedEvent) { changed(int(e.NewLimit)) }).
		Build()}
}

type limit struct {
	limiter adaptivelimiter.AdaptiveLimiter[any]
}

// Start implements [driver.Limit].
func (l *limit) Start() func(counts bool) {
	permit, ok := l.limiter.TryAcquirePermit()
	if !ok { // the pool is about to shrink to the limit
		return func(bool) {}
	}
	return func(counts bool) {
		if counts {
			permit.Record()
			return
		}
		permit.Drop()
	}
}
