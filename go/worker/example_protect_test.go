package worker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"capstan/adaptive"
	"capstan/contract"
	"capstan/queue/driver"
	"capstan/worker"
)

const threePages = `["{\"url\":\"/a\"}", "{\"url\":\"/b\"}", "{\"url\":\"/c\"}"]`

// states prints what the log says of the circuit breaker.
func states() *slog.Logger {
	keep := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key != "state" && a.Key != slog.MessageKey {
			return slog.Attr{}
		}
		return a
	}
	// The breaker's lines are its only warnings here; the report comes at any level.
	return slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: keep}))
}

// At most so many tasks are fetched per second; none of them holds a slot while it waits.
func Example_rate() {
	protect := func(c *contract.WorkerContract, _ *worker.Options) {
		c.Protect = &contract.Protect{Rate: &contract.Rate{PerSecond: 50, Burst: 1}}
	}
	handle := func(context.Context, worker.Task[page]) error { return nil }
	began := time.Now()
	report := runWith(protect, worker.Stateless(handle), threePages)
	fmt.Println(report.Tasks.Done, "done, over 40 ms or more:", time.Since(began) >= 40*time.Millisecond)
	// Output: 3 done, over 40 ms or more: true
}

// Nothing is fetched for a while once too many attempts have failed; what was fetched ahead is handed
// back, so that an outage burns few attempts.
func Example_breaker() {
	protect := func(c *contract.WorkerContract, o *worker.Options) {
		c.Protect = &contract.Protect{Breaker: &contract.Breaker{
			FailureShare: 0.5, LeastAttempts: 2, WindowSeconds: 30, OpenSeconds: 0.05, Probes: 1,
		}}
		o.Log = states()
	}
	failures := 2
	handle := func(context.Context, worker.Task[page]) error {
		if failures > 0 {
			failures--
			return errors.New("503 service unavailable")
		}
		return nil
	}
	report := runWith(protect, worker.Stateless(handle), threePages)
	fmt.Println(report.Tasks.Done, "done,", report.Tasks.Retried, "attempts burnt")
	// Output:
	// msg="circuit breaker" state=open
	// msg="circuit breaker" state=probing
	// msg="circuit breaker" state=closed
	// msg=report
	// 3 done, 2 attempts burnt
}

// Retries beyond a share of the attempts come back with the longest delay.
func Example_retryBudget() {
	protect := func(c *contract.WorkerContract, _ *worker.Options) {
		c.Task.Backoff = contract.Backoff{InitialSeconds: 0.001, MaxSeconds: 0.2, Factor: 2}
		c.Protect = &contract.Protect{RetryBudget: &contract.RetryBudget{Share: 0, Least: 1, WindowSeconds: 60}}
	}
	var failed time.Time // the latest
	handle := func(_ context.Context, t worker.Task[page]) error {
		if t.Attempt == 1 {
			failed = time.Now()
			return errors.New("503 service unavailable")
		}
		fmt.Println(t.Payload.URL, "again")
		return nil
	}
	runWith(protect, worker.Stateless(handle), `["{\"url\":\"/a\"}", "{\"url\":\"/b\"}"]`)
	fmt.Println("all within the longest delay:", time.Since(failed) < 200*time.Millisecond)
	// Output:
	// /a again
	// /b again
	// all within the longest delay: false
}

// Slots are taken away while tasks take longer than they used to, and never added above the planned
// ones. The generated main brings the driver along where a spec says `adaptive`.
func Example_adaptive() {
	protect := func(c *contract.WorkerContract, o *worker.Options) {
		c.Pool.Slots = 3
		c.Protect = &contract.Protect{Adaptive: &contract.Adaptive{LeastSlots: 1}}
		o.Drivers = []driver.Driver{adaptive.Driver}
	}
	var all sync.WaitGroup
	all.Add(3)
	handle := func(context.Context, worker.Task[page]) error {
		all.Done()
		all.Wait() // all three run at once, as planned
		return nil
	}
	report := runWith(protect, worker.Stateless(handle), threePages)
	fmt.Println(report.Tasks.Done, "done")
	// Output: 3 done
}
