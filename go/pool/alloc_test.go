//go:build !race

package pool_test

import (
	"context"
	"runtime"
	"testing"

	"capstan/pool"
)

// The race detector makes sync.Pool drop items at random, hence the build constraint.

func TestSubmitDoesNotAllocate(t *testing.T) {
	told := 0
	p := open(t, pool.Config[[4]int]{
		Workers: 2, Queue: 8,
		Handle: func(context.Context, [4]int) error { return nil },
		Done:   func([4]int, error) { told++ },
	})
	if err := p.Resize(1); err != nil { // told has no lock
		t.Fatal(err)
	}
	batch := make([][4]int, 30)
	for name, submit := range map[string]func(){
		"Submit":      func() { _ = p.Submit(bg, [4]int{}) },
		"TrySubmit":   func() { _ = p.TrySubmit([4]int{}) },
		"SubmitBatch": func() { _, _ = p.SubmitBatch(bg, batch) },
		"Room":        func() { _, _ = p.Room(bg, 9) },
	} {
		if allocs := testing.AllocsPerRun(2000, submit); allocs != 0 {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
	p.Drain(bg)
	if told < 30*2000 {
		t.Errorf("only %d tasks ran", told)
	}
}

func TestABlockedSubmitDoesNotAllocate(t *testing.T) {
	cancellable, cancel := context.WithCancel(bg)
	defer cancel()
	for name, ctx := range map[string]context.Context{"no deadline": bg, "a context that can end": cancellable} {
		const runs = 2000
		release := make(chan struct{})
		p := open(t, pool.Config[int]{Workers: 1, Handle: func(context.Context, int) error {
			<-release
			return nil
		}})
		submitAll(t, p, 0)
		blocked, stop := 0, make(chan struct{})
		go func() { // lets a task finish only when the next submitter is blocked
			defer close(stop)
			for blocked <= runs {
				if p.Stats().Blocked == 1 {
					release <- struct{}{}
					blocked++
				} else {
					runtime.Gosched()
				}
			}
		}()
		allocs := testing.AllocsPerRun(runs, func() { _ = p.Submit(ctx, 1) })
		<-stop
		if allocs != 0 || blocked != runs+1 { // AllocsPerRun runs once more, to warm up
			t.Errorf("%s: %v allocations a run, %d of %d runs blocked", name, allocs, blocked, runs)
		}
		close(release)
		p.Drain(bg)
	}
}
