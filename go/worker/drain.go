package worker

import (
	"context"
	"io"
	"sync"
	"time"

	"capstan/contract"
	"capstan/internal/pod"
	"capstan/pool"
	"capstan/queue"
	"capstan/queue/driver"
)

// ending is how a worker came to its end.
type ending struct {
	reason  contract.WorkerReportReason
	code    int
	err     error
	drained *time.Duration // from the signal to the end of the drain
}

// crew is what runs beside the pool while the worker works.
type crew struct {
	pod.Orders
	endFetch context.CancelFunc
	fetched  chan error // the end of fetching; closed behind it
	hung     chan error // the watch gave up
}

// work fetches and runs tasks until something ends it, and drains.
func (l *lifecycle) work(given pod.Orders) ending {
	background, end := context.WithCancel(context.Background())
	fetching, endFetch := context.WithCancel(background)
	c := crew{Orders: given, endFetch: endFetch, fetched: make(chan error, 1), hung: make(chan error, 1)}
	var running sync.WaitGroup
	defer func() {
		end()
		ctx, cancel := l.flush.until(settleShare)
		defer cancel()
		within(ctx, running.Wait)
	}()
	running.Go(func() { l.engine.heartbeat(background) })
	if drifter, ok := l.engine.queue.(queue.Drifter); ok {
		d := &drift{queue: drifter, phase: l.phase, log: l.log, gauge: l.engine.guard.metrics.drifted}
		running.Go(func() { d.run(background) })
	}
	if l.reload != nil {
		running.Go(func() { l.reload.run(background) })
	}
	running.Go(func() {
		defer close(c.fetched)
		c.fetched <- l.engine.fetch(fetching)
	})
	running.Go(func() {
		if err := l.engine.watch.run(background); err != nil {
			c.hung <- err
		}
	})
	return l.await(c)
}

// await blocks until the source is exhausted, an order comes, or the worker fails.
func (l *lifecycle) await(c crew) ending {
	failed := ending{reason: contract.WorkerReportReasonFailed, code: exitFailed}
	select {
	case err := <-c.fetched:
		if err == io.EOF {
			l.drain(c, "no task is left")
			return ending{reason: contract.WorkerReportReasonIdle, code: exitClean}
		}
		failed.err = err
		l.drain(c, "fetching failed")
		return failed
	case failed.err = <-c.hung:
		l.abandon(c)
		return failed
	case <-c.First.Done():
		return l.obey(c)
	}
}

// obey ends the worker on an order, within the budget of the contract's shutdown.
func (l *lifecycle) obey(c crew) ending {
	began := time.Now()
	budget := l.config.Shutdown
	l.phase.Unready("draining")
	l.log.Info("draining", "lameDuckSeconds", budget.LameDuckSeconds, "drainSeconds", budget.DrainSeconds)
	_ = driver.Pause(c.Second, contract.Seconds(budget.LameDuckSeconds))
	lateDrain := l.drain(c, "draining")
	took := time.Since(began)
	switch {
	case c.Second.Err() != nil:
		return ending{reason: contract.WorkerReportReasonSecondSignal, code: exitSecondSignal, drained: &took}
	case lateDrain:
		return ending{reason: contract.WorkerReportReasonDeadline, code: exitDeadline, drained: &took}
	}
	return ending{reason: contract.WorkerReportReasonSignal, code: l.signalCode(), drained: &took}
}

// signalCode is the exit code of a worker that was told to end. With tasks left in a finite source
// that must not look like success: a Job would count its part as done.
func (l *lifecycle) signalCode() int {
	if !endsWhenIdle(l.config.Source) {
		return exitClean
	}
	if l.source == nil {
		return exitUnfinished
	}
	ctx, cancel := l.flush.until(callShare)
	defer cancel()
	idle := make(chan bool, 1)
	go func() {
		is, err := l.source.Idle(ctx)
		idle <- err == nil && is
	}()
	select {
	case is := <-idle:
		if is {
			return exitClean
		}
	case <-ctx.Done(): // a call that does not heed it is not waited for
	}
	return exitUnfinished
}

// drain stops intake and fetching, hands back what has not started, and lets running tasks
// finish until the deadline or the second order; tasks that were pushed to this process start
// until then as well. late says that running tasks had to be handed back.
func (l *lifecycle) drain(c crew, why string) (late bool) {
	limited, cancel := context.WithTimeout(c.Second, contract.Seconds(l.config.Shutdown.DrainSeconds))
	defer cancel()
	defer context.AfterFunc(limited, l.flush.begin)()
	l.workOff(limited, c)
	l.stopSupply(limited, c, why)
	report := l.engine.pool.Drain(limited)
	for _, f := range report.Stuck {
		l.engine.handBack(f)
	}
	l.settle(c, report)
	return l.engine.tally.interruptions() > 0
}

// settle hands back what has not started, and has the queue told of everything, as far as it hears it
// within the flush.
func (l *lifecycle) settle(c crew, report pool.Report[*flight]) {
	for _, f := range report.Unstarted {
		l.engine.turnBack(f, errUnstarted)
	}
	calls, cancel := l.flush.until(callShare)
	defer cancel()
	defer context.AfterFunc(calls, l.engine.settler.end)()
	c.awaitFetch(calls)
	settled, leave := l.flush.until(settleShare)
	defer leave()
	within(settled, l.engine.settler.flush)
	l.logDrain(report)
}

// workOff lets the queue run empty if others pushed tasks into it, until limit ends: they were
// told that their tasks are taken, and nobody else has them.
func (l *lifecycle) workOff(limit context.Context, c crew) {
	if l.intake == nil {
		return
	}
	l.intake.close()
	l.intake.queue.EndWhenIdle()
	select {
	case <-c.fetched:
	case <-limit.Done():
	}
}

// abandon ends a worker whose slots are all held by handlers that ignore their deadline. Their
// tasks are not handed back: to the queue they look like those of a killed process, which
// counts against them.
func (l *lifecycle) abandon(c crew) {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	l.stopSupply(now, c, "all slots are stuck")
	l.settle(c, l.engine.pool.Drain(now))
}

// stopSupply closes intake and fetching, and waits until limit ends for a fetch that goes on: what it
// brings later meets a closed pool. What is submitted and has not started is handed back by its slot.
func (l *lifecycle) stopSupply(limit context.Context, c crew, why string) {
	l.phase.Unready(why)
	if l.intake != nil {
		l.intake.close()
	}
	l.engine.draining.Store(true)
	c.endFetch()
	c.awaitFetch(limit)
}

// awaitFetch waits until fetching has ended, or ctx.
func (c crew) awaitFetch(ctx context.Context) {
	for {
		select {
		case _, more := <-c.fetched:
			if !more {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func (l *lifecycle) logDrain(report pool.Report[*flight]) {
	l.log.Info("drained", "seconds", report.Elapsed.Seconds(), "finished", report.Finished,
		"cancelled", report.Cancelled, "stuck", len(report.Stuck), "unreported", report.Reporting)
}
