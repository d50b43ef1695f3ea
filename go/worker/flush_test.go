package worker

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
)

// muteQueue is a queue whose server says nothing from some time on. Its calls heed no context, as
// those of a client that waits for the network may.
type muteQueue struct {
	queue.Queue
	mute atomic.Bool
}

const networkTimeout = 5 * time.Minute

var errMute = errors.New("i/o timeout")

func (q *muteQueue) call() error {
	if q.mute.Load() {
		time.Sleep(networkTimeout)
		return errMute
	}
	return nil
}

func (q *muteQueue) Fetch(ctx context.Context, max int) ([]queue.Delivery, error) {
	batch, err := q.Queue.Fetch(ctx, max)
	return batch, errors.Join(err, q.call())
}

func (q *muteQueue) Ack(ctx context.Context, d queue.Delivery) error {
	return errors.Join(q.call(), q.Queue.Ack(ctx, d))
}

func (q *muteQueue) Release(ctx context.Context, d queue.Delivery) error {
	return errors.Join(q.call(), q.Queue.Release(ctx, d))
}

func (q *muteQueue) InProgress(ctx context.Context, d queue.Delivery) error {
	return errors.Join(q.call(), q.Queue.InProgress(ctx, d))
}

func (q *muteQueue) Backlog(ctx context.Context) (int, error) {
	if err := q.call(); err != nil {
		return 0, err
	}
	return q.Queue.Backlog(ctx)
}

func (q *muteQueue) Idle(ctx context.Context) (bool, error) {
	if err := q.call(); err != nil {
		return false, err
	}
	return q.Queue.Idle(ctx)
}

func (q *muteQueue) Close() error { return errors.Join(q.call(), q.Queue.Close()) }

// muteRig is a worker of two tasks on such a queue.
func muteRig(t *testing.T, exitWhenIdle bool, h Handler[int]) (*rig, *muteQueue) {
	memory, err := queue.NewMemory(queue.MemoryConfig{Capacity: 2, AckWait: 30 * time.Second, ExitWhenIdle: exitWhenIdle})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := memory.Enqueue(t.Context(), queue.Task{Payload: []byte("1")}); err != nil {
			t.Fatal(err)
		}
	}
	q := &muteQueue{Queue: memory}
	r := newRig(t, testConfig(t, 0), h)
	r.config.Task.MaxSeconds = 1000
	r.config.Source = contract.Source{Redis: &contract.RedisSource{
		Addresses: []string{"redis:6379"}, Stream: "a", Group: "b", ExitWhenIdle: &exitWhenIdle,
	}}
	r.drivers = []driver.Driver{{
		Name: "redis",
		OpenQueue: func(context.Context, *contract.WorkerContract, *slog.Logger) (queue.Queue, error) {
			return q, nil
		},
	}}
	return r, q
}

func TestASilentBrokerDoesNotMakeTheEndLongerThanTheGracePeriod(t *testing.T) {
	for name, c := range map[string]struct {
		task   time.Duration
		reason contract.WorkerReportReason
		code   func(exitWhenIdle bool) int
	}{
		"with tasks that end in time": {5 * time.Second, contract.WorkerReportReasonSignal, func(exitWhenIdle bool) int {
			if exitWhenIdle {
				return exitUnfinished
			}
			return exitClean
		}},
		"with tasks that are cut off": {900 * time.Second, contract.WorkerReportReasonDeadline, func(bool) int { return exitDeadline }},
	} {
		for _, exitWhenIdle := range []bool{false, true} {
			t.Run(name, bubble(func(t *testing.T) {
				r, q := muteRig(t, exitWhenIdle, func(ctx context.Context, _ Task[int]) error { return sleep(ctx, c.task) })
				r.start()
				time.Sleep(time.Second)
				q.mute.Store(true)
				began := time.Now()
				r.term()
				r.wait()
				r.ends(c.reason, c.code(exitWhenIdle))
				r.counts(contract.Tasks{})
				budget := contract.Seconds(r.config.Shutdown.DrainSeconds + r.config.Shutdown.FlushSeconds)
				if took := time.Since(began); took >= budget {
					t.Errorf("ended after %v, want less than the grace period of %v", took, budget)
				}
				time.Sleep(time.Hour) // lets the calls go
			}))
		}
	}
}

func TestASecondSignalEndsAWorkerOfASilentBrokerWithinTheFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, q := muteRig(t, true, func(ctx context.Context, _ Task[int]) error { return sleep(ctx, 900*time.Second) })
		r.start()
		time.Sleep(time.Second)
		q.mute.Store(true)
		r.term()
		time.Sleep(time.Second)
		began := time.Now()
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSecondSignal, exitSecondSignal)
		if took := time.Since(began); took >= contract.Seconds(r.config.Shutdown.FlushSeconds) {
			t.Errorf("ended after %v, want less than flushSeconds, %v s", took, r.config.Shutdown.FlushSeconds)
		}
		time.Sleep(time.Hour) // lets the calls go
	})
}
