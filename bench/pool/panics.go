package main

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/panjf2000/ants/v2"
)

// panicSuite measures tasks of which one in ten panics. Only contenders take part whose workers survive that; what is
// recovered has to reach somebody: a count.
func panicSuite(contenders ...contender) suite {
	return suite{
		name: "panics", title: "empty task, one in ten panics, queue of 1,024, 1 producer", contenders: contenders,
		measure: func(c contender, scale float64) sample {
			d := dispatch{setting: setting{fewWorkers, queueLength}, producers: 1}
			return d.measure(c, max(1000, int(50_000*scale)), func(task int) {
				if task%10 == 0 {
					panic("one in ten")
				}
			})
		},
	}
}

var recovered atomic.Int64

var (
	capstanDone = contender{name: "capstan", open: func(s setting, handle func(int)) session {
		p := openCapstan(s, handle, func(_ int, err error) {
			if err != nil {
				recovered.Add(1)
			}
		})
		return session{
			submit: func(task int) { must(p.Submit(context.Background(), task)) },
			close:  func() { p.Drain(context.Background()) },
		}
	}}
	antsHandler = contender{name: "ants Submit", open: func(s setting, handle func(int)) session {
		p, err := ants.NewPool(s.workers, ants.WithPanicHandler(func(any) { recovered.Add(1) }))
		must(err)
		return session{submit: func(task int) { must(p.Submit(func() { handle(task) })) }, close: p.Release}
	}}
	// recovering is what one writes by hand: a deferred recover for each task.
	recovering = contender{name: "channel, recover by hand", open: func(s setting, handle func(int)) session {
		guarded := func(task int) {
			defer func() {
				if recover() != nil {
					recovered.Add(1)
				}
			}()
			handle(task)
		}
		tasks := make(chan int, s.queue)
		var all sync.WaitGroup
		for range s.workers {
			all.Go(func() {
				for task := range tasks {
					guarded(task)
				}
			})
		}
		return session{submit: func(task int) { tasks <- task }, close: func() {
			close(tasks)
			all.Wait()
		}}
	}}
)
