package pod

import (
	"context"
	"os"
	"sync"
)

// Orders end with the first and with the second order to stop.
type Orders struct {
	// First ends at the first order: drain.
	First context.Context
	// Second ends at the second: at once.
	Second context.Context
}

// TakeOrders turns signals, and the end of ctx, into orders until dismiss is called.
func TakeOrders(ctx context.Context, signals <-chan os.Signal) (o Orders, dismiss func()) {
	first, give := context.WithCancel(ctx)
	second, giveAgain := context.WithCancel(context.Background())
	over, end := context.WithCancel(context.Background())
	var listening sync.WaitGroup
	listening.Go(func() {
		select {
		case <-over.Done():
			return
		case <-ctx.Done():
		case <-signals:
		}
		give()
		select {
		case <-over.Done():
		case <-signals:
			giveAgain()
		}
	})
	return Orders{first, second}, func() {
		end()
		listening.Wait()
		give()
		giveAgain()
	}
}
