package pool_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"capstan/pool"
)

// outcomes collects what Done was told.
type outcomes struct {
	mu   sync.Mutex
	errs map[int][]error
}

func (o *outcomes) done(task int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.errs == nil {
		o.errs = map[int][]error{}
	}
	o.errs[task] = append(o.errs[task], err)
}

func explode(value any) { panic(value) }

func TestAPanicEndsItsTaskOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told outcomes
		p := open(t, pool.Config[int]{Workers: 1, Queue: 3, Done: told.done, Handle: func(_ context.Context, task int) error {
			if task == 1 {
				explode(io.ErrUnexpectedEOF)
			}
			return nil
		}})
		submitting(bg, p, 0, 1, 2)
		synctest.Wait()
		if live := p.Stats().Live; live != 1 {
			t.Errorf("%d workers live, want the one that panicked", live)
		}
		p.Drain(bg)
		if s := p.Stats(); s.Completed != 3 || s.Panicked != 1 || s.Failed != 0 {
			t.Errorf("%+v", s)
		}
		for _, task := range []int{0, 2} {
			if got := told.errs[task]; len(got) != 1 || got[0] != nil {
				t.Errorf("task %d: %v", task, got)
			}
		}
		if len(told.errs[1]) != 1 {
			t.Fatalf("the task that panicked: %v", told.errs[1])
		}
		var panicked *pool.PanicError
		if !errors.As(told.errs[1][0], &panicked) {
			t.Fatalf("got %v, want a *PanicError", told.errs[1][0])
		}
		if panicked.Value != any(io.ErrUnexpectedEOF) || !errors.Is(panicked, io.ErrUnexpectedEOF) {
			t.Errorf("value %v", panicked.Value)
		}
		if !strings.Contains(string(panicked.Stack), "pool_test.explode") {
			t.Errorf("the stack does not name the culprit:\n%s", panicked.Stack)
		}
	})
}

func TestAPanicWithNilIsAPanic(t *testing.T) {
	var told outcomes
	p := open(t, pool.Config[int]{Workers: 1, Done: told.done, Handle: func(context.Context, int) error {
		panic(nil)
	}})
	if err := p.Submit(bg, 0); err != nil {
		t.Fatal(err)
	}
	p.Drain(bg)
	var panicked *pool.PanicError
	if !errors.As(told.errs[0][0], &panicked) {
		t.Errorf("got %v, want a *PanicError", told.errs[0][0])
	}
}

func TestAWorkerThatGoexitsIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told outcomes
		p := open(t, pool.Config[int]{Workers: 1, Done: told.done, Handle: func(_ context.Context, task int) error {
			if task < 3 {
				runtime.Goexit()
			}
			return nil
		}})
		for task := range 5 { // the queue is 0: each needs a worker that lives
			if err := p.Submit(bg, task); err != nil {
				t.Fatal(err)
			}
		}
		p.Drain(bg)
		for task := range 5 {
			want := error(nil)
			if task < 3 {
				want = pool.ErrGoexit
			}
			if got := told.errs[task]; len(got) != 1 || got[0] != want {
				t.Errorf("task %d: got %v, want %v once", task, got, want)
			}
		}
		if s := p.Stats(); s.Completed != 5 || s.Panicked != 3 || s.Failed != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestGoexitInDoneLosesNoWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[int]{Workers: 1, Handle: nop, Done: func(int, error) { runtime.Goexit() }})
		for task := range 3 {
			if err := p.Submit(bg, task); err != nil {
				t.Fatal(err)
			}
		}
		if report := p.Drain(bg); !report.Complete() {
			t.Errorf("%+v", report)
		}
		if s := p.Stats(); s.Completed != 3 || s.Panicked != 0 || s.Busy != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestAReturnedPanicErrorIsAFailure(t *testing.T) {
	p := open(t, pool.Config[int]{Workers: 1, Handle: func(context.Context, int) error {
		return &pool.PanicError{Value: "of a pool further down"}
	}})
	if err := p.Submit(bg, 0); err != nil {
		t.Fatal(err)
	}
	p.Drain(bg)
	if s := p.Stats(); s.Failed != 1 || s.Panicked != 0 {
		t.Errorf("%+v", s)
	}
}

func TestDoneRunsInsideTheSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		p := open(t, pool.Config[int]{Workers: 1, Handle: nop, Done: func(int, error) { <-release }})
		submitting(bg, p, 0)
		if err := p.TrySubmit(1); !errors.Is(err, pool.ErrFull) {
			t.Errorf("Done is running, and TrySubmit says %v", err)
		}
		close(release)
		p.Drain(bg)
	})
}
