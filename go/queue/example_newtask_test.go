package queue_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"capstan/queue"
)

// A task for later that carries a header. Its id makes it unique: the second one is ignored.
func ExampleNewTask() {
	ctx := context.Background()
	q, err := queue.NewMemory(queue.MemoryConfig{Capacity: 10, AckWait: time.Minute})
	if err != nil {
		panic(err)
	}
	defer q.Close()
	for range 2 {
		task, err := queue.NewTask("invoice-7", map[string]int{"invoice": 7},
			queue.NotBefore(time.Now().Add(10*time.Millisecond)), queue.Headers(map[string]string{"Tenant": "acme"}))
		if err == nil {
			err = q.Enqueue(ctx, task)
		}
		if err != nil {
			panic(err)
		}
	}
	batch, err := q.Fetch(ctx, 10)
	if err != nil {
		panic(err)
	}
	fmt.Println(len(batch), batch[0].ID, string(batch[0].Payload), batch[0].Headers["Tenant"])

	keyed, err := queue.NewTask("", 1, queue.Key("customer-3"))
	if err != nil {
		panic(err)
	}
	fmt.Println(errors.Is(q.Enqueue(ctx, keyed), queue.ErrUnsupported))
	// Output:
	// 1 invoice-7 {"invoice":7} acme
	// true
}
