package redisonce_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"capstan/idempotent/redisonce"
	"capstan/worker"
)

// A handler whose effect is in neither database nor Redis: a task that another worker has comes again
// when that one's lease has ended.
func ExampleHeldError() {
	hold := func() error { return &redisonce.HeldError{For: 4 * time.Second} } // as store.Hold does
	handle := func(context.Context) error {
		err := hold()
		if held := (*redisonce.HeldError)(nil); errors.As(err, &held) {
			return worker.RetryAfter(err, held.For)
		}
		return err
	}
	fmt.Println(handle(context.Background()))
	// Output:
	// another process does this effect; its lease ends in 4s
}
