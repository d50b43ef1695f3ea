package main

import (
	"context"
	"sync"
	"sync/atomic"

	"capstan/pool"
)

// waiting is how many tasks may wait for a worker before those who submit wait themselves.
const waiting = 64

// task is one number of one call.
type task struct {
	number int
	sum    *atomic.Int64
	done   func()
}

func newPool(workers int) (*pool.Pool[task], error) {
	return pool.New(pool.Config[task]{
		Workers: workers,
		Queue:   waiting,
		Handle: func(_ context.Context, t task) error {
			t.sum.Add(square(t.number))
			return nil
		},
		Done: func(t task, _ error) { t.done() },
	})
}

// sumOverPool adds up the squares of 1 to n on a pool that all calls share: the bound is that of the
// process, however many calls there are. A task that the pool takes has one outcome, so Wait ends.
func sumOverPool(ctx context.Context, n int, p *pool.Pool[task]) (int64, error) {
	var sum atomic.Int64
	var tasks sync.WaitGroup
	for number := 1; number <= n; number++ {
		tasks.Add(1)
		if err := p.Submit(ctx, task{number: number, sum: &sum, done: tasks.Done}); err != nil {
			tasks.Done()
			tasks.Wait()
			return 0, err
		}
	}
	tasks.Wait()
	return sum.Load(), nil
}
