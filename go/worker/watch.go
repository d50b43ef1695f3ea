package worker

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"capstan/contract"
	"capstan/internal/pod"
)

const (
	// watchInterval is how often slots are looked at.
	watchInterval = time.Second
	// stuckAfter is how long after its deadline a handler counts as stuck: cancellation takes
	// a moment to be noticed.
	stuckAfter = 5 * time.Second
	// leastPatience and the task's own time are what stuck handlers get before a worker that
	// consists of nothing else gives up.
	leastPatience = 30 * time.Second
	// silence is how long the watch may be silent before the process counts as dead.
	silence = 15 * time.Second
	// renewals is how many leases are renewed at once.
	renewals = 32
)

// watch looks after the slots: it measures utilisation, finds handlers that ignore their
// deadline, and is the heartbeat that /healthz reports.
type watch struct {
	engine *engine
	last   atomic.Pointer[time.Time] // of the latest round, by the monotonic clock: the other may be set
}

func newWatch(e *engine) *watch {
	w := &watch{engine: e}
	now := time.Now()
	w.last.Store(&now)
	return w
}

// run works until ctx ends, or fails when stuck handlers hold all slots for so long that
// nothing will ever move again.
func (w *watch) run(ctx context.Context) error {
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := w.round(time.Now()); err != nil {
				return err
			}
		}
	}
}

func (w *watch) round(now time.Time) error {
	w.last.Store(&now)
	stats := w.engine.pool.Stats()
	w.engine.usage.Sample(now, stats.BusyTime, w.engine.slotTime(now))
	limit := contract.Seconds(w.engine.config.Task.MaxSeconds)
	patience := limit + max(limit, leastPatience)
	fresh, held := w.engine.flights.overdue(now, limit+stuckAfter, patience)
	for _, f := range fresh {
		w.engine.metrics.stuckTotal.Inc()
		w.engine.log.Warn("handler ignores its deadline", "id", f.delivery.ID, "attempt", f.delivery.Attempt, "limitSeconds", limit.Seconds())
		w.engine.trial.end(f)
		w.engine.guard.giveUp(f)
	}
	if len(fresh) > 0 {
		w.engine.trial.notice()
	}
	if slots := stats.Workers; held >= slots {
		return fmt.Errorf("all %d slots are held by handlers that ignored their deadline (%v) for %v; handlers have to return when their context ends",
			slots, limit, patience-limit)
	}
	return nil
}

// alive says why the process counts as dead, or nil.
func (w *watch) alive(now time.Time) error {
	if quiet := now.Sub(*w.last.Load()); quiet > silence {
		return fmt.Errorf("the watch over the slots has been silent for %v", quiet.Round(time.Second))
	}
	return nil
}

// heartbeat renews the leases of unsettled tasks, those that wait for a slot included, when half
// of the ack wait has passed. It looks every eighth, so that a failed call leaves time for more.
func (e *engine) heartbeat(ctx context.Context) {
	ackWait := contract.Seconds(e.config.Task.AckWaitSeconds)
	pod.Every(ctx, max(ackWait/8, time.Millisecond), func() { e.renewLeases(ctx, ackWait) })
}

// renewLeases renews those that are due, some at once: one after another, a thousand round trips
// would outlast the ack wait. It returns when all were tried, so that rounds cannot pile up.
func (e *engine) renewLeases(ctx context.Context, ackWait time.Duration) {
	due := make(chan *flight)
	var renewing sync.WaitGroup
	expiring := e.flights.expiring(time.Now(), ackWait/2)
	for range min(renewals, len(expiring)) {
		renewing.Go(func() {
			for f := range due {
				e.renewLease(ctx, f, ackWait/8)
			}
		})
	}
	for _, f := range expiring {
		due <- f
	}
	close(due)
	renewing.Wait()
}

func (e *engine) renewLease(ctx context.Context, f *flight, limit time.Duration) {
	now := time.Now()
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := e.queue.InProgress(limited, f.delivery); err == nil {
		e.flights.renew(f, now)
	} else if ctx.Err() == nil && e.flights.aloft(f) {
		e.log.Warn("lease not renewed", "id", f.delivery.ID, "error", err)
	}
}
