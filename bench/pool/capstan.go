package main

import (
	"context"

	"capstan/pool"
)

func openCapstan(s setting, handle func(int), done func(int, error)) *pool.Pool[int] {
	p, err := pool.New(pool.Config[int]{
		Workers: s.workers, Queue: s.queue, Done: done,
		Handle: func(_ context.Context, task int) error {
			handle(task)
			return nil
		},
	})
	must(err)
	return p
}

func capstanUnder(ctx context.Context) func(s setting, handle func(int)) session {
	return func(s setting, handle func(int)) session {
		p := openCapstan(s, handle, nil)
		return session{
			submit: func(task int) { must(p.Submit(ctx, task)) },
			close:  func() { p.Drain(context.Background()) },
		}
	}
}

// A context that can end is what a program has in its hands; it makes a blocked submit a select.
var cancellable, _ = context.WithCancel(context.Background())

var (
	capstan = contender{
		name: "capstan",
		open: capstanUnder(context.Background()),
		try: func(s setting, handle func(int)) trySession {
			p := openCapstan(s, handle, nil)
			return trySession{
				try:   func(task int) bool { return p.TrySubmit(task) == nil },
				close: func() { p.Drain(context.Background()) },
			}
		},
	}
	capstanCtx = contender{name: "capstan, ctx", open: capstanUnder(cancellable)}
	// With every task accepted at once no submitter is ever waited for: what is left is the price of the pool itself.
	capstanQueued = contender{name: "capstan, all queued", open: func(s setting, handle func(int)) session {
		s.queue = 1 << 20
		return capstan.open(s, handle)
	}}
	// Batches are collected by each producer, so this one is for a single producer.
	capstanBatch = contender{name: "capstan, batches of 64", open: func(s setting, handle func(int)) session {
		p := openCapstan(s, handle, nil)
		batch := make([]int, 0, 64)
		flush := func() {
			_, err := p.SubmitBatch(context.Background(), batch)
			must(err)
			batch = batch[:0]
		}
		return session{
			submit: func(task int) {
				if batch = append(batch, task); len(batch) == cap(batch) || task < 0 {
					flush()
				}
			},
			close: func() { p.Drain(context.Background()) },
		}
	}}
)
