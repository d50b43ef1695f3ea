package main

import (
	"slices"
	"time"
)

// handOffSuite measures how long a task takes from the call of submit to its first instruction, and from the moment at
// which it should have been submitted, which a slow submit cannot hide. 100 slots, 5 ms of sleep, 14 tasks each
// millisecond: 70 % of what the slots can do.
func handOffSuite(contenders ...contender) suite {
	return suite{
		name: "hand-off", title: "hand-off, 100 workers at 70 %, 5 ms of sleep, no queue", contenders: contenders,
		measure: func(c contender, scale float64) sample { return handOff(c, max(500, int(10_000*scale))) },
	}
}

func handOff(c contender, n int) sample {
	const each = 14 // of a millisecond
	origin := time.Now()
	called, started := make([]time.Duration, n), make([]time.Duration, n)
	meeting := newBarrier(slots)
	s := c.open(setting{workers: slots}, meeting.around(func(task int) {
		started[task] = time.Since(origin)
		time.Sleep(taskOfSlot)
	}))
	meeting.after(s.submit) // all workers exist
	begin := time.Since(origin)
	for task := range n {
		intended := begin + time.Duration(task/each)*time.Millisecond
		if ahead := intended - time.Since(origin); ahead > 0 {
			time.Sleep(ahead)
		}
		called[task] = time.Since(origin)
		s.submit(task)
	}
	meeting.after(s.submit)
	s.close()
	fromCall, fromIntent := make([]time.Duration, n), make([]time.Duration, n)
	for task := range n {
		fromCall[task] = started[task] - called[task]
		fromIntent[task] = started[task] - begin - time.Duration(task/each)*time.Millisecond
	}
	return sample{
		"p50us": quantile(fromCall, 0.50), "p99us": quantile(fromCall, 0.99),
		"p50usIntended": quantile(fromIntent, 0.50), "p99usIntended": quantile(fromIntent, 0.99),
	}
}

// burstSuite measures how long an idle pool takes until all of its workers run: from the first of as many submits as
// there are workers to the start of the last task.
func burstSuite(contenders ...contender) suite {
	return suite{
		name: "burst", title: "idle pool of 8 workers, burst of 8 tasks, to the start of the last", contenders: contenders,
		measure: func(c contender, scale float64) sample { return burst(c, max(20, int(200*scale))) },
	}
}

func burst(c contender, bursts int) sample {
	origin := time.Now()
	started := make(chan time.Duration, fewWorkers)
	release := make(chan struct{})
	s := c.open(setting{workers: fewWorkers, queue: fewWorkers}, func(int) {
		started <- time.Since(origin)
		<-release
	})
	var waits []time.Duration
	for range bursts {
		began := time.Since(origin)
		for task := range fewWorkers {
			s.submit(task)
		}
		var last time.Duration
		for range fewWorkers {
			last = max(last, <-started)
		}
		waits = append(waits, last-began)
		for range fewWorkers {
			release <- struct{}{}
		}
		time.Sleep(time.Millisecond)
	}
	s.close()
	return sample{"p50us": quantile(waits, 0.50), "p99us": quantile(waits, 0.99)}
}

// quantile returns the q-quantile in microseconds.
func quantile(durations []time.Duration, q float64) float64 {
	sorted := slices.Sorted(slices.Values(durations))
	return float64(sorted[min(len(sorted)-1, int(q*float64(len(sorted))))].Nanoseconds()) / 1000
}
