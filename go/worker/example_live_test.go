package worker_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"capstan/contract"
	"capstan/worker"
)

// The file of live settings is read at the start and every 5 s; what it says wins over the contract.
func Example_live() {
	folder, err := os.MkdirTemp("", "live-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "live.json")
	if err := os.WriteFile(path, []byte(`{"contract": 1, "slots": 1, "log": {"level": "error"}}`), 0o600); err != nil {
		panic(err)
	}
	level := new(slog.LevelVar)
	live := func(c *contract.WorkerContract, o *worker.Options) {
		c.Pool.Slots, c.Live = 3, &path
		o.Level, o.Log = level, slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: level}))
	}
	var now, peak atomic.Int64
	handle := func(context.Context, worker.Task[page]) error {
		defer now.Add(-1)
		peak.Store(max(peak.Load(), now.Add(1)))
		time.Sleep(time.Millisecond)
		return nil
	}
	runWith(live, worker.Stateless(handle), threePages)
	fmt.Println("at once:", peak.Load(), "of 3 planned; log level:", level.Level())
	// Output: at once: 1 of 3 planned; log level: ERROR
}
