package driver

import (
	"context"

	"capstan/queue"
)

// WhileOpen makes a context that ends with ctx, and with open, which ends when a queue is closed.
// cancel frees it.
func WhileOpen(ctx, open context.Context) (_ context.Context, cancel context.CancelFunc) {
	ctx, end := context.WithCancelCause(ctx)
	stop := context.AfterFunc(open, func() { end(queue.ErrClosed) })
	return ctx, func() {
		stop()
		end(nil)
	}
}

// WhyEnded is why a call failed whose context is one of [WhileOpen]: that the queue is closed, that ctx
// ended, or else err.
func WhyEnded(ctx, open context.Context, err error) error {
	switch {
	case open.Err() != nil:
		return queue.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return err
}
