package order_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"capstan/pool"
	"capstan/pool/order"
)

// Events of one account are applied one after another, whichever worker takes them.
func ExampleSerial() {
	type event struct {
		account string
		amount  int
	}
	serial, err := order.Serial(func(e event) string { return e.account })
	if err != nil {
		fmt.Println(err)
		return
	}
	var balances sync.Map // each entry is written by one task at a time
	p, _ := pool.New(pool.Config[event]{
		Workers: 8,
		Queue:   1000,
		Order:   serial,
		Handle: func(_ context.Context, e event) error {
			balance, _ := balances.LoadOrStore(e.account, 0)
			balances.Store(e.account, balance.(int)+e.amount)
			return nil
		},
	})
	for range 100 {
		_ = p.Submit(context.Background(), event{"ada", 1})
		_ = p.Submit(context.Background(), event{"grace", 2})
	}
	p.Drain(context.Background())
	ada, _ := balances.Load("ada")
	grace, _ := balances.Load("grace")
	fmt.Println(ada, grace)
	// Output: 100 200
}

// A tenant may have two tasks in the pool here, so that it cannot fill it.
func ExampleFair() {
	type request struct{ tenant, path string }
	fair, _ := order.Fair(order.FairConfig[request, string]{
		Key:     func(r request) string { return r.tenant },
		Running: func(string) int { return 1 },
		Held:    func(string) int { return 2 },
	})
	release := make(chan struct{})
	p, _ := pool.New(pool.Config[request]{
		Workers: 4, Queue: 100, Order: fair,
		Handle: func(context.Context, request) error {
			<-release
			return nil
		},
	})
	for range 3 {
		err := p.Submit(context.Background(), request{"acme", "/"})
		fmt.Println(err, errors.Is(err, order.ErrKeyFull))
	}
	fmt.Println(p.Submit(context.Background(), request{"other", "/"}))
	close(release)
	p.Drain(context.Background())
	// Output:
	// <nil> false
	// <nil> false
	// order: the key of the task is full: it holds 2 of 2 true
	// <nil>
}

// Two urgent tasks may overtake a bulk task, and no more.
func ExamplePriority() {
	type task struct {
		name string
		bulk bool
	}
	urgentFirst, _ := order.Priority(order.PriorityConfig[task]{
		Of: func(t task) int {
			if t.bulk {
				return 1
			}
			return 0
		},
		Overtakes: 2,
	})
	p, _ := pool.New(pool.Config[task]{
		Workers: 1, Queue: 10, Order: urgentFirst,
		Handle: func(_ context.Context, t task) error {
			fmt.Println(t.name)
			return nil
		},
	})
	_, _ = p.SubmitBatch(context.Background(), []task{{"report", true}, {"call 1", false}, {"call 2", false}, {"call 3", false}})
	p.Drain(context.Background())
	// Output:
	// call 1
	// call 2
	// report
	// call 3
}
