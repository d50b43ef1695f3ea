package main

import (
	"fmt"
	"time"
)

// suite is one workload and those who compete in it.
type suite struct {
	name       string
	title      string
	contenders []contender
	measure    func(c contender, scale float64) sample
	// verify runs the workload once and ends the program unless each task ran exactly once.
	verify func(c contender)
}

const (
	fewWorkers   = 8
	queueLength  = 1024
	sleepers     = 10_000
	slots        = 100
	taskOfSlot   = 5 * time.Millisecond
	manyQueued   = 1_000_000
	submitsTried = 200_000
)

func suites() []suite {
	all := []suite{}
	for _, producers := range []int{1, 2, 1000} {
		all = append(all, dispatch{
			name: fmt.Sprintf("empty/queue=1024/producers=%d", producers), title: fmt.Sprintf("empty task, queue of 1,024, producers: %d", producers),
			setting: setting{fewWorkers, queueLength}, producers: producers, tasks: 200_000, cost: 0,
			contenders: withBatches(producers, capstan, capstanCtx, buffered, unbuffered, pondPool, conc, errgroupLimit, antsSubmit, antsGeneric, gammazero),
		}.suite())
	}
	for _, producers := range []int{1, 2, 1000} {
		all = append(all, dispatch{
			name: fmt.Sprintf("empty/queue=0/producers=%d", producers), title: fmt.Sprintf("empty task, no queue, producers: %d", producers),
			setting: setting{fewWorkers, 0}, producers: producers, tasks: 200_000, cost: 0,
			contenders: []contender{capstan, capstanCtx, bare, unbuffered, conc, errgroupLimit, antsSubmit, antsGeneric},
		}.suite())
	}
	for _, cost := range []time.Duration{time.Microsecond, 10 * time.Microsecond} {
		all = append(all, dispatch{
			name: fmt.Sprintf("cpu/%v", cost), title: fmt.Sprintf("%v of CPU, queue of 1,024, 1 producer", cost),
			setting: setting{fewWorkers, queueLength}, producers: 1, tasks: int(150 * time.Millisecond / (cost + 500*time.Nanosecond)), cost: cost,
			contenders: []contender{static, capstan, buffered, unbuffered, pondPool, conc, errgroupLimit, antsSubmit, antsGeneric, gammazero},
		}.suite())
	}
	return append(all,
		sleepSuite(static, capstan, capstanQueued, bare, unbuffered, pondPool, conc, errgroupLimit, antsSubmit, antsGeneric),
		handOffSuite(capstan, bare, unbuffered, pondPool, conc, errgroupLimit, antsSubmit, antsGeneric),
		burstSuite(capstan, buffered, pondPool, conc, errgroupLimit, antsSubmit, antsGeneric, gammazero),
		refusalSuite(capstan, buffered, pondPool, errgroupLimit, antsSubmit),
		panicSuite(capstanDone, pondPool, antsHandler, recovering),
		dispatch{
			name: "orders", title: "empty task, queue of 1,024, 1 producer, in other orders",
			setting: setting{fewWorkers, queueLength}, producers: 1, tasks: 200_000, contenders: variants,
		}.suite(),
		serialSuite(),
		queuedSuite(capstan, buffered, pondPool, gammazero),
	)
}

func withBatches(producers int, contenders ...contender) []contender {
	if producers == 1 {
		return append(contenders, capstanBatch)
	}
	return contenders
}
