package pool_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"capstan/pool"
)

const benchWorkers = 8

// BenchmarkSubmit measures the price of one empty task, from submit to its end, next
// to that of `for task := range ch` with as many goroutines and the same queue: the
// yardstick of what the runtime itself offers, without contexts, resize, panic
// isolation, drain or numbers. With 1,000 producers nearly every submit is blocked.
func BenchmarkSubmit(b *testing.B) {
	dispatchers := []struct {
		name  string
		begin func(b *testing.B, queue int) (submit func(int), end func())
	}{
		{"pool", beginPool},
		{"channel", beginChannel},
	}
	for _, queue := range []int{0, 1024} {
		for _, producers := range []int{1, 2, 1000} {
			for _, d := range dispatchers {
				b.Run(fmt.Sprintf("queue=%d/producers=%d/%s", queue, producers, d.name), func(b *testing.B) {
					submit, end := d.begin(b, queue)
					b.ReportAllocs()
					b.ResetTimer()
					produce(b.N, producers, submit)
					end()
				})
			}
		}
	}
}

// BenchmarkSubmitBatch measures one task out of batches of 100.
func BenchmarkSubmitBatch(b *testing.B) {
	p, err := pool.New(pool.Config[int]{Workers: benchWorkers, Queue: 1024, Handle: nop})
	if err != nil {
		b.Fatal(err)
	}
	batch := make([]int, 100)
	b.ReportAllocs()
	b.ResetTimer()
	for left := b.N; left > 0; left -= len(batch) {
		if _, err := p.SubmitBatch(context.Background(), batch[:min(left, len(batch))]); err != nil {
			b.Fatal(err)
		}
	}
	if report := p.Drain(context.Background()); !report.Complete() {
		b.Fatalf("tasks lost: %+v", report)
	}
}

func nop(context.Context, int) error { return nil }

func beginPool(b *testing.B, queue int) (submit func(int), end func()) {
	p, err := pool.New(pool.Config[int]{Workers: benchWorkers, Queue: queue, Handle: nop})
	if err != nil {
		b.Fatal(err)
	}
	submit = func(task int) {
		if err := p.Submit(context.Background(), task); err != nil {
			b.Error(err)
		}
	}
	end = func() {
		p.Drain(context.Background())
		if ran := p.Stats().Completed; ran != uint64(b.N) {
			b.Errorf("ran %d tasks of %d", ran, b.N)
		}
	}
	return submit, end
}

func beginChannel(_ *testing.B, queue int) (submit func(int), end func()) {
	tasks := make(chan int, queue)
	var workers sync.WaitGroup
	for range benchWorkers {
		workers.Go(func() {
			for task := range tasks {
				_ = nop(context.Background(), task)
			}
		})
	}
	submit = func(task int) { tasks <- task }
	end = func() {
		close(tasks)
		workers.Wait()
	}
	return submit, end
}

// produce submits the tasks 0 to n-1 from that many goroutines.
func produce(n, producers int, submit func(int)) {
	var all sync.WaitGroup
	for producer := range producers {
		all.Go(func() {
			for task := producer; task < n; task += producers {
				submit(task)
			}
		})
	}
	all.Wait()
}
