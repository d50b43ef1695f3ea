package main

import (
	"context"
	"sync"
	"sync/atomic"
)

// sumOverChannel adds up the squares of 1 to n with goroutines from start to end: a producer sends
// numbers and closes the channel, consumers range over it until then, and a WaitGroup joins them all.
// The bound is this call's own: ten calls at a time have ten times as many consumers.
func sumOverChannel(ctx context.Context, n, workers int) (int64, error) {
	numbers := make(chan int)
	var sum atomic.Int64
	var goroutines sync.WaitGroup
	goroutines.Go(func() {
		// Whoever sends closes: consumers end when the channel is closed and empty.
		defer close(numbers)
		for number := 1; number <= n; number++ {
			select {
			case numbers <- number:
			case <-ctx.Done():
				return
			}
		}
	})
	for range workers {
		goroutines.Go(func() {
			for number := range numbers {
				sum.Add(square(number))
			}
		})
	}
	goroutines.Wait()
	return sum.Load(), ctx.Err()
}

func square(number int) int64 {
	return int64(number) * int64(number)
}
