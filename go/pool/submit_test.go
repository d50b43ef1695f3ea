package pool_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"capstan/pool"
)

var bg = context.Background()

var errPlanted = errors.New("planted failure")

// submitting calls Submit for each task, in this order, from goroutines of their own,
// and returns where the answers arrive.
func submitting(ctx context.Context, p *pool.Pool[int], tasks ...int) map[int]chan error {
	answers := map[int]chan error{}
	for _, task := range tasks {
		answer := make(chan error, 1)
		answers[task] = answer
		go func() { answer <- p.Submit(ctx, task) }()
		synctest.Wait()
	}
	return answers
}

func answered(answer chan error) bool { return len(answer) > 0 }

func TestTasksStartInTheOrderOfAcceptance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 1, Queue: 40, Handle: g.handle})
		var want []int
		for task := range 41 {
			want = append(want, task)
			if err := p.TrySubmit(task); err != nil {
				t.Fatal(err)
			}
		}
		g.finishAll(synctest.Wait)
		if got := g.order(); !slices.Equal(got, want) {
			t.Errorf("started %v", got)
		}
		p.Drain(bg)
	})
}

func TestTheOrderHoldsWhileTheQueueGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const tasks = 500
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 1, Queue: tasks, Handle: g.handle})
		for task := range tasks {
			submitAll(t, p, task)
			synctest.Wait()
			if task%3 == 0 { // two come for each that goes
				g.finish(g.running()[0], nil)
				synctest.Wait()
			}
		}
		g.finishAll(synctest.Wait)
		p.Drain(bg)
		if got := g.order(); !slices.Equal(got, sequence(0, tasks)) {
			t.Errorf("started %v", got)
		}
	})
}

func TestTheBoundIsWorkersPlusQueue(t *testing.T) {
	for _, size := range []struct{ workers, queue int }{{1, 0}, {3, 0}, {1, 1}, {2, 7}} {
		synctest.Test(t, func(t *testing.T) {
			g := newGate()
			p := open(t, pool.Config[int]{Workers: size.workers, Queue: size.queue, Handle: g.handle})
			bound := size.workers + size.queue
			for task := range bound {
				if err := p.TrySubmit(task); err != nil {
					t.Fatalf("%+v: task %d of the bound is refused: %v", size, task, err)
				}
			}
			for range 2 { // before and after the workers have started
				if err := p.TrySubmit(-1); !errors.Is(err, pool.ErrFull) {
					t.Errorf("%+v: beyond the bound: got %v, want ErrFull", size, err)
				}
				synctest.Wait()
			}
			if s := p.Stats(); s.Busy != size.workers || s.Queued != size.queue {
				t.Errorf("%+v: %d busy and %d queued", size, s.Busy, s.Queued)
			}
			g.finish(0, nil)
			synctest.Wait()
			if err := p.TrySubmit(bound); err != nil {
				t.Errorf("%+v: a finished task frees no room: %v", size, err)
			}
			g.finishAll(synctest.Wait)
			p.Drain(bg)
		})
	}
}

func TestBlockedSubmittersAreServedInTheOrderOfArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 1, Handle: g.handle})
		answers := submitting(bg, p, 0, 1, 2, 3, 4)
		if s := p.Stats(); s.Blocked != 4 {
			t.Fatalf("%d blocked, want 4", s.Blocked)
		}
		for task := range 5 {
			for later := task + 1; later < 5; later++ {
				if answered(answers[later]) {
					t.Errorf("Submit of %d returned before %d had finished", later, later-1)
				}
			}
			if err := <-answers[task]; err != nil {
				t.Errorf("Submit of %d: %v", task, err)
			}
			synctest.Wait()
			g.finish(task, nil)
			synctest.Wait()
		}
		if got, want := g.order(), []int{0, 1, 2, 3, 4}; !slices.Equal(got, want) {
			t.Errorf("started %v, want %v", got, want)
		}
		p.Drain(bg)
	})
}

func TestBlockedSubmittersWaitForASixteenthOfTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 1, Queue: 32, Handle: g.handle})
		submitting(bg, p, sequence(0, 33+3)...)
		var blocked []int
		for task := range 4 {
			blocked = append(blocked, p.Stats().Blocked)
			g.finish(task, nil)
			synctest.Wait()
			if task == 0 { // one place is free, and not for those who come now
				if err := p.TrySubmit(99); !errors.Is(err, pool.ErrFull) {
					t.Errorf("TrySubmit before blocked submitters: got %v, want ErrFull", err)
				}
			}
		}
		if want := []int{3, 3, 1, 1}; !slices.Equal(blocked, want) {
			t.Errorf("blocked before the tasks finished: %v, want %v", blocked, want)
		}
		g.finishAll(synctest.Wait)
		p.Drain(bg)
	})
}

func TestBlockedSubmittersOfASmallQueueWaitForHalfOfTheBound(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // one worker does what is queued, and nobody gets in between
	const workers = 8
	var p *pool.Pool[int]
	var blocked []int
	p = open(t, pool.Config[int]{Workers: workers, Handle: func(_ context.Context, task int) error {
		if task < workers {
			blocked = append(blocked, p.Stats().Blocked)
		}
		return nil
	}})
	runtime.Gosched() // a fresh time slice
	submitAll(t, p, sequence(0, workers+1)...)
	p.Drain(bg)
	if want := []int{1, 1, 1, 0, 0, 0, 0, 0}; !slices.Equal(blocked, want) {
		t.Errorf("blocked when the tasks started: %v, want %v", blocked, want)
	}
}

func TestSubmitDoesNotOvertakeThoseWhoAreBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 1, Queue: 32, Handle: g.handle})
		submitting(bg, p, sequence(0, 33+2)...)
		g.finish(0, nil)
		synctest.Wait() // one place is free, and two have been blocked for longer
		if late := submitting(bg, p, 99)[99]; answered(late) {
			t.Error("Submit before blocked submitters was accepted at once")
		}
		g.finishAll(synctest.Wait)
		if got, want := g.order(), append(sequence(0, 33+2), 99); !slices.Equal(got, want) {
			t.Errorf("started %v, want %v", got, want)
		}
		p.Drain(bg)
	})
}

func TestASubmitterWhoseContextEndsWithdrawsItsTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 1, Handle: g.handle})
		submitting(bg, p, 0)
		ctx, cancel := context.WithTimeout(bg, 3*time.Second)
		defer cancel()
		began := time.Now()
		impatient := submitting(ctx, p, 1)
		patient := submitting(bg, p, 2)
		if err := <-impatient[1]; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		if waited := time.Since(began); waited != 3*time.Second {
			t.Errorf("withdrew after %v, want 3s", waited)
		}
		if s := p.Stats(); s.Blocked != 1 || s.Accepted != 1 {
			t.Errorf("%d blocked and %d accepted, want 1 and 1", s.Blocked, s.Accepted)
		}
		g.finishAll(synctest.Wait)
		if err := <-patient[2]; err != nil {
			t.Errorf("the submitter behind: %v", err)
		}
		if got, want := g.order(), []int{0, 2}; !slices.Equal(got, want) {
			t.Errorf("started %v, want %v", got, want)
		}
		p.Drain(bg)
	})
}

func TestAnEndedContextSubmitsNothing(t *testing.T) {
	p := open(t, pool.Config[int]{Workers: 1, Queue: 4, Handle: nop})
	ctx, cancel := context.WithCancel(bg)
	cancel()
	if err := p.Submit(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Submit: %v", err)
	}
	if n, err := p.SubmitBatch(ctx, []int{1, 2}); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("SubmitBatch: %d, %v", n, err)
	}
	if _, err := p.Room(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Room: %v", err)
	}
	p.Drain(bg)
	if s := p.Stats(); s.Accepted != 0 {
		t.Errorf("%d tasks accepted", s.Accepted)
	}
}

func TestEveryIntakeIsClosedByDrain(t *testing.T) {
	p := open(t, pool.Config[int]{Workers: 1, Queue: 4, Handle: nop})
	p.Drain(bg)
	_, batch := p.SubmitBatch(bg, []int{1})
	_, room := p.Room(bg, 1)
	for call, err := range map[string]error{
		"Submit":      p.Submit(bg, 1),
		"TrySubmit":   p.TrySubmit(1),
		"SubmitBatch": batch,
		"Room":        room,
		"Resize":      p.Resize(2),
	} {
		if !errors.Is(err, pool.ErrClosed) {
			t.Errorf("%s after Drain: got %v, want ErrClosed", call, err)
		}
	}
}

func TestSubmitBatchBlocksUntilAllAreAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 2, Queue: 1, Handle: g.handle})
		accepted := make(chan int, 1)
		go func() {
			n, err := p.SubmitBatch(bg, []int{0, 1, 2, 3, 4, 5, 6})
			if err != nil {
				t.Errorf("SubmitBatch: %v", err)
			}
			accepted <- n
		}()
		synctest.Wait()
		behind := submitting(bg, p, 7)
		for task := range 4 {
			if len(accepted) > 0 || answered(behind[7]) {
				t.Fatalf("returned when %d tasks had finished", task)
			}
			g.finish(task, nil)
			synctest.Wait()
		}
		if n := <-accepted; n != 7 {
			t.Errorf("accepted %d, want 7", n)
		}
		g.finishAll(synctest.Wait)
		p.Drain(bg)
		for at, task := range g.order() {
			if off := task - at; off < -1 || off > 1 || len(g.order()) != 8 { // two start together, and say so in either order
				t.Fatalf("started %v", g.order())
			}
		}
	})
}

func TestSubmitBatchSaysHowManyWereAcceptedBeforeTheEnd(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(p *pool.Pool[int], cancel func())
		want error
	}{
		"fails when its context ends":    {func(_ *pool.Pool[int], cancel func()) { cancel() }, context.Canceled},
		"fails when the pool is drained": {func(p *pool.Pool[int], _ func()) { go p.Drain(bg) }, pool.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGate()
				p := open(t, pool.Config[int]{Workers: 2, Queue: 1, Handle: g.handle})
				ctx, cancel := context.WithCancel(bg)
				defer cancel()
				type answer struct {
					accepted int
					err      error
				}
				answers := make(chan answer, 1)
				go func() {
					n, err := p.SubmitBatch(ctx, []int{0, 1, 2, 3, 4, 5, 6})
					answers <- answer{n, err}
				}()
				synctest.Wait()
				g.finish(1, nil)
				synctest.Wait()
				test.end(p, cancel)
				got := <-answers
				if got.accepted != 4 || !errors.Is(got.err, test.want) {
					t.Errorf("got %+v, want 4 and %v", got, test.want)
				}
				g.finishAll(synctest.Wait)
				p.Drain(bg)
				if order := g.order(); len(order) != got.accepted {
					t.Errorf("%v started, %d were accepted", order, got.accepted)
				}
			})
		})
	}
}
