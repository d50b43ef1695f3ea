package worker

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"capstan/contract"
	"capstan/internal/pod"
	"capstan/pool"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/tracing"
)

// engine moves tasks from the queue through the pool and settles them.
type engine struct {
	config  *contract.WorkerContract
	log     *slog.Logger
	queue   queue.Queue
	attempt attempt
	pool    *pool.Pool[*flight]
	flights *flights
	tally   *tally
	usage   *pod.Usage
	watch   *watch
	metrics *metrics
	tracer  tracing.Tracer
	guard   *guard
	trial   *trial
	shared  bool
	began   time.Time

	draining atomic.Bool // tasks that have not started are handed back
	settler  *settler
}

// newEngine makes an engine; shared says that other processes work off the queue as well.
func newEngine(c *contract.WorkerContract, log *slog.Logger, q queue.Queue, shared bool, run attempt) (*engine, error) {
	e := &engine{
		config: c, log: log, queue: q, attempt: run,
		flights: newFlights(), tally: newTally(), metrics: newMetrics(c.Name), shared: shared,
		tracer: tracing.None{}, trial: newTrial(),
	}
	e.settler = newSettler(e)
	crew, err := pool.New(pool.Config[*flight]{
		Workers:     c.Pool.Slots,
		Queue:       c.Fetch.MaxPrefetch,
		Handle:      e.handle,
		Done:        e.done,
		CancelGrace: max(newFlush(c.Shutdown).part(returnShare), time.Millisecond),
	})
	if err != nil {
		return nil, err
	}
	e.pool = crew
	e.began = time.Now()
	e.guard = newGuard(e)
	e.usage = pod.NewUsage(e.began)
	e.watch = newWatch(e)
	return e, nil
}

// handle runs one task in a slot.
func (e *engine) handle(ctx context.Context, f *flight) error {
	d := f.delivery
	switch {
	case !f.claim():
		return errTurnedBack
	case e.draining.Load():
		return errUnstarted
	case d.DeadReason != "":
		return Permanent(errors.New(d.DeadReason))
	case e.isSuspect(d):
		if err := e.isolate(ctx, f); err != nil {
			return err
		}
	case d.Attempt > e.config.Task.MaxAttempts:
		return Permanent(errEndless)
	case e.trial.goesOn.Load():
		return errTrial
	}
	if err := e.guard.start(f); err != nil {
		return err
	}
	limited, cancel := context.WithTimeoutCause(ctx, contract.Seconds(e.config.Task.MaxSeconds), errTaskDeadline)
	defer cancel()
	err := e.attempt(e.begin(limited, f, time.Now()), d)
	if err != nil {
		_ = err.Error() // one that panics, such as a nil pointer, fails the task here, where the pool recovers
	}
	if err != nil && ctx.Err() != nil {
		return &interruptedError{err}
	}
	if snoozed := (*snoozeError)(nil); errors.As(err, &snoozed) {
		if _, can := e.queue.(queue.Snoozer); !can {
			return errNoSnooze
		}
	}
	if errors.Is(err, context.DeadlineExceeded) && limited.Err() != nil {
		return &overdueError{err}
	}
	return err
}

// done judges a task after its handler and has it settled; it still holds the slot.
func (e *engine) done(f *flight, err error) {
	if errors.Is(err, errTurnedBack) {
		return
	}
	e.flights.land(f, time.Now())
	if e.isSuspect(f.delivery) {
		e.trial.end(f)
	}
	if err != nil && isCrash(err) {
		e.tally.panicked()
		e.metrics.panics.Inc()
	}
	v := judge(err, f.delivery.Attempt, e.config.Task, rand.Float64())
	e.guard.finish(f, &v)
	f.finish(v)
	if v.outcome == outcomeReleased && f.begun() {
		e.tally.interrupted()
	}
	e.settler.take(f, v)
}

func isCrash(err error) bool {
	var panicked *pool.PanicError
	return errors.As(err, &panicked) || errors.Is(err, pool.ErrGoexit)
}

func (e *engine) logFinished(f *flight, v verdict) {
	level := slog.LevelDebug
	if v.outcome == outcomeDead || v.stack != "" {
		level = slog.LevelWarn
	}
	if !e.log.Enabled(f.logContext(), level) {
		return // the usual case, which must not pay for the line
	}
	attributes := []slog.Attr{
		slog.String("id", f.delivery.ID), slog.String("outcome", string(v.outcome)),
		slog.Int("attempt", f.delivery.Attempt), slog.Float64("seconds", f.elapsed.Seconds()),
	}
	if v.reason != "" {
		attributes = append(attributes, slog.String("reason", v.reason))
	}
	if v.stack != "" {
		attributes = append(attributes, slog.String("stack", v.stack))
	}
	e.log.LogAttrs(f.logContext(), level, "task finished", attributes...)
}

// slotTime is the planned slots integrated over time. What the autoscaler sees is by the slots that
// were planned, not by those that are left: a limit that shrinks would look like full pods, and
// scale out onto what is struggling.
func (e *engine) slotTime(now time.Time) time.Duration {
	return time.Duration(e.config.Pool.Slots) * now.Sub(e.began)
}

const (
	// fetchTries is how many fetches may fail in a row before the worker gives up: with the
	// waits between them, about a minute of a broker's absence.
	fetchTries     = 10
	firstFetchWait = 250 * time.Millisecond
	longestWait    = 15 * time.Second
)

// fetch keeps the pool supplied until ctx ends (nil), the source is exhausted (io.EOF), or it
// keeps failing.
func (e *engine) fetch(ctx context.Context) error {
	ahead := newMargin(e.config.Fetch.Factor, e.config.Fetch.MaxPrefetch, time.Now())
	failures := 0
	for {
		err := e.fetchOnce(ctx, ahead)
		switch {
		case err == nil:
			failures = 0
		case ctx.Err() != nil:
			return nil
		case err == io.EOF: // not one that wraps it: connections of brokers end so
			return io.EOF
		default:
			failures++
			e.metrics.fetchFailures.Inc()
			e.log.Warn("fetch failed", "failures", failures, "of", fetchTries, "error", err)
			if failures == fetchTries {
				return err
			}
			_ = driver.Pause(ctx, min(firstFetchWait<<(failures-1), longestWait))
		}
	}
}

// fetchOnce waits for a free slot, and for the guard, fetches for all that are free or will be when it
// comes back, and the margin, and starts what came. What is finished and not confirmed is in the queue's
// count of unsettled tasks, too, and gets as much of it as the margin: beyond that, nothing is fetched
// before something is confirmed.
func (e *engine) fetchOnce(ctx context.Context, ahead *margin) error {
	if err := e.trial.wait(ctx); err != nil {
		return err
	}
	ahead.observe(time.Now(), e.pool.Stats().Completed)
	beyond := ahead.max - ahead.tasks() // of the pool's queue, not to be used now
	// With three quarters of the margin left the slots are busy for a round trip and half of another,
	// and a fetch brings several.
	room, err := e.pool.Room(ctx, beyond+max(1, ahead.tasks()/4))
	if err != nil {
		return err
	}
	e.metrics.margin.Set(float64(ahead.tasks()))
	allowed, err := e.flights.room(ctx, func() int { return e.pool.Stats().Workers + 2*ahead.max })
	if err != nil {
		return err
	}
	granted, err := e.guard.admit(ctx, min(room-beyond+ahead.landing(), room, allowed))
	if err != nil {
		return err
	}
	limited, leave, ok := e.trial.fetching(ctx)
	if !ok {
		e.guard.used(granted, 0)
		return nil
	}
	defer leave()
	began := time.Now()
	batch, err := e.queue.Fetch(limited, e.trial.most(granted.n))
	e.guard.used(granted, len(batch))
	if err != nil {
		if limited.Err() != nil && ctx.Err() == nil {
			return nil // called back for a trial
		}
		return err
	}
	ahead.fetched(time.Since(began) - batch[0].Waited)
	e.submit(batch, granted.ticket)
	return nil
}

// submit starts a batch. There is room for it, as nobody else submits.
func (e *engine) submit(batch []queue.Delivery, ticket int) {
	now := time.Now()
	e.tally.fetched(now)
	e.trial.brought(slices.ContainsFunc(batch, e.isSuspect))
	started := e.flights.add(batch, ticket, now)
	accepted, _ := e.pool.SubmitBatch(context.Background(), started)
	for _, f := range started[accepted:] { // the pool has been closed
		e.turnBack(f, errUnstarted)
	}
}

// handBack releases a task that does not come out of its handler.
func (e *engine) handBack(f *flight) {
	e.flights.land(f, time.Now())
	e.tally.interrupted()
	e.settler.take(f, verdict{outcome: outcomeReleased, reason: errUnstarted.Error()})
}
