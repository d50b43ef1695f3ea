package main

import (
	"runtime"
	"sync/atomic"
	"time"
)

// refusalSuite measures what it costs to be told that the pool is full.
func refusalSuite(contenders ...contender) suite {
	return suite{
		name: "refusal", title: "a refused submit: 8 workers busy, queue of 8 full", contenders: contenders,
		measure: func(c contender, scale float64) sample {
			n := max(1000, int(submitsTried*scale))
			release := make(chan struct{})
			var running atomic.Int32
			s := c.try(setting{workers: fewWorkers, queue: fewWorkers}, func(int) {
				running.Add(1)
				<-release
			})
			for misses := 0; misses < 100 || running.Load() < fewWorkers; { // until it is full, and stays so
				if s.try(0) {
					misses = 0
				} else {
					misses++
					runtime.Gosched()
				}
			}
			cpu, began := cpuTime(), time.Now()
			for task := range n {
				if s.try(task) {
					panic(c.name + " accepts beyond its bound")
				}
			}
			elapsed, used := time.Since(began), cpuTime()-cpu
			close(release)
			s.close()
			return sample{"ns": perTask(elapsed, n), "cpuNs": perTask(used, n)}
		},
	}
}

// queuedSuite measures the memory of a million tasks that wait.
func queuedSuite(contenders ...contender) suite {
	return suite{
		name: "queued", title: "memory of a waiting task, 1,000,000 of them", contenders: contenders,
		measure: func(c contender, scale float64) sample {
			n := max(10_000, int(manyQueued*scale))
			release := make(chan struct{})
			before := heapInUse()
			s := c.open(setting{workers: 1, queue: n}, func(int) { <-release })
			for task := range n {
				s.submit(task)
			}
			after := heapInUse()
			close(release)
			s.close()
			return sample{"bytes": float64(after-before) / float64(n)}
		},
	}
}

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
