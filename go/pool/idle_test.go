package pool_test

import (
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"capstan/pool"
)

// burst keeps n workers busy for a second and returns when they are idle.
func burst(t *testing.T, p *pool.Pool[time.Duration], n int) {
	for range n {
		submitAll(t, p, time.Second)
	}
	time.Sleep(time.Second)
	synctest.Wait()
}

func TestIdleWorkersEndAtTheirAge(t *testing.T) {
	for _, timeout := range []time.Duration{0, 3 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, pool.Config[time.Duration]{Workers: 5, Handle: sleeper, IdleTimeout: timeout})
			burst(t, p, 5)
			age := timeout
			if age == 0 {
				age = pool.DefaultIdleTimeout
			}
			time.Sleep(age - time.Nanosecond)
			before := p.Stats().Live
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			if after := p.Stats().Live; before != 5 || after != 0 {
				t.Errorf("live before and after %v: %d and %d, want 5 and 0", age, before, after)
			}
			burst(t, p, 2)
			if s := p.Stats(); s.Completed != 7 {
				t.Errorf("the pool does not come back to life: %+v", s)
			}
			p.Drain(bg)
		})
	}
}

func TestEachIdleWorkerHasItsOwnAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 3, Handle: sleeper, IdleTimeout: 10 * time.Second})
		submitAll(t, p, 1*time.Second, 3*time.Second, 5*time.Second)
		time.Sleep(10*time.Second + time.Millisecond)
		var live []int
		for range 6 {
			live = append(live, p.Stats().Live)
			time.Sleep(time.Second)
		}
		if want := []int{3, 2, 2, 1, 1, 0}; !slices.Equal(live, want) {
			t.Errorf("live from 10 s on: %v, want %v", live, want)
		}
		p.Drain(bg)
	})
}

func TestTheWorkerParkedLastIsUsedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 4, Handle: sleeper, IdleTimeout: 10 * time.Second})
		burst(t, p, 4)
		time.Sleep(time.Millisecond) // look after the moment of expiry, not in it
		var live []int
		for range 6 { // one worker is enough for this; the other three may grow old
			burst(t, p, 1)
			time.Sleep(time.Second)
			live = append(live, p.Stats().Live)
		}
		if want := []int{4, 4, 4, 4, 1, 1}; !slices.Equal(live, want) {
			t.Errorf("live every 2 s: %v, want %v", live, want)
		}
		p.Drain(bg)
	})
}

func TestABurstRousesTwoWorkersAtATime(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // no worker gets to run before we wait
	p := open(t, pool.Config[int]{Workers: 8, Queue: 8, Handle: nop})
	runtime.Gosched() // a fresh time slice
	for task := range 8 {
		if err := p.TrySubmit(task); err != nil {
			t.Fatal(err)
		}
	}
	if live := p.Stats().Live; live != 2 {
		t.Errorf("%d workers for tasks that no worker has looked at yet, want 2", live)
	}
	p.Drain(bg)
}

func TestATrickleWakesNoMoreWorkersThanItNeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 8, Handle: sleeper})
		for range 50 {
			burst(t, p, 1)
		}
		if s := p.Stats(); s.Live != 1 || s.PeakBusy != 1 {
			t.Errorf("one task at a time, and %+v", s)
		}
		p.Drain(bg)
	})
}
