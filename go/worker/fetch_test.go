package worker

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"capstan/contract"
	"capstan/queue"
)

// hoard runs n tasks of the given length behind a queue with the given round trip, and gives
// how many were ever fetched and not begun.
func hoard(t *testing.T, config *contract.WorkerContract, slots, n int, length, roundTrip time.Duration) (most int) {
	t.Helper()
	config.Pool.Slots, config.Source.Memory.Capacity = slots, n
	config.Source.Memory.Seeds = testConfig(t, n).Source.Memory.Seeds
	waiting := make(chan int, 1)
	waiting <- 0
	count := func(by int) {
		now := <-waiting + by
		most = max(most, now)
		waiting <- now
	}
	r := newRig(t, config, func(ctx context.Context, _ Task[int]) error {
		count(-1)
		return sleep(ctx, length)
	})
	r.wrap = func(q queue.Queue) queue.Queue {
		return &spyQueue{Queue: q, roundTrip: roundTrip, onBatch: count}
	}
	r.run()
	r.counts(contract.Tasks{Done: n})
	return most
}

func TestMarginKeepsSlotsBusyAcrossTheRoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const slots, n = 10, 4000
		config := testConfig(t, 0)
		config.Fetch.MaxPrefetch = 100
		start := time.Now()
		most := hoard(t, config, slots, n, 50*time.Millisecond, 100*time.Millisecond)
		took := time.Since(start)
		floor := n / slots * 50 * time.Millisecond
		if took > floor*5/4 {
			t.Errorf("took %v, want within a quarter of %v", took, floor)
		}
		// Little's law: 200/s x 0.1 s = 20, times factor 2, and the free slots.
		if most > 40+slots+5 {
			t.Errorf("held %d tasks that had not begun", most)
		}
	})
}

func TestMarginIsNothingForSlowTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const slots = 4
		if most := hoard(t, testConfig(t, 0), slots, 40, 8*time.Second, 100*time.Millisecond); most > slots {
			t.Errorf("held %d tasks that had not begun, want no more than the %d free slots", most, slots)
		}
	})
}

func TestMarginIgnoresTheWaitForTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			mu            sync.Mutex
			waiting, most int
			idle          = testConfig(t, 0)
			setups        = make(chan Setup, 1)
		)
		count := func(by int) {
			mu.Lock()
			defer mu.Unlock()
			waiting += by
			most = max(most, waiting)
		}
		r := newRig(t, endless(idle), nil)
		r.build = func(s Setup) (Handler[int], error) {
			setups <- s
			return func(ctx context.Context, _ Task[int]) error {
				count(-1)
				return sleep(ctx, time.Second)
			}, nil
		}
		r.wrap = func(q queue.Queue) queue.Queue { return &spyQueue{Queue: q, onBatch: count} }
		r.start()
		setup := <-setups
		enqueue := func(n int) {
			for range n {
				if err := setup.Enqueue(t.Context(), "", 0); err != nil {
					t.Error(err)
				}
			}
		}
		for range 20 { // every fetch waits for seconds
			time.Sleep(5 * time.Second)
			enqueue(1)
		}
		time.Sleep(5 * time.Second)
		enqueue(100)
		time.Sleep(20 * time.Second)
		r.term()
		r.wait()
		if most > idle.Pool.Slots {
			t.Errorf("held %d tasks that had not begun, want no more than the %d slots", most, idle.Pool.Slots)
		}
	})
}

func TestMarginStaysWithinItsMaximum(t *testing.T) {
	now := time.Now()
	for range 1000 {
		m := newMargin(rand.Float64()*5, rand.IntN(50), now)
		at, completed := now, uint64(0)
		for range 20 {
			at = at.Add(time.Duration(rand.Int64N(int64(time.Minute))))
			completed += rand.Uint64N(1000)
			m.observe(at, completed)
			// Less than nothing: what came was waited for before it was asked for.
			m.fetched(time.Duration(rand.Int64N(int64(time.Second))) - 200*time.Millisecond)
			for _, got := range []int{m.tasks(), m.landing()} {
				if got < 0 || got > m.max {
					t.Fatalf("%d outside 0 to %d", got, m.max)
				}
			}
		}
	}
}

func TestMarginRateDoesNotDependOnHowOftenItIsRead(t *testing.T) {
	start := time.Now()
	seldom, often := newMargin(1, 100, start), newMargin(1, 100, start)
	for second := range 10 {
		for part := range 10 {
			often.observe(start.Add(time.Duration(10*second+part+1)*100*time.Millisecond), uint64(10*second+part+1)*5)
		}
		seldom.observe(start.Add(time.Duration(second+1)*time.Second), uint64(second+1)*50)
	}
	if diff := seldom.rate - often.rate; diff > 0.01 || diff < -0.01 {
		t.Fatalf("rates %v and %v for the same 50 tasks/s", seldom.rate, often.rate)
	}
}

func TestFetchHoldsNoMoreThanThePoolTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 0)
		config.Fetch.MaxPrefetch, config.Fetch.Factor = 3, 1000
		if most := hoard(t, config, 1, 500, time.Millisecond, 10*time.Millisecond); most < 3 || most > 3+1 {
			t.Fatalf("up to %d tasks were fetched and not begun, want the 3 ahead and at most the 1 for the slot", most)
		}
	})
}

func TestFetchFailuresAreSurvivedUnlessTheyGoOn(t *testing.T) {
	for _, c := range []struct {
		name     string
		failures int
		reason   contract.WorkerReportReason
		code     int
	}{
		{"a few", fetchTries - 1, contract.WorkerReportReasonIdle, 0},
		{"fails when there is no end to them", 1000, contract.WorkerReportReasonFailed, 1},
	} {
		t.Run(c.name, bubble(func(t *testing.T) {
			left := c.failures
			r := newRig(t, testConfig(t, 3), func(context.Context, Task[int]) error { return nil })
			r.wrap = func(q queue.Queue) queue.Queue {
				return &spyQueue{Queue: q, onFetch: func(int) error {
					if left--; left >= 0 {
						return fmt.Errorf("broker is away: %w", io.EOF) // as a connection ends
					}
					return nil
				}}
			}
			start := time.Now()
			r.run()
			r.ends(c.reason, c.code)
			if took := time.Since(start); took < 30*time.Second || took > 2*time.Minute {
				t.Errorf("took %v over the waits between tries, want about a minute", took)
			}
		}))
	}
}

func TestBackoffStaysBetweenItsBounds(t *testing.T) {
	for range 5000 {
		b := contract.Backoff{
			InitialSeconds: rand.Float64() * 10, MaxSeconds: 10 + rand.Float64()*100,
			Factor: 1 + rand.Float64()*9, Jitter: rand.Float64(),
		}
		attempt := 1 + rand.IntN(2000) // the power overflows on the way
		full, least := backoff(b, attempt, 0), backoff(b, attempt, 1)
		got := backoff(b, attempt, rand.Float64())
		if got < least || got > full || full > contract.Seconds(b.MaxSeconds) || full < least {
			t.Fatalf("%+v attempt %d: %v outside %v to %v", b, attempt, got, least, full)
		}
		if next := backoff(b, attempt+1, 0); next < full {
			t.Fatalf("%+v: delay falls from %v to %v after attempt %d", b, full, next, attempt)
		}
	}
	b := contract.Backoff{InitialSeconds: 1, MaxSeconds: 60, Factor: 2, Jitter: 0.5}
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		if got := backoff(b, i+1, 0); got != want*time.Second {
			t.Errorf("after attempt %d: %v, want %v s", i+1, got, want)
		}
		if got := backoff(b, i+1, 1); got != want*time.Second/2 {
			t.Errorf("after attempt %d with full jitter: %v, want half of %v s", i+1, got, want)
		}
	}
}
