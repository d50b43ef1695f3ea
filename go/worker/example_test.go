package worker_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"capstan/contract"
	"capstan/worker"
)

// page is the payload of the examples.
type page struct {
	URL string `json:"url"`
}

// run runs a worker of one slot over the seeds, as Main would.
func run(build func(worker.Setup) (worker.Handler[page], error), seeds string) contract.WorkerReport {
	return runWith(func(*contract.WorkerContract, *worker.Options) {}, build, seeds)
}

// runWith is run with other parts of the contract, and other options.
func runWith(
	change func(*contract.WorkerContract, *worker.Options), build func(worker.Setup) (worker.Handler[page], error), seeds string,
) contract.WorkerReport {
	config, err := contract.Parse(fmt.Appendf(nil, `{
		"contract": 1, "name": "crawl",
		"pool": {"slots": 1}, "fetch": {"factor": 2, "maxPrefetch": 4},
		"source": {"memory": {"capacity": 100, "exitWhenIdle": true, "seeds": %s}},
		"task": {
			"maxSeconds": 10, "ackWaitSeconds": 30, "maxAttempts": 3,
			"backoff": {"initialSeconds": 0.001, "maxSeconds": 1, "factor": 2, "jitter": 0.5}
		},
		"shutdown": {"lameDuckSeconds": 0, "drainSeconds": 10, "flushSeconds": 2},
		"http": {"metricsPort": 0, "host": "127.0.0.1"}
	}`, seeds))
	if err != nil {
		fmt.Println(err)
		return contract.WorkerReport{}
	}
	options := worker.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	change(config, &options)
	report, err := worker.Run(context.Background(), config, build, options)
	if err != nil {
		fmt.Println(err)
	}
	return report
}

// A handler that needs nothing built first.
func ExampleStateless() {
	handle := func(_ context.Context, t worker.Task[page]) error {
		fmt.Println("fetching", t.Payload.URL)
		return nil
	}
	report := run(worker.Stateless(handle), `["{\"url\":\"/\"}", "{\"url\":\"/about\"}"]`)
	fmt.Println(report.Reason, report.Tasks.Done, "done")
	// Output:
	// fetching /
	// fetching /about
	// idle 2 done
}

// A handler with state: built once, and adding tasks of its own.
func ExampleRun() {
	links := map[string][]string{"/": {"/a", "/b"}, "/a": {"/b", "/"}}
	build := func(s worker.Setup) (worker.Handler[page], error) {
		return func(ctx context.Context, t worker.Task[page]) error {
			fmt.Println("fetching", t.Payload.URL)
			for _, link := range links[t.Payload.URL] {
				if err := s.Enqueue(ctx, link, page{URL: link}); err != nil {
					return err
				}
			}
			return nil
		}, nil
	}
	run(build, `["{\"url\":\"/\"}"]`)
	// Output:
	// fetching /
	// fetching /a
	// fetching /b
	// fetching /
}

// What an error does to a task.
func ExamplePermanent() {
	handle := func(_ context.Context, t worker.Task[page]) error {
		switch {
		case t.Payload.URL == "/gone":
			return worker.Permanent(errors.New("410 gone"))
		case t.Attempt == 1:
			return worker.RetryAfter(errors.New("429 too many requests"), 0)
		}
		return nil
	}
	report := run(worker.Stateless(handle), `["{\"url\":\"/gone\"}", "{\"url\":\"/busy\"}"]`)
	fmt.Println(report.Tasks.Done, "done,", report.Tasks.Retried, "retried")
	for _, letter := range report.DeadLetters {
		fmt.Println("dead:", letter.Reason)
	}
	// Output:
	// 1 done, 1 retried
	// dead: 410 gone
}
