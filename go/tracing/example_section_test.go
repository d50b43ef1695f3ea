package tracing_test

import (
	"context"
	"fmt"
	"net/http"

	"capstan/tracing"
)

// Parts of a task, and requests that it makes, are spans of their own in its trace. Without
// telemetry the same code does nothing but the work.
func ExampleSection() {
	client := &http.Client{Transport: tracing.Transport{}}
	handle := func(ctx context.Context, path string) error {
		ctx, end := tracing.Section(ctx, "decode")
		err := ctx.Err()
		end(err)
		fmt.Println("developed", path, client.Transport != nil)
		return err
	}
	fmt.Println(handle(context.Background(), "lake.jpg"))
	// Output:
	// developed lake.jpg true
	// <nil>
}
