package main

import (
	"sync/atomic"
	"time"
)

const sleepOf = 10 * time.Millisecond

// sleepSuite measures 10,000 workers on tasks that sleep. The arithmetic floor is the sleep ÷ the workers; the static
// split is what a machine can really do, and runs in the same rounds.
func sleepSuite(contenders ...contender) suite {
	return suite{
		name: "sleep", title: "10 ms of sleep, 10,000 workers, no queue, 1 producer", contenders: contenders,
		measure: func(c contender, scale float64) sample {
			n := max(sleepers, int(500_000*scale)/sleepers*sleepers)
			return sleepRun(c, n)
		},
	}
}

func sleepRun(c contender, n int) sample {
	var left atomic.Int64
	left.Store(int64(n))
	ended := make(chan struct{})
	work := func(int) {
		time.Sleep(sleepOf)
		if left.Add(-1) == 0 {
			close(ended)
		}
	}
	cpu, began := cpuTime(), time.Now()
	end := func() {}
	if c.alone != nil {
		c.alone(setting{workers: sleepers}, n, work)
	} else {
		s := c.open(setting{workers: sleepers}, work)
		for task := range n {
			s.submit(task)
		}
		end = s.close
	}
	<-ended
	elapsed, used := time.Since(began), cpuTime()-cpu
	end()
	return sample{"ns": perTask(elapsed, n), "cpuNs": perTask(used, n)}
}
