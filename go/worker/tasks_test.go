package worker

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"capstan/contract"
	"capstan/queue"
)

// bubble runs a test with simulated time.
func bubble(test func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) { synctest.Test(t, test) }
}

func TestRunFinishesEveryTaskInItsSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			mu         sync.Mutex
			now, peak  int
			seen       = map[int]int{}
			config     = testConfig(t, 9)
			ids        = map[string]bool{}
			properties Setup
		)
		config.Settings = map[string]string{"depth": "3"}
		r := newRig(t, config, func(ctx context.Context, task Task[int]) error {
			mu.Lock()
			now++
			peak = max(peak, now)
			seen[task.Payload]++
			ids[task.ID] = true
			properties = task.Setup
			mu.Unlock()
			defer func() { mu.Lock(); now--; mu.Unlock() }()
			return sleep(ctx, time.Second)
		})
		r.run()
		r.ends(contract.WorkerReportReasonIdle, 0)
		r.counts(contract.Tasks{Done: 9})
		if len(seen) != 9 || len(ids) != 9 || peak != 2 || r.report.Pool.PeakBusy != 2 {
			t.Fatalf("ran %v with ids %v, peak %d, reported peak %d", seen, ids, peak, r.report.Pool.PeakBusy)
		}
		if properties.Name != "crawl" || properties.Slots != 2 || properties.MaxAttempts != 3 || properties.Settings["depth"] != "3" {
			t.Fatalf("setup %+v", properties)
		}
		// 9 tasks of 1 s in 2 slots take 5 s, the last of them with one slot empty.
		times, pool := r.report.TaskSeconds, r.report.Pool
		if r.report.WallSeconds != 5 || pool.BusySeconds != 9 || pool.Utilization != 0.9 {
			t.Fatalf("wall %v s, pool %+v; want 5 s, 9 busy seconds, 0.9", r.report.WallSeconds, pool)
		}
		if times.Mean != 1 || times.Max != 1 || times.P99 != 1 || times.P50 != 1 {
			t.Fatalf("task times %+v, want 1 s", times)
		}
	})
}

// attempts runs one task with h and gives the times between its attempts.
func attempts(t *testing.T, h func(ctx context.Context, attempt int) error) (*rig, []time.Duration) {
	t.Helper()
	var starts []time.Time
	r := newRig(t, testConfig(t, 1), func(ctx context.Context, task Task[int]) error {
		starts = append(starts, time.Now())
		if task.Attempt != len(starts) {
			t.Errorf("attempt %d says it is attempt %d", len(starts), task.Attempt)
		}
		return h(ctx, task.Attempt)
	})
	r.run()
	r.ends(contract.WorkerReportReasonIdle, 0)
	gaps := []time.Duration{}
	for i := 1; i < len(starts); i++ {
		gaps = append(gaps, starts[i].Sub(starts[i-1]))
	}
	return r, gaps
}

func TestRunRetriesWithGrowingDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, gaps := attempts(t, func(_ context.Context, attempt int) error {
			if attempt < 3 {
				return errors.New("not yet")
			}
			return nil
		})
		r.counts(contract.Tasks{Done: 1, Retried: 2})
		if len(gaps) != 2 || gaps[0] != time.Second || gaps[1] != 4*time.Second {
			t.Fatalf("gaps %v, want 1 s and 4 s", gaps)
		}
	})
}

func TestRunSendsToTheDeadLetterAfterTheLastAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, gaps := attempts(t, func(context.Context, int) error { return errors.New("no such page") })
		r.counts(contract.Tasks{Dead: 1, Retried: 2})
		letter := r.report.DeadLetters[0]
		if len(gaps) != 2 || letter.Attempts != 3 || !strings.Contains(letter.Reason, "no such page") {
			t.Fatalf("after gaps %v: %+v", gaps, letter)
		}
	})
}

func TestRunSettlesByWhatTheHandlerSays(t *testing.T) {
	boom := errors.New("boom")
	for _, c := range []struct {
		name string
		err  error
		gaps []time.Duration
		want contract.Tasks
	}{
		{"Permanent is not tried again", Permanent(boom), nil, contract.Tasks{Dead: 1}},
		{"RetryAfter takes its own delay", RetryAfter(boom, 7*time.Second), []time.Duration{7 * time.Second, 7 * time.Second}, contract.Tasks{Retried: 2, Dead: 1}},
		{"a negative RetryAfter means at once", RetryAfter(boom, -1), []time.Duration{0, 0}, contract.Tasks{Retried: 2, Dead: 1}},
		{"ErrAlreadyDone is finished", errors.Join(ErrAlreadyDone, errors.New("found")), nil, contract.Tasks{AlreadyDone: 1}},
		{"Permanent(nil) is done", Permanent(nil), nil, contract.Tasks{Done: 1}},
		{"RetryAfter(nil) is done", RetryAfter(nil, time.Second), nil, contract.Tasks{Done: 1}},
	} {
		t.Run(c.name, bubble(func(t *testing.T) {
			r, gaps := attempts(t, func(context.Context, int) error { return c.err })
			r.counts(c.want)
			if len(gaps) != len(c.gaps) || len(gaps) > 0 && (gaps[0] != c.gaps[0] || gaps[1] != c.gaps[1]) {
				t.Fatalf("gaps %v, want %v", gaps, c.gaps)
			}
		}))
	}
}

func TestRunTurnsAPanicIntoAFailedAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var memory *queue.Memory
		r := newRig(t, testConfig(t, 3), func(_ context.Context, task Task[int]) error {
			switch task.Payload {
			case 0:
				panic("boom")
			case 1:
				runtime.Goexit()
			}
			return nil
		})
		r.wrap = func(q queue.Queue) queue.Queue {
			memory = q.(*queue.Memory)
			return q
		}
		r.run()
		r.ends(contract.WorkerReportReasonIdle, 0)
		r.counts(contract.Tasks{Done: 1, Dead: 2, Retried: 4, Panicked: 6})
		var kept string
		for _, letter := range memory.DeadLetters() {
			kept += letter.Reason + letter.Detail
		}
		if !strings.Contains(kept, "panicked: boom") || !strings.Contains(kept, "tasks_test.go") {
			t.Fatalf("dead letters %s\nwant the panic with its stack", kept)
		}
		for _, letter := range r.report.DeadLetters {
			if strings.Contains(letter.Reason, "\n") {
				t.Fatalf("the report's reason holds a stack: %s", letter.Reason)
			}
		}
	})
}

type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

func TestRunTurnsAnErrorThatCannotSpeakIntoAFailedAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testConfig(t, 3), func(_ context.Context, task Task[int]) error {
			if task.Payload == 1 {
				var none *nilError
				return none
			}
			return nil
		})
		r.run()
		r.ends(contract.WorkerReportReasonIdle, 0)
		r.counts(contract.Tasks{Done: 2, Dead: 1, Retried: 2, Panicked: 3})
		if reason := r.report.DeadLetters[0].Reason; !strings.Contains(reason, "nil pointer dereference") {
			t.Errorf("dead letter %q", reason)
		}
	})
}

func TestRunNeverHandsOverAPayloadThatDoesNotDecode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 0)
		config.Source.Memory.Seeds = []string{`{"not": "a number"}`}
		r := newRig(t, config, func(context.Context, Task[int]) error {
			t.Error("the handler was called")
			return nil
		})
		r.run()
		r.counts(contract.Tasks{Dead: 1})
		if reason := r.report.DeadLetters[0].Reason; !strings.Contains(reason, "decode payload") {
			t.Fatalf("reason %q", reason)
		}
	})
}

func TestRunEndsTheHandlersContextAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, gaps := attempts(t, func(ctx context.Context, _ int) error {
			<-ctx.Done()
			if !errors.Is(context.Cause(ctx), errTaskDeadline) {
				t.Errorf("cause %v", context.Cause(ctx))
			}
			return ctx.Err()
		})
		r.counts(contract.Tasks{Dead: 1, Retried: 2})
		if gaps[0] != 11*time.Second || !strings.Contains(r.report.DeadLetters[0].Reason, "task.maxSeconds") {
			t.Fatalf("gaps %v, want 10 s of handler and 1 s of backoff; %+v", gaps, r.report.DeadLetters)
		}
	})
}

func TestRunKeepsTheLeaseOfALongTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 4)
		config.Task.MaxSeconds = 600
		config.Pool.Slots = 1
		runs := 0
		r := newRig(t, config, func(ctx context.Context, _ Task[int]) error {
			runs++
			return sleep(ctx, 300*time.Second) // ten times the ack wait
		})
		r.run()
		r.counts(contract.Tasks{Done: 4})
		if runs != 4 {
			t.Fatalf("4 tasks ran %d times", runs)
		}
	})
}

func TestRunKeepsTheLeasesOfAThousandSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const slots = 1000
		config := testConfig(t, slots)
		config.Pool.Slots, config.Task.AckWaitSeconds, config.Task.MaxSeconds = slots, 6, 60
		var done effects
		r := newRig(t, config, func(ctx context.Context, task Task[int]) error {
			done.note(task.Payload)
			return sleep(ctx, 20*time.Second)
		})
		r.wrap = func(q queue.Queue) queue.Queue { return &spyQueue{Queue: q, renewal: 20 * time.Millisecond} }
		r.run()
		r.counts(contract.Tasks{Done: slots})
		done.wantOnce(t, slots)
	})
}

func TestRunGivesAwayTheTaskOfAStuckHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, again := make(chan struct{}), make(chan int, 1)
		r := newRig(t, endless(testConfig(t, 1)), func(_ context.Context, task Task[int]) error {
			if task.Attempt == 1 {
				<-release // whatever its context says
				return nil
			}
			again <- task.Attempt
			return nil
		})
		r.start()
		select {
		case <-again: // its lease was no longer renewed
		case <-time.After(time.Minute):
			t.Fatal("the task of the stuck handler was not delivered again")
		}
		if _, metrics := r.get("/metrics"); !strings.Contains(metrics, `capstan_tasks_stuck_total{worker="crawl"} 1`) {
			t.Fatalf("metrics do not count the stuck handler")
		}
		close(release)
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, 0)
		r.counts(contract.Tasks{Done: 1})
		if stuck := r.log.lines(t, "handler ignores its deadline"); len(stuck) != 1 {
			t.Fatalf("logged %v", stuck)
		}
	})
}

func TestRunBuriesATaskWhoseAttemptsNeverEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		config := endless(testConfig(t, 1))
		config.Pool.Slots = 4 // one more than the attempts
		r := newRig(t, config, func(context.Context, Task[int]) error { <-release; return nil }).start()
		time.Sleep(5 * time.Minute)
		close(release)
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, 0)
		r.counts(contract.Tasks{Dead: 1})
		if letter := r.report.DeadLetters[0]; !strings.Contains(letter.Reason, errEndless.Error()) {
			t.Fatalf("dead letter %+v", letter)
		}
	})
}

func TestRunFailsWhenStuckHandlersHoldEverySlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		config := testConfig(t, 5)
		var released []string
		r := newRig(t, config, func(context.Context, Task[int]) error { <-release; return nil })
		r.wrap = func(q queue.Queue) queue.Queue {
			return &spyQueue{Queue: q, onRelease: func(d queue.Delivery) { released = append(released, d.ID) }}
		}
		start := time.Now()
		r.run()
		r.ends(contract.WorkerReportReasonFailed, 1)
		if took := time.Since(start); took < 40*time.Second || took > 45*time.Second {
			t.Fatalf("gave up after %v, want deadline 10 s + patience 30 s and a little", took)
		}
		for _, id := range released {
			if id == "task-1" || id == "task-2" {
				t.Fatalf("handed back %v, with the stuck ones", released)
			}
		}
		close(release)
	})
}

func TestRunRepeatsATaskWhoseAckWasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var attempts []int
		r := newRig(t, endless(testConfig(t, 1)), func(_ context.Context, task Task[int]) error {
			attempts = append(attempts, task.Attempt)
			return nil
		})
		lost := errors.New("connection lost")
		r.wrap = func(q queue.Queue) queue.Queue {
			return &spyQueue{Queue: q, onAck: func(d queue.Delivery) error {
				if d.Attempt == 1 {
					return lost
				}
				return nil
			}}
		}
		r.start()
		time.Sleep(time.Minute)
		r.expectMetrics(map[string]float64{"capstan_tasks_unsettled_total": 1, `capstan_tasks_total{outcome="done"}`: 1})
		r.term()
		r.wait()
		r.counts(contract.Tasks{Done: 1})
		if len(attempts) != 2 || len(r.log.lines(t, "task not settled")) != 1 {
			t.Fatalf("attempts %v, log %v; want two, and the loss in the log", attempts, r.log.lines(t, "task not settled"))
		}
	})
}

func TestRunLetsHandlersEnqueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		r := newRig(t, testConfig(t, 1), func(ctx context.Context, task Task[int]) error {
			seen = append(seen, task.ID)
			if task.Payload < 3 {
				return errors.Join(task.Enqueue(ctx, "next", 3), task.Enqueue(ctx, "next", 3))
			}
			return nil
		})
		r.config.Pool.Slots = 1
		r.run()
		r.counts(contract.Tasks{Done: 2})
		if strings.Join(seen, " ") != "task-1 next" {
			t.Fatalf("ran %v", seen)
		}
	})
}

func TestRunTellsHandlersThatATaskIsTooLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var refused error
		r := newRig(t, testConfig(t, 1), func(ctx context.Context, task Task[int]) error {
			refused = task.Enqueue(ctx, "next", 12345)
			return nil
		})
		r.config.Source.Memory.PayloadBytes = new(8)
		r.run()
		r.counts(contract.Tasks{Done: 1})
		if !errors.Is(refused, queue.ErrTooLarge) {
			t.Fatalf("error %v, want queue.ErrTooLarge", refused)
		}
	})
}

// spyQueue looks at the calls of a queue, and can make its round trips slow.
type spyQueue struct {
	queue.Queue
	roundTrip time.Duration
	renewal   time.Duration // the round trip of InProgress
	onFetch   func(max int) error
	onBatch   func(n int)
	onAck     func(queue.Delivery) error

	mu        sync.Mutex
	onRelease func(queue.Delivery) // one call at a time
}

func (s *spyQueue) Fetch(ctx context.Context, max int) ([]queue.Delivery, error) {
	if s.onFetch != nil {
		if err := s.onFetch(max); err != nil {
			return nil, err
		}
	}
	if err := sleep(ctx, s.roundTrip); err != nil {
		return nil, err
	}
	batch, err := s.Queue.Fetch(ctx, max)
	if s.onBatch != nil {
		s.onBatch(len(batch))
	}
	return batch, err
}

func (s *spyQueue) Ack(ctx context.Context, d queue.Delivery) error {
	if s.onAck != nil {
		if err := s.onAck(d); err != nil {
			return err
		}
	}
	return s.Queue.Ack(ctx, d)
}

func (s *spyQueue) Release(ctx context.Context, d queue.Delivery) error {
	if s.onRelease != nil {
		s.mu.Lock()
		s.onRelease(d)
		s.mu.Unlock()
	}
	return s.Queue.Release(ctx, d)
}

func (s *spyQueue) InProgress(ctx context.Context, d queue.Delivery) error {
	if err := sleep(ctx, s.renewal); err != nil {
		return err
	}
	return s.Queue.InProgress(ctx, d)
}
