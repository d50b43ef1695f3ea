package worker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"capstan/contract"
	"capstan/queue"
)

// ledger is a queue that a broker could be: it takes acknowledgements in batches, confirms them
// after a while or not at all, and writes down in which order things happened.
type ledger struct {
	queue.Queue
	takes   time.Duration // a task
	confirm func(queue.Delivery) (time.Duration, error)
	early   bool // the planted fault: tasks are acknowledged when they are fetched

	mu      sync.Mutex
	effects map[string]int
	acked   map[string]int
	faults  []string
	held    int // fetched and not settled
	most    int // of held
	batches int
}

func newLedger() *ledger {
	return &ledger{
		takes: time.Millisecond, effects: map[string]int{}, acked: map[string]int{},
		confirm: func(queue.Delivery) (time.Duration, error) { return 0, nil },
	}
}

func (l *ledger) over(q queue.Queue) queue.Queue {
	l.Queue = q
	return l
}

// effect is what a handler does.
func (l *ledger) effect(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.effects[id]++
}

func (l *ledger) Fetch(ctx context.Context, atMost int) ([]queue.Delivery, error) {
	batch, err := l.Queue.Fetch(ctx, atMost)
	l.mu.Lock()
	l.held += len(batch)
	l.most = max(l.most, l.held)
	l.mu.Unlock()
	if l.early {
		for _, d := range batch {
			l.acknowledge(ctx, d)
		}
	}
	return batch, err
}

// acknowledge books a confirmed acknowledgement, and faults an effect that is not in place.
func (l *ledger) acknowledge(ctx context.Context, d queue.Delivery) {
	err := l.Queue.Ack(ctx, d)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.acked[d.ID]++
	}
	if l.effects[d.ID] == 0 {
		l.faults = append(l.faults, "acknowledged before its effect: "+d.ID)
	}
}

func (l *ledger) AckBatch(ctx context.Context, batch []queue.Delivery) []error {
	errs := make([]error, len(batch))
	if l.early {
		l.release(len(batch))
		return nil
	}
	l.mu.Lock()
	l.batches++
	l.mu.Unlock()
	var all sync.WaitGroup
	for i, d := range batch {
		all.Go(func() {
			after, err := l.confirm(d)
			if errs[i] = errors.Join(sleep(ctx, after), err); errs[i] == nil {
				l.acknowledge(ctx, d)
			}
		})
	}
	all.Wait()
	l.release(len(batch))
	return errs
}

func (l *ledger) release(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held -= n
}

func (l *ledger) Nak(ctx context.Context, d queue.Delivery, delay time.Duration) error {
	defer l.release(1)
	return l.Queue.Nak(ctx, d, delay)
}

func (l *ledger) Release(ctx context.Context, d queue.Delivery) error {
	defer l.release(1)
	return l.Queue.Release(ctx, d)
}

// check compares what happened with what may.
func (l *ledger) check(tasks int, report contract.WorkerReport) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	faults := slices.Clone(l.faults)
	if len(l.acked) != tasks || len(l.effects) != tasks {
		faults = append(faults, fmt.Sprintf("%d tasks acknowledged and %d with an effect, want %d", len(l.acked), len(l.effects), tasks))
	}
	for id, n := range l.acked {
		if n != 1 {
			faults = append(faults, fmt.Sprintf("%q acknowledged %d times", id, n))
		}
	}
	if report.Tasks.Done != tasks {
		faults = append(faults, fmt.Sprintf("the report counts %d done, want %d", report.Tasks.Done, tasks))
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d faults, such as: %s", len(faults), faults[0])
	}
	return nil
}

// ledgerRig is a worker whose handlers have an effect, over l.
func ledgerRig(t *testing.T, l *ledger, tasks int) *rig {
	config := testConfig(t, tasks)
	config.Source.Memory.Capacity = tasks
	r := newRig(t, config, func(ctx context.Context, task Task[int]) error {
		if err := sleep(ctx, l.takes); err != nil {
			return err
		}
		l.effect(task.ID)
		return nil
	})
	r.wrap = l.over
	return r
}

func TestSlotsDoNotWaitForConfirmations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const tasks = 2000
		l := newLedger()
		l.confirm = func(queue.Delivery) (time.Duration, error) { return 2 * time.Millisecond, nil }
		r := ledgerRig(t, l, tasks)
		began := time.Now()
		r.run()
		if err := l.check(tasks, r.report); err != nil {
			t.Fatal(err)
		}
		// Two slots, 1 ms each; a slot that waited would take 3 ms.
		if floor, took := tasks/2*time.Millisecond, time.Since(began); took > floor*11/10 {
			t.Errorf("took %v, want about %v", took, floor)
		}
	})
}

func TestUnconfirmedTasksCountAsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const tasks = 300
		l := newLedger()
		l.confirm = func(queue.Delivery) (time.Duration, error) { return time.Second, nil }
		r := ledgerRig(t, l, tasks)
		r.run()
		if err := l.check(tasks, r.report); err != nil {
			t.Fatal(err)
		}
		if bound := r.config.Pool.Slots + 2*r.config.Fetch.MaxPrefetch; l.most > bound {
			t.Errorf("held %d tasks at once, want %d at most", l.most, bound)
		}
		if l.batches > tasks/2 {
			t.Errorf("%d batches for %d tasks", l.batches, tasks)
		}
	})
}

func TestTheLeaseOutlivesASlowConfirmation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		l.takes = 3 * time.Second // renewed after 2 s, until 6 s
		l.confirm = func(queue.Delivery) (time.Duration, error) { return 3900 * time.Millisecond, nil }
		r := ledgerRig(t, l, 1)
		r.config.Task.AckWaitSeconds = 4
		r.run()
		if err := l.check(1, r.report); err != nil {
			t.Fatal(err)
		}
		if l.effects["task-1"] != 1 {
			t.Errorf("the task ran %d times", l.effects["task-1"])
		}
	})
}

func TestAnAckThatFailsIsReportedAndDeliversTheTaskAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		refused := false
		l.confirm = func(queue.Delivery) (time.Duration, error) {
			if !refused {
				refused = true
				return 0, errors.New("the broker is gone")
			}
			return 0, nil
		}
		r := ledgerRig(t, l, 1)
		r.run()
		if err := l.check(1, r.report); err != nil {
			t.Fatal(err)
		}
		if lines := r.log.lines(t, "task not settled"); l.effects["task-1"] != 2 || len(lines) != 1 || lines[0]["id"] != "task-1" {
			t.Errorf("%d effects, logged %v", l.effects["task-1"], lines)
		}
	})
}

func TestShutdownFlushesWhatIsNotConfirmed(t *testing.T) {
	for name, c := range map[string]struct {
		confirm    time.Duration
		done, late int
	}{
		"within flushSeconds": {time.Second, 2, 0},
		"never":               {time.Hour, 0, 2},
	} {
		t.Run(name, bubble(func(t *testing.T) {
			l := newLedger()
			l.confirm = func(queue.Delivery) (time.Duration, error) { return c.confirm, nil }
			r := ledgerRig(t, l, 2).start()
			time.Sleep(10 * time.Millisecond) // both are finished
			r.term()
			began := time.Now()
			r.wait()
			if r.report.Tasks.Done != c.done || len(r.log.lines(t, "task not settled")) != c.late {
				t.Errorf("the report counts %+v", r.report.Tasks)
			}
			if took := time.Since(began); took > contract.Seconds(r.config.Shutdown.FlushSeconds) {
				t.Errorf("ended after %v", took)
			}
		}))
	}
}

// stress works a few thousand tasks off while handlers fail, acknowledgements get lost and
// confirmations take their time, and gives what the ledger found.
func stress(t *testing.T, seed uint64, early bool) error {
	const tasks = 3000
	l := newLedger()
	l.early = early
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 1))
	chance := func(n int) bool {
		mu.Lock()
		defer mu.Unlock()
		return random.IntN(n) == 0
	}
	l.confirm = func(queue.Delivery) (time.Duration, error) {
		switch {
		case chance(50):
			return 0, errors.New("lost")
		case chance(10):
			return 40 * time.Millisecond, nil
		}
		return time.Millisecond, nil
	}
	config := testConfig(t, tasks)
	config.Source.Memory.Capacity = tasks
	config.Pool.Slots, config.Fetch.MaxPrefetch, config.Task.MaxAttempts = 20, 30, 1000
	r := newRig(t, config, func(ctx context.Context, task Task[int]) error {
		if err := sleep(ctx, time.Millisecond); err != nil {
			return err
		}
		if chance(10) {
			return errors.New("try again")
		}
		l.effect(task.ID)
		if chance(20) {
			panic("after the effect")
		}
		return nil
	})
	r.wrap = l.over
	r.run()
	if bound := config.Pool.Slots + 2*config.Fetch.MaxPrefetch; l.most > bound {
		t.Errorf("held %d tasks at once, want %d at most", l.most, bound)
	}
	return l.check(tasks, r.report)
}

func TestEveryTaskIsAcknowledgedOnceAfterItsEffect(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), bubble(func(t *testing.T) {
			if err := stress(t, seed, false); err != nil {
				t.Error(err)
			}
		}))
	}
}

func TestTheLedgerFailsAnAckBeforeTheEffect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if err := stress(t, 1, true); err == nil {
			t.Error("the planted fault was not found")
		} else {
			t.Log(err)
		}
	})
}
