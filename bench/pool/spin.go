package main

import (
	"sync"
	"time"
)

// unlikely is what spin never ends with; to compare with it is what makes the turns needed.
const unlikely = 42

//go:noinline
func spinFor(turns int) {
	x := uint64(turns) | 1
	for range turns {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	if x == unlikely {
		panic("a xorshift generator came back to where it never was")
	}
}

// nanosPerTurn is measured once, as the least of several tries: others can only make it longer.
var nanosPerTurn = sync.OnceValue(func() float64 {
	const turns = 200_000
	best := time.Hour
	for range 25 {
		began := time.Now()
		spinFor(turns)
		best = min(best, time.Since(began))
	}
	return float64(best.Nanoseconds()) / turns
})

// turnsFor returns the turns that take that long.
func turnsFor(cost time.Duration) int { return int(float64(cost.Nanoseconds()) / nanosPerTurn()) }
