package order_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"capstan/pool"
	"capstan/pool/order"
)

var bg = context.Background()

// timed is a task that takes a while.
type timed struct {
	key   string
	class int
	takes time.Duration
}

// log notes when tasks start, in seconds since the beginning.
type log struct {
	mu    sync.Mutex
	began time.Time
	lines []string
}

func (l *log) handle(_ context.Context, task timed) error {
	l.mu.Lock()
	l.lines = append(l.lines, fmt.Sprintf("%s at %v", task.key, time.Since(l.began)))
	l.mu.Unlock()
	time.Sleep(task.takes)
	return nil
}

// started runs tasks, all accepted at the same time, and returns when which of them
// started.
func started(t *testing.T, workers int, o pool.Order[timed], err error, tasks ...timed) []string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	l := &log{began: time.Now()}
	p, err := pool.New(pool.Config[timed]{Workers: workers, Queue: 100, Order: o, Handle: l.handle})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.SubmitBatch(bg, tasks); err != nil {
		t.Fatal(err)
	}
	if report := p.Drain(bg); !report.Complete() {
		t.Errorf("%+v", report)
	}
	slices.Sort(l.lines)
	return l.lines
}

func tenant(task timed) string { return task.key }

func TestSerialRunsOneOfAKeyAndOthersMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, err := order.Serial(tenant)
		got := started(t, 3, o, err,
			timed{"a", 0, 3 * time.Second}, timed{"a", 0, 3 * time.Second}, timed{"a", 0, time.Second},
			timed{"b", 0, time.Second}, timed{"b", 0, time.Second}, timed{"c", 0, time.Second})
		if want := []string{"a at 0s", "a at 3s", "a at 6s", "b at 0s", "b at 1s", "c at 0s"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestFairLetsATenantInAfterOneTurnOfTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, err := order.Fair(order.FairConfig[timed, string]{Key: tenant})
		second := time.Second
		got := started(t, 1, o, err, timed{"big", 0, second}, timed{"big", 0, second}, timed{"big", 0, second}, timed{"small", 0, second})
		if want := []string{"big at 0s", "big at 2s", "big at 3s", "small at 1s"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestAFullKeyIsRefusedAtOnceAndOthersAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, err := order.Fair(order.FairConfig[timed, string]{
			Key:     tenant,
			Held:    func(string) int { return 2 },
			Running: func(key string) int { return len(key) },
		})
		if err != nil {
			t.Fatal(err)
		}
		l := &log{began: time.Now()}
		p, err := pool.New(pool.Config[timed]{Workers: 1, Queue: 2, Order: o, Handle: l.handle})
		if err != nil {
			t.Fatal(err)
		}
		accepted, err := p.SubmitBatch(bg, []timed{{"a", 0, time.Second}, {"a", 0, time.Second}, {"a", 0, time.Second}, {"b", 0, 0}})
		if accepted != 2 || !errors.Is(err, order.ErrKeyFull) {
			t.Errorf("%d accepted, %v", accepted, err)
		}
		if err := p.Submit(bg, timed{key: ""}); !errors.Is(err, order.ErrKeyFull) {
			t.Errorf("a key that may not run any: %v", err)
		}
		if err := p.Submit(bg, timed{"b", 0, time.Second}); err != nil {
			t.Errorf("another key: %v", err)
		}
		answer := make(chan error, 1)
		go func() { answer <- p.Submit(bg, timed{"b", 0, time.Second}) }() // blocked, as the pool is full
		if err := <-answer; err != nil || time.Since(l.began) != time.Second {
			t.Errorf("after %v: %v", time.Since(l.began), err)
		}
		p.Drain(bg)
	})
}

func TestABlockedSubmitIsToldThatItsKeyIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, err := order.Fair(order.FairConfig[timed, string]{Key: tenant, Held: func(string) int { return 2 }})
		if err != nil {
			t.Fatal(err)
		}
		p, err := pool.New(pool.Config[timed]{Workers: 1, Queue: 1, Order: o, Handle: (&log{}).handle})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = p.SubmitBatch(bg, []timed{{"b", 0, time.Second}, {"a", 0, time.Minute}})
		answers := make(chan error, 2)
		for range 2 {
			go func() { answers <- p.Submit(bg, timed{"a", 0, time.Minute}) }()
		}
		if err := <-answers; err != nil {
			t.Errorf("the first was blocked by the bound only: %v", err)
		}
		_ = p.Resize(2)
		if err := <-answers; !errors.Is(err, order.ErrKeyFull) {
			t.Errorf("the second found its key full: %v", err)
		}
		p.Drain(bg)
	})
}

func TestPriorityStartsUrgentTasksFirstAndLetsOthersAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, err := order.Priority(order.PriorityConfig[timed]{Of: func(task timed) int { return task.class }, Overtakes: 2})
		second := time.Second
		got := started(t, 1, o, err, timed{"slow", 1, second}, timed{"u1", 0, second}, timed{"u2", 0, second}, timed{"u3", 0, second}, timed{"u4", 0, second})
		if want := []string{"slow at 2s", "u1 at 0s", "u2 at 1s", "u3 at 3s", "u4 at 4s"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestPriorityStartsTasksOfOneClassInTheOrderOfAcceptanceHoweverFarTheClass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, err := order.Priority(order.PriorityConfig[timed]{Of: func(task timed) int { return task.class }, Overtakes: 10})
		second := time.Second
		got := started(t, 1, o, err,
			timed{"last 1", math.MaxInt, second}, timed{"last 2", math.MaxInt, second}, timed{"last 3", math.MaxInt, second},
			timed{"last but one", math.MaxInt - 1, second})
		if want := []string{"last 1 at 1s", "last 2 at 2s", "last 3 at 3s", "last but one at 0s"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestOrdersRefuseBadConfigurations(t *testing.T) {
	_, noKey := order.Serial[timed, string](nil)
	_, noTenant := order.Fair(order.FairConfig[timed, string]{})
	_, noClass := order.Priority(order.PriorityConfig[timed]{})
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"fails without a key":    {noKey, "order: Key must be set, got nil"},
		"fails without a tenant": {noTenant, "order: Key must be set, got nil"},
		"fails without classes":  {noClass, "order: Of must be set, got nil\norder: Overtakes must be 1 or more, got 0"},
	} {
		if test.err == nil || test.err.Error() != test.want {
			t.Errorf("%s: got %v", name, test.err)
		}
	}
	urgent, err := order.Priority(order.PriorityConfig[timed]{Of: func(task timed) int { return task.class }, Overtakes: 1 << 62})
	if err != nil {
		t.Fatal(err)
	}
	if err := urgent.Push(timed{class: -1}, 0); !errors.Is(err, order.ErrClass) {
		t.Errorf("fails with a negative class: got %v", err)
	}
	if err := urgent.Push(timed{class: 1 << 62}, 1); err != nil {
		t.Errorf("a place beyond all numbers: %v", err)
	}
}

func TestOrdersDoNotAllocate(t *testing.T) {
	for name, it := range orders(t) {
		cycle := func() {
			for id := range 40 {
				_ = it.order.Push(job{id, id % 5, id % 3}, uint64(id))
			}
			for it.order.Ready() > 0 {
				j, _ := it.order.Pop()
				it.order.Finish(j)
			}
		}
		allowed := 0.0
		if name == "Fair" {
			continue // refusals carry what they say
		}
		if allocs := testing.AllocsPerRun(100, cycle); allocs > allowed {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}
