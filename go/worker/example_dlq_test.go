package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"capstan/contract"
	"capstan/queue"
)

// What `develop dlq …` does, here with tasks from a folder.
func Example_dlq() {
	folder, err := os.MkdirTemp("", "dlq-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	input := filepath.Join(folder, "in")
	if err := errors.Join(os.Mkdir(input, 0o700), os.WriteFile(filepath.Join(input, "a.jpg"), []byte("no photo"), 0o600)); err != nil {
		panic(err)
	}
	config, err := contract.Parse(fmt.Appendf(nil, `{
		"contract": 1, "name": "develop", "pool": {"slots": 1}, "fetch": {"factor": 2, "maxPrefetch": 0},
		"source": {"folder": {"input": %q, "state": %q, "exitWhenIdle": true}},
		"task": {
			"maxSeconds": 10, "ackWaitSeconds": 30, "maxAttempts": 1,
			"backoff": {"initialSeconds": 1, "maxSeconds": 1, "factor": 2, "jitter": 0}
		},
		"shutdown": {"lameDuckSeconds": 0, "drainSeconds": 1, "flushSeconds": 1},
		"http": {"metricsPort": 0, "host": "127.0.0.1"}
	}`, input, filepath.Join(folder, "state")))
	if err != nil {
		panic(err)
	}
	isFixed := false
	work := func() {
		handle := func(context.Context, Task[any]) error {
			if isFixed {
				return nil
			}
			return Permanent(errors.New("not a photo"))
		}
		report, err := Run(context.Background(), config, Stateless(handle), Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
		fmt.Println(report.Tasks.Done, "done,", report.Tasks.Dead, "dead", err)
	}
	dlq := func(args ...string) string {
		var out strings.Builder
		load := func() (*contract.WorkerContract, error) { return config, nil }
		if code := runDLQ(context.Background(), args, load, nil, &out, os.Stdout); code != exitClean {
			fmt.Println("exit code", code)
		}
		return out.String()
	}

	work()
	letters, err := queue.OpenFolderDeadLetters(config.Source.Folder.State)
	if err != nil {
		panic(err)
	}
	listed, err := letters.List(context.Background(), "", 10)
	if err != nil || letters.Close() != nil {
		panic(err)
	}
	fmt.Println("listed:", strings.Contains(dlq("list"), listed[0].Letter), listed[0].ID, listed[0].Reason)

	isFixed = true
	dlq("replay", "--all")
	work()
	fmt.Println("left:", dlq("list", "--json"))
	// Output:
	// 0 done, 1 dead <nil>
	// listed: true a.jpg not a photo
	// 1 done, 0 dead <nil>
	// left: []
}
