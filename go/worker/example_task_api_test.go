package worker_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"capstan/worker"
)

// Middleware runs around each attempt, the first outermost.
func ExampleUse() {
	named := func(name string) worker.Middleware[page] {
		return func(next worker.Handler[page]) worker.Handler[page] {
			return func(ctx context.Context, t worker.Task[page]) error {
				fmt.Println(name, "before", t.Payload.URL)
				defer fmt.Println(name, "after")
				return next(ctx, t)
			}
		}
	}
	handle := func(_ context.Context, t worker.Task[page]) error {
		fmt.Println("fetching", t.Payload.URL)
		return nil
	}
	run(worker.Use(worker.Stateless(handle), named("outer"), named("inner")), `["{\"url\":\"/\"}"]`)
	// Output:
	// outer before /
	// inner before /
	// fetching /
	// inner after
	// outer after
}

// A batch has an outcome for each of its tasks.
func ExampleBatch() {
	store := func(_ context.Context, tasks []worker.Task[page]) []error {
		errs := make([]error, len(tasks))
		for i, t := range tasks {
			if t.Payload.URL == "/gone" {
				errs[i] = worker.Permanent(errors.New("410 gone"))
			}
		}
		return errs
	}
	build := worker.Batch(worker.BatchConfig{Max: 50, Wait: 5 * time.Millisecond}, store)
	report := run(build, `["{\"url\":\"/\"}", "{\"url\":\"/gone\"}", "{\"url\":\"/about\"}"]`)
	fmt.Println(report.Tasks.Done, "done,", report.Tasks.Dead, "dead")
	// Output: 2 done, 1 dead
}

// A task that cannot be done yet comes again later; no attempt counts.
func ExampleSnooze() {
	ready := false
	handle := func(_ context.Context, t worker.Task[page]) error {
		if !ready {
			ready = true
			return worker.Snooze(time.Millisecond)
		}
		fmt.Println("attempt", t.Attempt)
		return nil
	}
	report := run(worker.Stateless(handle), `["{\"url\":\"/\"}"]`)
	fmt.Println(report.Tasks.Done, "done,", report.Tasks.Snoozed, "put off")
	// Output:
	// attempt 1
	// 1 done, 1 put off
}
