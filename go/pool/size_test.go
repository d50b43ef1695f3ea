package pool_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"capstan/pool"
)

func sized(g *gate, workers, queue int, most int64) pool.Config[int] {
	return pool.Config[int]{
		Workers: workers, Queue: queue, Handle: g.handle,
		MaxSize: most, Size: func(task int) int64 { return int64(task) },
	}
}

func TestTheSumOfSizesIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, sized(g, 2, 10, 100))
		for _, step := range []struct {
			task int
			want error
		}{{60, nil}, {30, nil}, {11, pool.ErrFull}, {10, nil}, {1, pool.ErrFull}, {0, nil}} {
			if err := p.TrySubmit(step.task); !errors.Is(err, step.want) {
				t.Errorf("TrySubmit of %d: %v, want %v", step.task, err, step.want)
			}
		}
		synctest.Wait()
		if s := p.Stats(); s.Size != 100 {
			t.Errorf("%d in use, want 100", s.Size)
		}
		g.finish(30, nil)
		synctest.Wait()
		if err := p.TrySubmit(29); err != nil {
			t.Errorf("room for 30, and TrySubmit of 29: %v", err)
		}
		g.finishAll(synctest.Wait)
		if s := p.Stats(); s.Size != 0 {
			t.Errorf("%d in use by nothing", s.Size)
		}
		p.Drain(bg)
	})
}

func TestALargeTaskWaitsForItsTurnAndNobodyOvertakesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, sized(g, 3, 10, 100))
		submitting(bg, p, 50, 40)
		large, small := submitting(bg, p, 70)[70], submitting(bg, p, 5)[5]
		g.finish(40, nil)
		synctest.Wait()
		if answered(large) || answered(small) {
			t.Error("half of the size is free, and a task of 70 or the one behind it was accepted")
		}
		g.finish(50, nil)
		synctest.Wait()
		if !answered(large) || !answered(small) {
			t.Error("everything is free, and not both were accepted")
		}
		g.finishAll(synctest.Wait)
		p.Drain(bg)
	})
}

func TestSubmitBatchIsBoundedBySize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, sized(g, 1, 10, 100))
		ctx, cancel := context.WithCancel(bg)
		accepted := make(chan int)
		go func() {
			n, _ := p.SubmitBatch(ctx, []int{30, 31, 32, 33})
			accepted <- n
		}()
		synctest.Wait()
		if s := p.Stats(); s.Accepted != 3 || s.Blocked != 1 {
			t.Errorf("%+v", s)
		}
		cancel()
		if n := <-accepted; n != 3 {
			t.Errorf("%d accepted, want 3", n)
		}
		ended, cancel := context.WithCancel(bg)
		cancel()
		go g.finishAll(synctest.Wait)
		if report := p.Drain(ended); len(report.Unstarted) != 2 || p.Stats().Size > 30 {
			t.Errorf("%+v, size %d", report, p.Stats().Size)
		}
	})
}

func TestSizesThatCanNeverBeAccepted(t *testing.T) {
	p := open(t, pool.Config[int]{Workers: 1, Queue: 5, Handle: nop, MaxSize: 10, Size: func(task int) int64 { return int64(task) }})
	_, batch := p.SubmitBatch(bg, []int{1, 11})
	for name, err := range map[string]error{
		"fails with a task larger than MaxSize": p.Submit(bg, 11),
		"fails with a negative size":            p.TrySubmit(-1),
		"fails with a batch that has one":       batch,
	} {
		if !errors.Is(err, pool.ErrTooLarge) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	p.Drain(bg)
	if s := p.Stats(); s.Accepted != 0 {
		t.Errorf("%d accepted", s.Accepted)
	}
	for name, config := range map[string]pool.Config[int]{
		"fails with MaxSize alone":       {Workers: 1, Handle: nop, MaxSize: 1},
		"fails with Size alone":          {Workers: 1, Handle: nop, Size: func(int) int64 { return 1 }},
		"fails with a negative max size": {Workers: 1, Handle: nop, MaxSize: -1, Size: func(int) int64 { return 1 }},
	} {
		if _, err := pool.New(config); err == nil || !strings.Contains(err.Error(), "MaxSize") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Two bounds hold at once: a number of tasks, and the bytes of their payloads.
func ExampleConfig_size() {
	p, _ := pool.New(pool.Config[[]byte]{
		Workers: 4,
		Queue:   100,
		MaxSize: 1 << 20,
		Size:    func(payload []byte) int64 { return int64(len(payload)) },
		Handle: func(_ context.Context, payload []byte) error {
			fmt.Println(len(payload), "bytes")
			return nil
		},
	})
	fmt.Println(p.Submit(context.Background(), make([]byte, 2<<20)))
	_ = p.Submit(context.Background(), make([]byte, 512<<10))
	p.Drain(context.Background())
	// Output:
	// pool: task too large: its size is 2097152, and MaxSize 1048576
	// 524288 bytes
}
