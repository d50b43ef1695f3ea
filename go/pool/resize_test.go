package pool_test

import (
	"math"
	"slices"
	"testing"
	"testing/synctest"

	"capstan/pool"
)

func TestResizeUpTakesQueuedAndBlockedTasksAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 1, Queue: 1, Handle: g.handle})
		submitting(bg, p, 0, 1, 2, 3, 4)
		if err := p.Resize(3); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s := p.Stats(); s.Workers != 3 || s.Busy != 3 || s.Queued != 1 || s.Blocked != 1 {
			t.Errorf("after the resize: %+v", s)
		}
		if got, want := g.running(), []int{0, 1, 2}; len(got) != len(want) {
			t.Errorf("running %v, want %v", got, want)
		}
		g.finishAll(synctest.Wait)
		p.Drain(bg)
	})
}

func TestResizeDownCutsNoTaskShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 4, Queue: 2, Handle: g.handle})
		submitting(bg, p, 0, 1, 2, 3, 4, 5)
		if err := p.Resize(2); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		busy := []int{p.Stats().Busy}
		for task := range 4 {
			g.finish(task, nil)
			synctest.Wait()
			busy = append(busy, p.Stats().Busy)
		}
		if want := []int{4, 3, 2, 2, 2}; !slices.Equal(busy, want) {
			t.Errorf("busy %v, want %v", busy, want)
		}
		g.finishAll(synctest.Wait)
		if s := p.Stats(); s.Completed != 6 || s.Live > 2 {
			t.Errorf("at the end: %+v", s)
		}
		p.Drain(bg)
	})
}

func TestResizeDownEndsIdleWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 8, Handle: g.handle})
		submitting(bg, p, 0, 1, 2, 3, 4, 5, 6, 7)
		g.finishAll(synctest.Wait)
		if live := p.Stats().Live; live != 8 {
			t.Fatalf("%d workers live, want 8", live)
		}
		if err := p.Resize(3); err != nil {
			t.Fatal(err)
		}
		if live := p.Stats().Live; live != 3 {
			t.Errorf("%d workers live after the resize, want 3", live)
		}
		p.Drain(bg)
	})
}

func TestResizeRefusesWhatIsNoSize(t *testing.T) {
	p := open(t, pool.Config[int]{Workers: 2, Queue: 1, Handle: nop})
	for _, workers := range []int{0, -1, math.MaxInt} {
		if err := p.Resize(workers); err == nil {
			t.Errorf("Resize(%d) is accepted", workers)
		}
	}
	if got := p.Stats().Workers; got != 2 {
		t.Errorf("a refused resize left %d workers", got)
	}
	p.Drain(bg)
}
