package pool_test

import (
	"testing"
	"testing/synctest"
	"time"

	"capstan/pool"
)

func TestBusyTimeIsTheIntegralOfBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 3, Queue: 10, Handle: sleeper})
		time.Sleep(5 * time.Second)
		submitAll(t, p, 2*time.Second, 4*time.Second, 6*time.Second, 1*time.Second)
		// From 5 s on: busy 3 until 9 s (the fourth task takes over at 7 s, ends at 8 s),
		// so 3 to 8 s, 2 to 9 s, 1 to 11 s.
		for _, at := range []struct {
			second     int
			busy, slot time.Duration
		}{
			{5, 0, 15}, {6, 3, 18}, {7, 6, 21}, {8, 9, 24}, {9, 11, 27}, {10, 12, 30}, {11, 13, 33}, {12, 13, 36},
		} {
			synctest.Wait()
			s := p.Stats()
			if s.BusyTime != at.busy*time.Second || s.SlotTime != at.slot*time.Second {
				t.Errorf("at %d s: busy %v and slots %v, want %ds and %ds", at.second, s.BusyTime, s.SlotTime, at.busy, at.slot)
			}
			time.Sleep(time.Second)
		}
		if s := p.Stats(); s.PeakBusy != 3 {
			t.Errorf("peak %d, want 3", s.PeakBusy)
		}
		p.Drain(bg)
	})
}

func TestBusyTimeCountsATaskThatStillRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 1, Handle: sleeper})
		submitAll(t, p, time.Hour)
		time.Sleep(time.Minute)
		if s := p.Stats(); s.BusyTime != time.Minute {
			t.Errorf("a task runs for a minute, busy for %v", s.BusyTime)
		}
		p.Drain(bg)
	})
}

func TestSlotTimeFollowsResize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, pool.Config[time.Duration]{Workers: 2, Handle: sleeper})
		time.Sleep(3 * time.Second)
		if err := p.Resize(5); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if s := p.Stats(); s.SlotTime != 16*time.Second {
			t.Errorf("2 slots for 3 s and 5 for 2 s make %v", s.SlotTime)
		}
		p.Drain(bg)
	})
}

func TestQueueWaitIsSampled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const tasks = 200
		p := open(t, pool.Config[time.Duration]{Workers: 1, Queue: tasks, Handle: sleeper})
		submitAll(t, p, time.Second)
		synctest.Wait()
		for range tasks - 1 {
			submitAll(t, p, time.Second)
		}
		p.Drain(bg)
		// One task in 64 is a candidate, and one at a time is measured: task 0 starts at
		// once, task 64 after 64 s, and tasks 128 and 192 were queued before that.
		s := p.Stats()
		if s.WaitSamples != 2 || s.WaitTotal != 64*time.Second || s.WaitMax != 64*time.Second {
			t.Errorf("%d samples, %v in all, %v at most", s.WaitSamples, s.WaitTotal, s.WaitMax)
		}
	})
}

func TestCountersAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 2, Queue: 2, Handle: g.handle})
		submitting(bg, p, 0, 1, 2, 3, 4)
		g.finish(0, nil)
		synctest.Wait()
		g.finish(1, errPlanted)
		synctest.Wait()
		s := p.Stats()
		want := pool.Stats{
			Workers: 2, Live: 2, Busy: 2, PeakBusy: 2, Queued: 1,
			Accepted: 5, Completed: 2, Failed: 1, WaitSamples: 1,
		}
		if s != want {
			t.Errorf("got %+v, want %+v", s, want)
		}
		g.finishAll(synctest.Wait)
		p.Drain(bg)
	})
}
