package worker

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"capstan/contract"
)

// errBreakerOpen is the reason of a task that was fetched ahead when the breaker opened.
var errBreakerOpen = errors.New("not started: the circuit breaker is open")

// guard keeps the worker from overloading what its handlers call: see contract.Protect. Rate and
// breaker act on fetching, so that no task is burnt and no slot is held while they wait.
type guard struct {
	limiter *rate.Limiter
	breaker *breaker
	budget  *retryBudget
	slots   *slots
	metrics *guardMetrics
	backoff contract.Backoff
}

func newGuard(e *engine) *guard {
	protect := e.config.Protect
	if protect == nil {
		protect = &contract.Protect{}
	}
	g := &guard{
		limiter: rate.NewLimiter(rate.Inf, 0),
		budget:  newRetryBudget(protect.RetryBudget),
		metrics: newGuardMetrics(e.metrics.labels),
		backoff: e.config.Task.Backoff,
	}
	g.metrics.planned.Set(float64(e.config.Pool.Slots))
	g.limit(protect.Rate)
	g.breaker = newBreaker(protect.Breaker, func(to breakerState) {
		g.metrics.breaker.Set(float64(to))
		if to == breakerOpen {
			g.metrics.breakerOpened.Inc()
		}
		e.log.Warn("circuit breaker", "state", to.String())
	})
	g.slots = newSlots(e.config.Pool.Slots, func(n int) {
		if e.pool.Stats().Workers != n && e.pool.Resize(n) == nil {
			e.log.Info("pool resized", "slots", n, "planned", e.config.Pool.Slots)
		}
	})
	return g
}

// limit sets the rate; nil: none.
func (g *guard) limit(r *contract.Rate) {
	if r == nil {
		g.limiter.SetLimit(rate.Inf)
		return
	}
	g.limiter.SetBurst(r.Burst)
	g.limiter.SetLimit(rate.Limit(r.PerSecond))
}

// grant is a number of tasks that may be fetched.
type grant struct {
	n      int
	ticket int // of the breaker
}

// admit waits until something may be fetched, and grants up to want of it. One goroutine at a time
// may call it; what comes of a grant is told with used.
func (g *guard) admit(ctx context.Context, want int) (grant, error) {
	for {
		n, wait := g.allowed(time.Now(), want)
		if n > 0 {
			var ticket int
			if n, wait, ticket = g.breaker.reserve(time.Now(), n); n > 0 {
				return grant{n, ticket}, nil
			}
		}
		began := time.Now()
		if err := g.await(ctx, wait); err != nil {
			return grant{}, err
		}
		if n == 0 && g.breaker.closed() {
			g.metrics.rateWait.Add(time.Since(began).Seconds())
		}
	}
}

// allowed is how many tasks the rate has room for, or how long to wait for the next.
func (g *guard) allowed(now time.Time, want int) (n int, wait time.Duration) {
	limit := g.limiter.Limit()
	if limit == rate.Inf {
		return want, 0
	}
	tokens := g.limiter.TokensAt(now)
	if tokens >= 1 {
		return min(want, int(tokens)), 0
	}
	// A little more than it takes: what rounding leaves of a token is none.
	wait = time.Duration(math.Ceil((1-tokens)/float64(limit)*float64(time.Second))) + time.Microsecond
	return 0, min(wait, longestWait)
}

// await waits for d, for a change of the breaker, or for the end of ctx.
func (g *guard) await(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
	case <-g.breaker.changed:
	}
	return nil
}

// used tells what came of a grant: how many tasks were fetched.
func (g *guard) used(it grant, n int) {
	g.limiter.ReserveN(time.Now(), min(n, g.limiter.Burst()))
	if it.ticket != 0 && n < it.n {
		g.breaker.giveBack(it.ticket, it.n-n)
	}
}

// watched is an attempt that the guard watches.
type watched struct {
	round    int
	end      func(evidence)
	recorded atomic.Bool // the breaker knows what came of it
}

// start says whether f may start, and watches it if so.
func (g *guard) start(f *flight) error {
	now := time.Now()
	round, ok := g.breaker.admits(now, f.ticket)
	if !ok {
		return errBreakerOpen
	}
	g.budget.began(now)
	f.watched = &watched{round: round, end: g.slots.start()}
	return nil
}

// giveUp counts f, which is stuck, as failed. A breaker that waited for the end of all its probes would let nothing
// through for as long as one is stuck.
func (g *guard) giveUp(f *flight) {
	if f.watched != nil {
		g.record(f.watched, failed)
	}
}

// record tells the breaker what came of an attempt, once.
func (g *guard) record(w *watched, e evidence) {
	if w.recorded.CompareAndSwap(false, true) {
		g.breaker.record(time.Now(), w.round, e)
	}
}

// finish learns from what came of f, and puts off a retry that is beyond the budget.
func (g *guard) finish(f *flight, v *verdict) {
	now, e := time.Now(), v.evidence()
	if f.watched == nil {
		if f.ticket != 0 {
			g.breaker.giveBack(f.ticket, 1)
		}
		return
	}
	f.watched.end(e)
	g.record(f.watched, e)
	if v.outcome == outcomeRetried && !g.budget.spend(now) {
		g.metrics.putOff.Inc()
		most := g.backoff.MaxSeconds * (1 - g.backoff.Jitter*rand.Float64())
		v.delay = max(v.delay, contract.Seconds(most))
	}
}

// evidence is what an outcome says about what the handler calls.
func (v verdict) evidence() evidence {
	switch v.outcome {
	case outcomeDone, outcomeAlreadyDone:
		return succeeded
	case outcomeRetried:
		return failed
	case outcomeDead:
		if !v.permanent {
			return failed
		}
	}
	return noEvidence
}
