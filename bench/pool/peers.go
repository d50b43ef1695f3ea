package main

import (
	"context"
	"sync"

	"github.com/alitto/pond/v2"
	"github.com/gammazero/workerpool"
	"github.com/panjf2000/ants/v2"
	concpool "github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"
)

func channelOf(queueOf func(setting) int) func(s setting, handle func(int)) session {
	return func(s setting, handle func(int)) session {
		tasks, wait := channelWorkers(s.workers, queueOf(s), handle)
		return session{
			submit: func(task int) { tasks <- task },
			close: func() {
				close(tasks)
				wait()
			},
		}
	}
}

func channelWorkers(workers, queue int, handle func(int)) (tasks chan int, wait func()) {
	tasks = make(chan int, queue)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for task := range tasks {
				handle(task)
			}
		})
	}
	return tasks, all.Wait
}

var (
	buffered = contender{
		name: "buffered channel", open: channelOf(func(s setting) int { return s.queue }),
		try: func(s setting, handle func(int)) trySession {
			tasks, wait := channelWorkers(s.workers, s.queue, handle)
			return trySession{
				try: func(task int) bool {
					select {
					case tasks <- task:
						return true
					default:
						return false
					}
				},
				close: func() {
					close(tasks)
					wait()
				},
			}
		},
	}
	unbuffered = contender{name: "unbuffered channel", open: channelOf(func(setting) int { return 0 })}

	// static has no pool at all: each of the workers has its share of the tasks from the start.
	static = contender{name: "static split", alone: func(s setting, n int, handle func(int)) {
		var all sync.WaitGroup
		for worker := range s.workers {
			all.Go(func() {
				for task := worker; task < n; task += s.workers {
					handle(task)
				}
			})
		}
		all.Wait()
	}}

	antsSubmit = contender{
		name: "ants Submit",
		open: func(s setting, handle func(int)) session {
			p, err := ants.NewPool(s.workers)
			must(err)
			return session{
				submit: func(task int) { must(p.Submit(func() { handle(task) })) },
				close:  p.Release,
			}
		},
		try: func(s setting, handle func(int)) trySession {
			p, err := ants.NewPool(s.workers, ants.WithNonblocking(true))
			must(err)
			return trySession{
				try:   func(task int) bool { return p.Submit(func() { handle(task) }) == nil },
				close: p.Release,
			}
		},
	}
	antsGeneric = contender{name: "ants generic", open: func(s setting, handle func(int)) session {
		p, err := ants.NewPoolWithFuncGeneric(s.workers, handle)
		must(err)
		return session{submit: func(task int) { must(p.Invoke(task)) }, close: p.Release}
	}}

	pondPool = contender{
		name: "pond",
		open: func(s setting, handle func(int)) session {
			p := pond.NewPool(s.workers, pond.WithQueueSize(max(1, s.queue))) // 0 would mean no bound
			return session{
				submit: func(task int) { must(p.Go(func() { handle(task) })) },
				close:  p.StopAndWait,
			}
		},
		try: func(s setting, handle func(int)) trySession {
			p := pond.NewPool(s.workers, pond.WithQueueSize(max(1, s.queue)), pond.WithNonBlocking(true))
			return trySession{
				try:   func(task int) bool { return p.Go(func() { handle(task) }) == nil },
				close: p.StopAndWait,
			}
		},
	}

	conc = contender{name: "conc", open: func(s setting, handle func(int)) session {
		p := concpool.New().WithMaxGoroutines(s.workers)
		return session{submit: func(task int) { p.Go(func() { handle(task) }) }, close: p.Wait}
	}}

	errgroupLimit = contender{
		name: "errgroup",
		open: func(s setting, handle func(int)) session {
			var g errgroup.Group
			g.SetLimit(s.workers)
			return session{
				submit: func(task int) {
					g.Go(func() error {
						handle(task)
						return nil
					})
				},
				close: func() { must(g.Wait()) },
			}
		},
		try: func(s setting, handle func(int)) trySession {
			g, _ := errgroup.WithContext(context.Background())
			g.SetLimit(s.workers)
			return trySession{
				try: func(task int) bool {
					return g.TryGo(func() error {
						handle(task)
						return nil
					})
				},
				close: func() { must(g.Wait()) },
			}
		},
	}

	gammazero = contender{name: "gammazero (no bound)", open: func(s setting, handle func(int)) session {
		p := workerpool.New(s.workers)
		return session{submit: func(task int) { p.Submit(func() { handle(task) }) }, close: p.StopWait}
	}}
)
