package order_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"capstan/pool"
	"capstan/pool/order"
)

// A key that panics for a task, in a goroutine that survives panics as those of an HTTP server do, must not take the
// pool along.
func TestAPanicOfAKeyRefusesItsTaskOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fair, err := order.Fair(order.FairConfig[*int, int]{Key: func(task *int) int { return *task }})
		if err != nil {
			t.Fatal(err)
		}
		release := make(chan struct{})
		p, err := pool.New(pool.Config[*int]{Workers: 1, Order: fair, Handle: func(context.Context, *int) error {
			<-release
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		submit := func(task *int) (err error) {
			defer func() {
				if value := recover(); value != nil {
					t.Errorf("the submit panicked: %v", value)
				}
			}()
			return p.Submit(t.Context(), task)
		}
		var panicked *pool.PanicError
		if err := submit(nil); !errors.As(err, &panicked) {
			t.Errorf("the task without a key gave %v, want a *PanicError", err)
		}
		one := 1
		if err := submit(&one); err != nil {
			t.Errorf("the next task gave %v", err)
		}
		blocked := make(chan error, 1)
		go func() { blocked <- submit(nil) }()
		synctest.Wait()
		close(release)
		if err := <-blocked; !errors.As(err, &panicked) {
			t.Errorf("the blocked task without a key gave %v, want a *PanicError", err)
		}
		if r := p.Drain(t.Context()); !r.Complete() {
			t.Errorf("drained with %+v", r)
		}
	})
}
