package pool_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"capstan/pool"
)

// payload is a task large enough to have an allocation of its own.
type payload struct{ bytes [1 << 10]byte }

func TestAFinishedTaskIsNotKept(t *testing.T) {
	const tasks = 8 // on one worker with a queue of 3: run, queued and blocked
	weakly := make([]weak.Pointer[payload], tasks)
	p := open(t, pool.Config[*payload]{Workers: 1, Queue: 3, Handle: func(_ context.Context, task *payload) error {
		runtime.Gosched()
		task.bytes[0]++
		return nil
	}})
	for i := range tasks {
		task := new(payload)
		weakly[i] = weak.Make(task)
		if err := p.Submit(bg, task); err != nil {
			t.Fatal(err)
		}
	}
	for s := p.Stats(); s.Completed < tasks; s = p.Stats() {
		runtime.Gosched()
	}
	runtime.GC() // once: a second one would also clear what sync.Pool keeps
	for i, task := range weakly {
		if task.Value() != nil {
			t.Errorf("task %d is still reachable from the idle pool", i)
		}
	}
	p.Drain(bg)
}

func TestADrainedPoolIsNotKept(t *testing.T) {
	for name, deadline := range map[string]time.Duration{"clean": time.Hour, "past its deadline": time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			use := func() weak.Pointer[pool.Pool[time.Duration]] {
				p := open(t, pool.Config[time.Duration]{
					Workers: 3, Handle: sleeper, IdleTimeout: time.Hour, CancelGrace: time.Hour,
				})
				submitAll(t, p, 1, time.Second)
				time.Sleep(2 * time.Nanosecond)
				ctx, cancel := context.WithTimeout(bg, deadline)
				defer cancel()
				p.Drain(ctx)
				return weak.Make(p)
			}
			p := use()
			time.Sleep(time.Second) // the runtime forgets stopped timers when it next looks at its timers
			runtime.GC()
			if p.Value() != nil {
				t.Errorf("%s: a timer keeps the drained pool", name)
			}
		})
	}
}
