package main

import (
	"context"

	"capstan/worker"
)

type picture struct {
	URL string `json:"url"`
}

// Handle is written by hand, so building must leave it as it is.
func Handle(ctx context.Context, t worker.Task[picture]) error {
	t.Log.InfoContext(ctx, "resized", "url", t.Payload.URL)
	return ctx.Err()
}
