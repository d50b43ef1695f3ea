package pool_test

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"capstan/pool"
)

// sleeper is a handler whose task is how long it takes; it heeds its context.
func sleeper(ctx context.Context, task time.Duration) error {
	select {
	case <-time.After(task):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func submitAll[T any](t *testing.T, p *pool.Pool[T], tasks ...T) {
	t.Helper()
	if _, err := p.SubmitBatch(bg, tasks); err != nil {
		t.Fatal(err)
	}
}

func TestDrainFinishesWhatIsQueuedAndRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 2, Queue: 4, Handle: sleeper})
		submitAll(t, p, 1*time.Second, 2*time.Second, 3*time.Second, 4*time.Second, 5*time.Second)
		report := p.Drain(bg)
		// Two workers: 1+3+5 and 2+4.
		want := pool.Report[time.Duration]{Finished: 5, Elapsed: 9 * time.Second}
		if !reflect.DeepEqual(report, want) || !report.Complete() {
			t.Errorf("got %+v, want %+v", report, want)
		}
		if live := p.Stats().Live; live != 0 {
			t.Errorf("%d workers live", live)
		}
	})
}

func TestDrainCountsOnlyWhatFinishedDuringTheDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 1, Queue: 4, Handle: sleeper})
		submitAll(t, p, time.Second, time.Second, time.Second)
		time.Sleep(1500 * time.Millisecond)
		if report := p.Drain(bg); report.Finished != 2 || report.Elapsed != 1500*time.Millisecond {
			t.Errorf("%+v", report)
		}
	})
}

func TestDrainOfAnIdlePoolReturnsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 4, Handle: sleeper})
		submitAll(t, p, 1, 1, 1, 1)
		time.Sleep(time.Second) // four workers are parked now
		if report := p.Drain(bg); !reflect.DeepEqual(report, pool.Report[time.Duration]{}) {
			t.Errorf("%+v", report)
		}
	})
}

func TestDrainPastItsDeadlineHandsBackWhatNeverStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var causes []error
		p := open(t, pool.Config[time.Duration]{Workers: 2, Queue: 4, Handle: sleeper, Done: func(_ time.Duration, err error) {
			mu.Lock()
			defer mu.Unlock()
			causes = append(causes, err)
		}})
		submitAll(t, p, 10*time.Second, 11*time.Second, 12*time.Second, 13*time.Second)
		ctx, cancel := context.WithTimeout(bg, 3*time.Second)
		defer cancel()
		report := p.Drain(ctx)
		want := pool.Report[time.Duration]{
			Unstarted: []time.Duration{12 * time.Second, 13 * time.Second},
			Cancelled: 2,
			Finished:  2,
			Elapsed:   3 * time.Second,
		}
		if !reflect.DeepEqual(report, want) || report.Complete() {
			t.Errorf("got %+v, want %+v", report, want)
		}
		if len(causes) != 2 || !errors.Is(causes[0], pool.ErrDrainDeadline) || !errors.Is(causes[1], pool.ErrDrainDeadline) {
			t.Errorf("handlers were cancelled with %v", causes)
		}
	})
}

func TestDrainReturnsWithoutStuckHandlersAndKeepsTheirTasksFromDone(t *testing.T) {
	for _, grace := range []time.Duration{0, 7 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			g := newGate()
			var told outcomes
			p := open(t, pool.Config[int]{Workers: 3, Queue: 2, Handle: g.handle, Done: told.done, CancelGrace: grace})
			submitAll(t, p, 0, 1, 2, 3)
			synctest.Wait()
			ctx, cancel := context.WithTimeout(bg, 3*time.Second)
			defer cancel()
			go func() {
				<-ctx.Done()
				time.Sleep(time.Millisecond)
				g.finish(1, nil) // late, but within the grace
			}()
			report := p.Drain(ctx)
			slices.Sort(report.Stuck)
			want := pool.Report[int]{
				Unstarted: []int{3},
				Stuck:     []int{0, 2},
				Cancelled: 3,
				Finished:  1,
				Elapsed:   3*time.Second + max(grace, pool.DefaultCancelGrace*time.Duration(1-min(1, grace))),
			}
			if !reflect.DeepEqual(report, want) {
				t.Errorf("got %+v, want %+v", report, want)
			}
			g.finishAll(synctest.Wait) // the stuck ones return after all
			if len(told.errs) != 1 || len(told.errs[1]) != 1 {
				t.Errorf("Done was told of %v, want task 1 only", told.errs)
			}
			if again := p.Drain(bg); again.Finished != 1 || len(again.Stuck) != 2 {
				t.Errorf("the report changed to %+v", again)
			}
			if s := p.Stats(); s.Completed != 3 || s.Live != 0 {
				t.Errorf("after the stuck handlers returned: %+v", s)
			}
		})
	}
}

func TestDrainDoesNotHandBackWhatDoneIsDecidingOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		p := open(t, pool.Config[int]{Workers: 1, Handle: nop, Done: func(int, error) { <-release }})
		submitAll(t, p, 0)
		synctest.Wait()
		ctx, cancel := context.WithCancel(bg)
		cancel()
		report := p.Drain(ctx)
		want := pool.Report[int]{Reporting: 1, Elapsed: pool.DefaultCancelGrace}
		if !reflect.DeepEqual(report, want) || report.Complete() {
			t.Errorf("got %+v, want %+v", report, want)
		}
		close(release)
	})
}

func TestDrainRefusesThoseWhoAreBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 1, Handle: g.handle})
		answers := submitting(bg, p, 0, 1, 2)
		room := asking(bg, p, 1)
		go p.Drain(bg)
		synctest.Wait()
		for _, task := range []int{1, 2} {
			if err := <-answers[task]; !errors.Is(err, pool.ErrClosed) {
				t.Errorf("Submit of %d: got %v, want ErrClosed", task, err)
			}
		}
		if got := <-room; !errors.Is(got.err, pool.ErrClosed) {
			t.Errorf("Room: %+v", got)
		}
		g.finishAll(synctest.Wait)
		if got := g.order(); !slices.Equal(got, []int{0}) {
			t.Errorf("started %v", got)
		}
	})
}

func TestAllDrainsReturnTheSameReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 1, Queue: 2, Handle: sleeper})
		submitAll(t, p, 10*time.Second, 20*time.Second, 30*time.Second)
		patient := make(chan pool.Report[time.Duration], 1)
		go func() { patient <- p.Drain(bg) }()
		ctx, cancel := context.WithTimeout(bg, 15*time.Second)
		defer cancel()
		first := p.Drain(ctx)
		want := pool.Report[time.Duration]{
			Unstarted: []time.Duration{30 * time.Second},
			Cancelled: 1, Finished: 2, Elapsed: 15 * time.Second,
		}
		if !reflect.DeepEqual(first, want) {
			t.Errorf("first: got %+v, want %+v", first, want)
		}
		first.Unstarted[0] = 0 // each caller owns its slices
		for name, report := range map[string]pool.Report[time.Duration]{"concurrent": <-patient, "later": p.Drain(ctx)} {
			if !reflect.DeepEqual(report, want) {
				t.Errorf("%s: got %+v, want %+v", name, report, want)
			}
		}
	})
}

func TestTheDeadlineIsTheCauseWhicheverDrainReturnsFirst(t *testing.T) {
	for range 2000 { // what could come between is a few instructions long
		contexts := make(chan context.Context)
		p := open(t, pool.Config[int]{Workers: 1, CancelGrace: 1, Handle: func(ctx context.Context, _ int) error {
			contexts <- ctx
			<-ctx.Done()
			return nil
		}})
		submitAll(t, p, 0)
		handlers := <-contexts
		deadline, pass := context.WithCancel(bg)
		var drains sync.WaitGroup
		drains.Go(func() { p.Drain(bg) })
		drains.Go(func() { p.Drain(deadline) })
		for p.TrySubmit(1) != pool.ErrClosed {
			runtime.Gosched()
		}
		pass()
		drains.Wait()
		if err := context.Cause(handlers); !errors.Is(err, pool.ErrDrainDeadline) {
			t.Fatalf("a handler was cancelled with %v", err)
		}
	}
}

func TestDrainFromAHandlerEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reports := make(chan pool.Report[int], 1)
		var p *pool.Pool[int]
		p = open(t, pool.Config[int]{Workers: 1, Handle: func(context.Context, int) error {
			ctx, cancel := context.WithTimeout(bg, time.Second)
			defer cancel()
			reports <- p.Drain(ctx)
			return nil
		}})
		submitAll(t, p, 0)
		if report := <-reports; !slices.Equal(report.Stuck, []int{0}) || report.Elapsed != 2*time.Second {
			t.Errorf("%+v, want the draining task itself as stuck after 2s", report)
		}
	})
}

func TestTheHandlersContextEndsAfterACleanDrain(t *testing.T) {
	contexts := make(chan context.Context, 1)
	p := open(t, pool.Config[int]{Workers: 1, Handle: func(ctx context.Context, _ int) error {
		contexts <- ctx
		return ctx.Err()
	}})
	submitAll(t, p, 0)
	p.Drain(bg)
	if s := p.Stats(); s.Failed != 0 {
		t.Error("the context had ended while the handler ran")
	}
	if err := context.Cause(<-contexts); !errors.Is(err, context.Canceled) {
		t.Errorf("after the drain the context's cause is %v", err)
	}
}
