package pool_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"capstan/pool"
)

func Example() {
	p, err := pool.New(pool.Config[string]{
		Workers: 1,
		Queue:   10,
		Handle: func(_ context.Context, name string) error {
			fmt.Println("hello,", name)
			return nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"Ada", "Grace", "Katherine"} {
		if err := p.Submit(context.Background(), name); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("complete:", p.Drain(context.Background()).Complete())
	// Output:
	// hello, Ada
	// hello, Grace
	// hello, Katherine
	// complete: true
}

func ExampleNew_badConfiguration() {
	_, err := pool.New(pool.Config[string]{Workers: 0, Queue: -1})
	fmt.Println(err)
	// Output:
	// pool: Workers must be 1 or more, got 0
	// pool: Queue must be 0 or more, got -1
	// pool: Handle must be set, got nil
}

// A panic is the outcome of one task; the worker goes on with the next.
func ExampleConfig_done() {
	p, _ := pool.New(pool.Config[int]{
		Workers: 1,
		Queue:   10,
		Handle: func(_ context.Context, divisor int) error {
			_ = 100 / divisor
			return nil
		},
		Done: func(divisor int, err error) {
			var panicked *pool.PanicError
			if errors.As(err, &panicked) {
				fmt.Println(divisor, "panicked:", panicked.Value)
				return
			}
			fmt.Println(divisor, "done")
		},
	})
	for _, divisor := range []int{2, 0, 5} {
		_ = p.Submit(context.Background(), divisor)
	}
	p.Drain(context.Background())
	// Output:
	// 2 done
	// 0 panicked: runtime error: integer divide by zero
	// 5 done
}

// wait is a handler that runs until it is released.
func wait(_ context.Context, release chan struct{}) error {
	<-release
	return nil
}

// TrySubmit is for callers that can shed load, such as an HTTP handler that answers
// 429.
func ExamplePool_TrySubmit() {
	p, _ := pool.New(pool.Config[chan struct{}]{Workers: 1, Queue: 1, Handle: wait})
	release := make(chan struct{})
	for range 3 {
		fmt.Println(p.TrySubmit(release))
	}
	close(release)
	p.Drain(context.Background())
	// Output:
	// <nil>
	// <nil>
	// pool: full
}

// Submit gives up when its context ends, and the task is then not accepted.
func ExamplePool_Submit_deadline() {
	p, _ := pool.New(pool.Config[chan struct{}]{Workers: 1, Handle: wait})
	release := make(chan struct{})
	_ = p.Submit(context.Background(), release)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	fmt.Println(p.Submit(ctx, release))
	close(release)
	p.Drain(context.Background())
	fmt.Println("ran:", p.Stats().Completed)
	// Output:
	// context deadline exceeded
	// ran: 1
}

// A puller asks for room before it fetches, so that it never holds more than it can
// run or queue.
func ExamplePool_Room() {
	p, _ := pool.New(pool.Config[int]{
		Workers: 2,
		Queue:   2,
		Handle:  func(context.Context, int) error { return nil },
	})
	ctx := context.Background()
	source := []int{1, 2, 3, 4, 5, 6, 7, 8, 9}
	for len(source) > 0 {
		room, err := p.Room(ctx, 1)
		if err != nil {
			fmt.Println(err)
			return
		}
		fetched := source[:min(room, len(source))]
		source = source[len(fetched):]
		if _, err := p.SubmitBatch(ctx, fetched); err != nil {
			fmt.Println(err)
			return
		}
	}
	p.Drain(ctx)
	fmt.Println("ran:", p.Stats().Completed)
	// Output: ran: 9
}

func ExamplePool_Resize() {
	p, _ := pool.New(pool.Config[chan struct{}]{Workers: 1, Handle: wait})
	release := make(chan struct{})
	fmt.Println(p.TrySubmit(release), p.TrySubmit(release))
	_ = p.Resize(2)
	fmt.Println(p.TrySubmit(release), p.Stats().Workers)
	fmt.Println(p.Resize(0))
	close(release)
	p.Drain(context.Background())
	// Output:
	// <nil> pool: full
	// <nil> 2
	// pool: workers must be 1 or more, got 0
}

// When the deadline passes, the tasks that did not finish are handed back: to a queue,
// for example, from which another worker fetches them.
func ExamplePool_Drain_deadline() {
	started := make(chan struct{})
	p, _ := pool.New(pool.Config[string]{
		Workers: 1,
		Queue:   10,
		Handle: func(ctx context.Context, _ string) error {
			close(started)
			<-ctx.Done()
			return context.Cause(ctx)
		},
		Done: func(task string, err error) { fmt.Println(task, "ended:", err) },
	})
	_, _ = p.SubmitBatch(context.Background(), []string{"first", "second", "third"})
	<-started

	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	report := p.Drain(ctx)
	fmt.Println("hand back:", report.Unstarted)
	fmt.Println("stuck:", len(report.Stuck))
	// Output:
	// first ended: pool: drain deadline passed
	// hand back: [second third]
	// stuck: 0
}

func ExamplePool_Stats() {
	p, _ := pool.New(pool.Config[int]{
		Workers: 4,
		Queue:   100,
		Handle: func(_ context.Context, task int) error {
			if task%10 == 0 {
				return errors.New("divisible by ten")
			}
			return nil
		},
	})
	for task := range 100 {
		_ = p.Submit(context.Background(), task)
	}
	p.Drain(context.Background())
	s := p.Stats()
	fmt.Println(s.Accepted, s.Completed, s.Failed, s.Panicked, s.Busy, s.Queued)
	fmt.Println("utilisation known:", s.BusyTime > 0 && s.BusyTime <= s.SlotTime)
	// Output:
	// 100 100 10 0 0 0
	// utilisation known: true
}
