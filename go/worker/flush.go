package worker

import (
	"context"
	"sync"
	"time"

	"capstan/contract"
)

// The parts of the flush end at these shares of it, so that each has what those before it left, and a
// broker that says nothing keeps none from its turn. What is left is for the report.
const (
	returnShare = 0.5 // cancelled handlers return
	callShare   = 0.7 // the queue hears what became of tasks; then calls to it are broken off
	settleShare = 0.8 // what goes on beside the pool ends, calls that cannot be broken off are left alone
	closeShare  = 0.9 // ports, the source and the traces close
)

// flush is the time after the drain, shutdown.flushSeconds in all: the grace period of the pod has no
// more. It begins when the drain does not let tasks go on, or has nothing left to do.
type flush struct {
	budget time.Duration
	once   sync.Once
	began  time.Time
}

func newFlush(s contract.Shutdown) *flush { return &flush{budget: contract.Seconds(s.FlushSeconds)} }

// begin begins the flush, unless it has begun.
func (f *flush) begin() { f.once.Do(func() { f.began = time.Now() }) }

// until makes a context that ends when a share of the flush has passed; it begins the flush.
func (f *flush) until(share float64) (context.Context, context.CancelFunc) {
	f.begin()
	return context.WithDeadline(context.Background(), f.began.Add(f.part(share)))
}

// part is how long a share of the flush is.
func (f *flush) part(share float64) time.Duration { return time.Duration(share * float64(f.budget)) }

// within runs f until it returns, or ctx ends; then f is left alone.
func within(ctx context.Context, f func()) {
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		f()
	}()
	select {
	case <-returned:
	case <-ctx.Done():
	}
}
