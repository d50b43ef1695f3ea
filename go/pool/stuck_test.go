package pool_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"capstan/pool"
)

// sleepThrough is a handler that does not heed its context.
func sleepThrough(_ context.Context, task time.Duration) error {
	time.Sleep(task)
	return nil
}

func stuckTasks(p *pool.Pool[time.Duration]) []time.Duration {
	var tasks []time.Duration
	for _, s := range p.Stuck() {
		tasks = append(tasks, s.Task)
	}
	return tasks
}

func TestStuckListsWhatRunsForTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 3, Queue: 9, Handle: sleepThrough, StuckAfter: 8 * time.Second})
		began := time.Now()
		submitAll(t, p, 100*time.Second, 5*time.Second)
		time.Sleep(3 * time.Second)
		submitAll(t, p, 50*time.Second) // starts at 3 s, put down as of 1.6 s
		for _, at := range []struct {
			second int
			want   []time.Duration
		}{
			{8, nil}, {9, nil},
			{10, []time.Duration{100 * time.Second}},
			{11, []time.Duration{100 * time.Second}},
			{13, []time.Duration{100 * time.Second, 50 * time.Second}},
			{54, []time.Duration{100 * time.Second}},
			{101, nil},
		} {
			time.Sleep(time.Duration(at.second)*time.Second - time.Since(began))
			synctest.Wait()
			if got := stuckTasks(p); !slices.Equal(got, at.want) {
				t.Errorf("at %d s: %v stuck, want %v", at.second, got, at.want)
			}
			for _, s := range p.Stuck() {
				start := map[time.Duration]time.Duration{100 * time.Second: 0, 50 * time.Second: 3 * time.Second}[s.Task]
				if early := began.Add(start).Sub(s.Since); early < 0 || early > 2*time.Second {
					t.Errorf("%v is said to have started %v before it did", s.Task, early)
				}
			}
		}
		p.Drain(bg)
	})
}

func TestStuckWatchesEveryTaskOfABusyPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 2, Queue: 1000, Handle: sleepThrough, StuckAfter: time.Second})
		for range 100 { // no worker is ever idle, so that nothing but the watch reads the clock
			submitAll(t, p, 100*time.Millisecond)
		}
		submitAll(t, p, time.Minute)
		for range 1000 {
			submitAll(t, p, 100*time.Millisecond)
			time.Sleep(50 * time.Millisecond)
			synctest.Wait()
			if got := stuckTasks(p); len(got) > 1 || len(got) == 1 && got[0] != time.Minute {
				t.Fatalf("%v stuck", got)
			}
		}
		p.Drain(bg)
	})
}

func TestStuckListsNothingTooYoungWhereTheClockIsReadLate(t *testing.T) {
	for name, asked := range map[string]time.Duration{
		"asked before the reading": 14 * time.Second,
		"asked after the reading":  16 * time.Second,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := open(t, pool.Config[time.Duration]{Workers: 2, Handle: sleepThrough, StuckAfter: 10 * time.Second})
				const old, young = 100 * time.Second, 50 * time.Second
				submitAll(t, p, old)
				synctest.Wait()
				p.DelayWatch(15 * time.Second)
				time.Sleep(14 * time.Second)
				began := time.Now()
				submitAll(t, p, young)
				synctest.Wait()
				time.Sleep(asked - 14*time.Second)
				for age := time.Since(began); age < 10*time.Second; age = time.Since(began) {
					if got := stuckTasks(p); slices.Contains(got, young) {
						t.Errorf("listed when it is %v old", age)
					}
					time.Sleep(time.Second / 2)
				}
				time.Sleep(2500 * time.Millisecond)
				if got := stuckTasks(p); len(got) != 2 {
					t.Errorf("%v stuck, want both", got)
				}
				p.Drain(bg)
			})
		})
	}
}

func TestStuckStillListsWhatADrainGaveUpOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 1, Handle: sleepThrough, StuckAfter: 4 * time.Second, CancelGrace: time.Second})
		submitAll(t, p, time.Minute)
		synctest.Wait()
		ended, cancel := context.WithCancel(bg)
		cancel()
		if report := p.Drain(ended); len(report.Stuck) != 1 {
			t.Fatalf("%+v", report)
		}
		time.Sleep(30 * time.Second)
		if got := stuckTasks(p); !slices.Equal(got, []time.Duration{time.Minute}) {
			t.Errorf("%v stuck", got)
		}
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if got := stuckTasks(p); got != nil {
			t.Errorf("%v stuck after all has ended", got)
		}
	})
}

func TestNothingIsWatchedUnlessAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 1, Handle: sleepThrough})
		submitAll(t, p, time.Hour)
		time.Sleep(time.Minute)
		if got := p.Stuck(); got != nil {
			t.Errorf("%v stuck", got)
		}
		p.Drain(bg)
	})
}

// A task that hangs keeps its slot. Stuck says which it is, for a log line or a
// readiness probe.
func ExamplePool_Stuck() {
	release := make(chan struct{})
	p, _ := pool.New(pool.Config[string]{
		Workers:    2,
		StuckAfter: 20 * time.Millisecond,
		Handle: func(_ context.Context, name string) error {
			if name == "hangs" {
				<-release
			}
			return nil
		},
	})
	_ = p.Submit(context.Background(), "hangs")
	_ = p.Submit(context.Background(), "returns")
	for p.Stats().Completed == 0 || len(p.Stuck()) == 0 {
		time.Sleep(time.Millisecond)
	}
	for _, s := range p.Stuck() {
		fmt.Println(s.Task, "since long:", time.Since(s.Since) >= 20*time.Millisecond)
	}
	close(release)
	p.Drain(context.Background())
	fmt.Println("stuck:", len(p.Stuck()))
	// Output:
	// hangs since long: true
	// stuck: 0
}
