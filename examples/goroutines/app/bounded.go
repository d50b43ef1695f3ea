package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"capstan/pool"
)

// waiting is how many tasks may wait for a worker before those who submit wait themselves.
const waiting = 64

// errCutOff is the end of a call that the program's own end came before.
var errCutOff = errors.New("cut off by the end of the program")

// call is one request: what its tasks have in common.
type call struct {
	sum    atomic.Int64
	tasks  sync.WaitGroup
	cutOff atomic.Bool
}

type task struct {
	number int
	call   *call
}

// end tells the call of a task that the task has had its outcome.
func (t task) end(err error) {
	if err != nil {
		t.call.cutOff.Store(true)
	}
	t.call.tasks.Done()
}

func newPool(workers int) (*pool.Pool[task], error) {
	return pool.New(pool.Config[task]{
		Workers: workers,
		Queue:   waiting,
		Handle: func(_ context.Context, t task) error {
			t.call.sum.Add(square(t.number))
			return nil
		},
		Done: task.end,
	})
}

// drainPool lets the tasks of a pool end until ctx does. Those that it then hands back have their
// outcome here, so that no call waits for them.
func drainPool(ctx context.Context, p *pool.Pool[task]) {
	report := p.Drain(ctx)
	for _, t := range slices.Concat(report.Unstarted, report.Stuck) {
		t.end(errCutOff)
	}
}

// sumOverPool adds up the squares of 1 to n on a pool that all calls share: the bound is that of the
// process, however many calls there are. Each task that the pool accepted has one outcome, so Wait ends.
func sumOverPool(ctx context.Context, n int, p *pool.Pool[task]) (int64, error) {
	var c call
	var refused error
	for number := 1; number <= n && refused == nil; number++ {
		c.tasks.Add(1)
		t := task{number: number, call: &c}
		if refused = p.Submit(ctx, t); refused != nil {
			t.end(refused)
		}
	}
	c.tasks.Wait()
	if refused == nil && c.cutOff.Load() {
		refused = errCutOff
	}
	return c.sum.Load(), refused
}
