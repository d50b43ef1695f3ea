package pool_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"capstan/pool"
)

// groupOf returns a group, or fails the test.
func groupOf(t *testing.T, kind func(context.Context, int) (*pool.Group, error), ctx context.Context, workers int) *pool.Group {
	t.Helper()
	g, err := kind(ctx, workers)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// failing is a function that fails after a while, and heeds its context.
func failing(after time.Duration, err error) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(after):
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func TestFirstErrorCancelsTheOthersAndSkipsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := groupOf(t, pool.FirstError, bg, 2)
		began := time.Now()
		var cause error
		_ = g.Go(func(ctx context.Context) error {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return errors.New("a later error")
		})
		_ = g.Go(failing(time.Second, errPlanted))
		ran := false
		err := g.Go(func(context.Context) error { // blocked until the failure
			ran = true
			return nil
		})
		if waited := g.Wait(); !errors.Is(waited, errPlanted) || !errors.Is(cause, errPlanted) {
			t.Errorf("Wait: %v, cause: %v", waited, cause)
		}
		if ran || err != nil && !errors.Is(err, errPlanted) {
			t.Errorf("ran after the failure: %t, Go: %v", ran, err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestCollectRunsAllAndJoinsErrorsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := groupOf(t, pool.Collect, bg, 3)
		for i := range 6 {
			after := time.Duration(6-i) * time.Second // the last ends first
			_ = g.Go(func(ctx context.Context) error {
				if i%2 == 0 {
					return failing(after, nil)(ctx)
				}
				return failing(after, fmt.Errorf("number %d", i))(ctx)
			})
		}
		if got := g.Wait(); got == nil || got.Error() != "number 1\nnumber 3\nnumber 5" {
			t.Errorf("Wait: %v", got)
		}
	})
}

func TestAGroupIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := groupOf(t, pool.FirstError, bg, 3)
		var running, most atomic.Int32
		for range 21 { // three are left when the last has been taken
			_ = g.Go(func(ctx context.Context) error {
				most.Store(max(most.Load(), running.Add(1)))
				defer running.Add(-1)
				return failing(time.Second, nil)(ctx)
			})
		}
		synctest.Wait()
		if g.TryGo(func(context.Context) error { return nil }) {
			t.Error("TryGo on a full group")
		}
		if err := g.Wait(); err != nil || most.Load() != 3 {
			t.Errorf("Wait: %v, %d at once", err, most.Load())
		}
	})
}

func TestTheEndOfTheContextEndsAGroup(t *testing.T) {
	for name, kind := range map[string]func(context.Context, int) (*pool.Group, error){"FirstError": pool.FirstError, "Collect": pool.Collect} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(bg)
			g := groupOf(t, kind, ctx, 1)
			_ = g.Go(func(ctx context.Context) error {
				<-ctx.Done()
				return nil
			})
			blocked := make(chan error)
			go func() { blocked <- g.Go(failing(0, nil)) }()
			synctest.Wait()
			cancel(errPlanted)
			if err := <-blocked; err != nil && !errors.Is(err, errPlanted) {
				t.Errorf("%s: a blocked Go: %v", name, err)
			}
			if err := g.Wait(); !errors.Is(err, errPlanted) {
				t.Errorf("%s: Wait of a group with a skipped function: %v", name, err)
			}
		})
	}
}

func TestAPanicInAGroupIsAnError(t *testing.T) {
	g := groupOf(t, pool.Collect, bg, 2)
	_ = g.Go(func(context.Context) error { panic("planted") })
	_ = g.Go(func(context.Context) error {
		runtime.Goexit()
		return nil
	})
	err := g.Wait()
	var panicked *pool.PanicError
	if !errors.As(err, &panicked) || panicked.Value != "planted" || !errors.Is(err, pool.ErrGoexit) {
		t.Errorf("Wait: %v", err)
	}
	if again := g.Wait(); again == nil || again.Error() != err.Error() {
		t.Errorf("a second Wait: %v", again)
	}
}

func TestAGroupRefusesWhatItCannotRun(t *testing.T) {
	if _, err := pool.FirstError(bg, 0); err == nil || !strings.Contains(err.Error(), "Workers must be 1 or more") {
		t.Errorf("fails without workers: got %v", err)
	}
	g := groupOf(t, pool.FirstError, bg, 1)
	if err := g.Wait(); err != nil {
		t.Errorf("an empty group: %v", err)
	}
	if err := g.Go(failing(0, nil)); !errors.Is(err, pool.ErrClosed) {
		t.Errorf("fails after Wait: got %v", err)
	}
}

func TestMapKeepsTheOrderOfItsInputs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, err := pool.Map(bg, 4, []int{3, 1, 2}, func(_ context.Context, n int) (string, error) {
			time.Sleep(time.Duration(n) * time.Second)
			return strings.Repeat("x", n), nil
		})
		if err != nil || strings.Join(got, ",") != "xxx,x,xx" {
			t.Errorf("%q, %v", got, err)
		}
		partial, err := pool.Map(bg, 1, []int{1, 2, 3}, func(_ context.Context, n int) (int, error) {
			if n == 2 {
				return 0, errPlanted
			}
			return n, nil
		})
		if !errors.Is(err, errPlanted) || len(partial) != 3 || partial[0] != 1 || partial[2] != 0 {
			t.Errorf("%v, %v", partial, err)
		}
	})
}
