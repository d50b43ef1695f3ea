package main

import (
	"sync"
	"time"
)

//go:noinline
func spin(turns int) uint64 {
	x := uint64(turns) | 1
	for range turns {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// nanosPerTurn is measured once, as the least of several tries: others can only make it longer.
var nanosPerTurn = sync.OnceValue(func() float64 {
	const turns = 200_000
	best := time.Hour
	for range 25 {
		began := time.Now()
		spin(turns)
		best = min(best, time.Since(began))
	}
	return float64(best.Nanoseconds()) / turns
})

// turnsFor returns the turns that take that long.
func turnsFor(cost time.Duration) int { return int(float64(cost.Nanoseconds()) / nanosPerTurn()) }
