package worker

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
)

// killed is a broker with tasks that were in flight in processes that were killed.
type killed struct {
	*ledger
	times map[string]int // attempts without an outcome, by task
}

func (k *killed) Fetch(ctx context.Context, atMost int) ([]queue.Delivery, error) {
	batch, err := k.ledger.Fetch(ctx, atMost)
	for i := range batch {
		batch[i].Attempt += k.times[batch[i].ID]
	}
	return batch, err
}

// unsettled is how many tasks the process has.
func (k *killed) unsettled() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.held
}

// afterKills makes a rig on such a broker, with tasks named by their numbers.
func afterKills(t *testing.T, tasks int, times map[string]int, h Handler[int]) (*rig, *killed) {
	t.Helper()
	k := &killed{newLedger(), times}
	config := testConfig(t, 0)
	config.Source = contract.Source{Jetstream: &contract.JetStreamSource{
		Servers: []string{"nats:4222"}, Stream: "tasks", Consumer: "crawl", MaxAckPending: 100,
	}}
	r := newRig(t, config, h)
	r.drivers = []driver.Driver{{Name: "jetstream", OpenQueue: func(ctx context.Context, c *contract.WorkerContract, _ *slog.Logger) (queue.Queue, error) {
		memory, err := queue.NewMemory(queue.MemoryConfig{Capacity: 1000, AckWait: contract.Seconds(c.Task.AckWaitSeconds), ExitWhenIdle: true})
		if err != nil {
			return nil, err
		}
		for i := range tasks {
			if err := memory.Enqueue(ctx, queue.Task{ID: strconv.Itoa(i), Payload: []byte(strconv.Itoa(i))}); err != nil {
				return nil, err
			}
		}
		k.over(memory)
		return k, nil
	}}}
	return r, k
}

func TestATaskWhoseProcessesWereKilledRunsAlone(t *testing.T) {
	for _, slots := range []int{1, 2, 5} {
		t.Run(strconv.Itoa(slots), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const tasks = 40
				times := map[string]int{"3": 3, "7": 3, "8": 3, "9": 3, "39": 3, "20": 2}
				var k *killed
				var alone, beside atomic.Int32
				handle := func(ctx context.Context, task Task[int]) error {
					if task.Attempt == 4 {
						alone.Add(1)
						if n := k.unsettled(); n != 1 {
							t.Errorf("task %s began beside %d others", task.ID, n-1)
						}
					}
					if err := sleep(ctx, 100*time.Millisecond); err != nil {
						return err
					}
					if task.Attempt == 4 && k.unsettled() != 1 {
						t.Errorf("something was fetched beside task %s", task.ID)
					}
					if k.unsettled() > 1 {
						beside.Add(1)
					}
					k.effect(task.ID)
					return nil
				}
				var r *rig
				r, k = afterKills(t, tasks, times, handle)
				r.config.Pool.Slots = slots
				r.run()
				r.ends(contract.WorkerReportReasonIdle, exitClean)
				if err := k.check(tasks, r.report); err != nil {
					t.Error(err)
				}
				if alone.Load() != 5 || beside.Load() == 0 && slots > 1 {
					t.Errorf("%d tasks ran alone, %d did not", alone.Load(), beside.Load())
				}
				if got := len(r.log.lines(t, "task runs alone: its last attempt came to no end")); got != 5 {
					t.Errorf("%d are logged", got)
				}
			})
		})
	}
}

func TestATaskThatEndedItsProcessAloneIsDead(t *testing.T) {
	for name, c := range map[string]struct{ attempts, killed int }{
		"alone as well": {3, 4}, "with one attempt": {1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := afterKills(t, 3, map[string]int{"1": c.killed}, func(_ context.Context, task Task[int]) error {
					if task.Payload == 1 {
						t.Errorf("attempt %d ran", task.Attempt)
					}
					return nil
				})
				r.config.Task.MaxAttempts = c.attempts
				r.run()
				r.counts(contract.Tasks{Done: 2, Dead: 1})
				if reason := r.report.DeadLetters[0].Reason; !strings.Contains(reason, errEndless.Error()) {
					t.Errorf("reason %q", reason)
				}
			})
		})
	}
}

func TestATaskThatIsStuckAloneHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var last time.Duration
		r, _ := afterKills(t, 20, map[string]int{"1": 3}, func(_ context.Context, task Task[int]) error {
			if task.Payload == 1 {
				time.Sleep(time.Hour) // whatever its context says
				return nil
			}
			last = max(last, time.Since(began))
			return nil
		})
		r.run()
		time.Sleep(time.Hour)
		if r.report.Tasks.Done < 19 || r.report.Tasks.Dead != 1 {
			t.Errorf("tasks %+v", r.report.Tasks)
		}
		if last > time.Minute {
			t.Errorf("the others were done after %v", last)
		}
	})
}

func TestATaskThatWaitsToBeAloneIsHandedBackAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, k := afterKills(t, 2, map[string]int{"1": 3}, func(ctx context.Context, task Task[int]) error {
			if task.Payload == 1 {
				t.Error("it ran")
			}
			return sleep(ctx, 9*time.Second)
		})
		r.start()
		time.Sleep(time.Second)
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, exitClean)
		r.counts(contract.Tasks{Done: 1, HandedBack: 1})
		if got := k.unsettled(); got != 0 {
			t.Errorf("%d are unsettled", got)
		}
	})
}
