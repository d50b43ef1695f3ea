package pool_test

import (
	"context"
	"sync"
	"testing"

	"capstan/pool"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open returns a pool, or fails the test.
func open[T any](t testing.TB, config pool.Config[T]) *pool.Pool[T] {
	t.Helper()
	p, err := pool.New(config)
	if err != nil {
		t.Fatalf("fails to open the pool: %v", err)
	}
	return p
}

// gate is a handler whose tasks run until the test lets them go. It notes the order
// in which they start.
type gate struct {
	mu      sync.Mutex
	started []int
	held    map[int]chan error
}

func newGate() *gate { return &gate{held: map[int]chan error{}} }

func (g *gate) handle(_ context.Context, task int) error {
	g.mu.Lock()
	g.started = append(g.started, task)
	release := make(chan error)
	g.held[task] = release
	g.mu.Unlock()
	return <-release
}

// finish ends a running task with err.
func (g *gate) finish(task int, err error) {
	g.mu.Lock()
	release := g.held[task]
	delete(g.held, task)
	g.mu.Unlock()
	release <- err
}

// finishAll lets go of all tasks that run, and of those that start thereupon, until
// none is left. The caller is in a synctest bubble, and settle is synctest.Wait.
func (g *gate) finishAll(settle func()) {
	for settle(); ; settle() {
		running := g.running()
		if len(running) == 0 {
			return
		}
		for _, task := range running {
			g.finish(task, nil)
		}
	}
}

// order returns the tasks started so far, oldest first.
func (g *gate) order() []int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]int(nil), g.started...)
}

// running returns the tasks that have started and not finished, oldest first.
func (g *gate) running() []int {
	g.mu.Lock()
	defer g.mu.Unlock()
	var running []int
	for _, task := range g.started {
		if g.held[task] != nil {
			running = append(running, task)
		}
	}
	return running
}
