package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// dispatch measures the price of getting tasks to workers: wall time, CPU time and allocations for each.
type dispatch struct {
	name, title string
	setting     setting
	producers   int
	tasks       int
	cost        time.Duration // CPU time of a task
	contenders  []contender
}

func (d dispatch) suite() suite {
	return suite{
		name: d.name, title: d.title, contenders: d.contenders,
		measure: func(c contender, scale float64) sample {
			return d.measure(c, max(1000, int(float64(d.tasks)*scale)), worker(d.cost))
		},
		verify: func(c contender) { d.verify(c) },
	}
}

// worker returns a task of that cost, which nothing can inline.
func worker(cost time.Duration) func(int) {
	if cost == 0 {
		return nothing
	}
	turns := turnsFor(cost)
	return func(int) { spinFor(turns) }
}

//go:noinline
func nothing(int) {}

func (d dispatch) measure(c contender, n int, work func(int)) sample {
	var before, after runtime.MemStats
	if c.alone != nil {
		cpu, began := cpuTime(), time.Now()
		c.alone(setting{workers: runtime.GOMAXPROCS(0)}, n, work)
		return sample{"ns": perTask(time.Since(began), n), "cpuNs": perTask(cpuTime()-cpu, n)}
	}
	meeting := newBarrier(d.setting.workers)
	s := c.open(d.setting, meeting.around(work))
	produce(1000, d.producers, s.submit) // warm
	meeting.after(s.submit)
	runtime.ReadMemStats(&before)
	cpu, began := cpuTime(), time.Now()
	produce(n, d.producers, s.submit)
	meeting.after(s.submit)
	elapsed, used := time.Since(began), cpuTime()-cpu
	runtime.ReadMemStats(&after)
	s.close()
	return sample{
		"ns": perTask(elapsed, n), "cpuNs": perTask(used, n),
		"allocs": float64(after.Mallocs-before.Mallocs) / float64(n),
		"bytes":  float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
	}
}

func (d dispatch) verify(c contender) {
	const n = 5000
	ran := make([]atomic.Int32, n)
	work := func(task int) { ran[task].Add(1) }
	if c.alone != nil {
		c.alone(setting{workers: 2}, n, work)
	} else {
		meeting := newBarrier(d.setting.workers)
		s := c.open(d.setting, meeting.around(work))
		produce(n, d.producers, s.submit)
		meeting.after(s.submit)
		defer s.close()
	}
	for task := range ran {
		if times := ran[task].Load(); times != 1 {
			panic(fmt.Sprintf("%s: %s ran task %d %d times", d.name, c.name, task, times))
		}
	}
}

func perTask(d time.Duration, n int) float64 { return float64(d.Nanoseconds()) / float64(n) }

// produce submits the tasks 0 to n-1 from that many goroutines.
func produce(n, producers int, submit func(int)) {
	if producers == 1 {
		for task := range n {
			submit(task)
		}
		return
	}
	var all sync.WaitGroup
	for producer := range producers {
		all.Go(func() {
			for task := producer; task < n; task += producers {
				submit(task)
			}
		})
	}
	all.Wait()
}

// barrier tells when all tasks have ended, in the same way for every contender: as many tasks as there are workers
// are submitted that end only when all of them run. Then no worker can be on an earlier one.
type barrier struct {
	workers int
	present atomic.Int32
	all     atomic.Pointer[chan struct{}]
}

const arrival = -1

func newBarrier(workers int) *barrier {
	b := &barrier{workers: workers}
	b.reset()
	return b
}

func (b *barrier) reset() {
	b.present.Store(0)
	all := make(chan struct{})
	b.all.Store(&all)
}

func (b *barrier) around(work func(int)) func(int) {
	return func(task int) {
		if task != arrival {
			work(task)
			return
		}
		all := *b.all.Load()
		if int(b.present.Add(1)) == b.workers {
			close(all)
			return
		}
		<-all
	}
}

// after returns when every task submitted before has ended.
func (b *barrier) after(submit func(int)) {
	all := *b.all.Load()
	for range b.workers {
		submit(arrival)
	}
	<-all
	b.reset()
}
