package pool_test

import (
	"context"
	"errors"
	"fmt"

	"capstan/pool"
)

// What an errgroup with SetLimit(2) does; the functions get the context.
func ExampleFirstError() {
	g, err := pool.FirstError(context.Background(), 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, page := range []string{"home", "missing", "about"} {
		_ = g.Go(func(context.Context) error {
			if page == "missing" {
				return errors.New("no such page: " + page)
			}
			return nil
		})
	}
	fmt.Println(g.Wait())
	// Output: no such page: missing
}

func ExampleCollect() {
	g, err := pool.Collect(context.Background(), 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, divisor := range []int{1, 0, 2, 0} {
		_ = g.Go(func(context.Context) error {
			if divisor == 0 {
				return errors.New("cannot divide by zero")
			}
			return nil
		})
	}
	fmt.Println(g.Wait())
	// Output:
	// cannot divide by zero
	// cannot divide by zero
}

func ExampleMap() {
	squares, err := pool.Map(context.Background(), 3, []int{1, 2, 3, 4}, func(_ context.Context, n int) (int, error) {
		return n * n, nil
	})
	fmt.Println(squares, err)
	// Output: [1 4 9 16] <nil>
}
