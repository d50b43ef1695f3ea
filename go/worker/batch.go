package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"capstan/pool"
)

// BatchHandler does the work of several tasks at once. It returns one error for each, in the same
// order, or nil when all are done; each error does to its task what that of a [Handler] does. ctx ends
// when the first of the tasks is out of time.
type BatchHandler[T any] func(ctx context.Context, tasks []Task[T]) []error

// BatchConfig says how tasks become batches.
type BatchConfig struct {
	// Max is the most tasks of a batch, 1 or more. Each holds a slot while it waits and while the
	// batch runs, so that more than pool.slots are never together.
	Max int
	// Wait is how long the first task of a batch waits for others, more than 0.
	Wait time.Duration
}

// Batch makes a constructor for [Main] out of a handler of batches. Leases, deadlines, attempts and
// outcomes stay those of the single tasks; a panic counts as one of each task in the batch.
func Batch[T any](c BatchConfig, handle BatchHandler[T]) func(Setup) (Handler[T], error) {
	return func(Setup) (Handler[T], error) {
		var errs []error
		if c.Max < 1 {
			errs = append(errs, fmt.Errorf("batch: Max must be 1 or more, got %d", c.Max))
		}
		if c.Wait <= 0 {
			errs = append(errs, fmt.Errorf("batch: Wait must be more than 0, got %v", c.Wait))
		}
		if handle == nil {
			errs = append(errs, errors.New("batch: the handler must be a function, got nil"))
		}
		if err := errors.Join(errs...); err != nil {
			return nil, err
		}
		b := &batcher[T]{config: c, handle: handle}
		return b.join, nil
	}
}

// batcher collects tasks until a batch is full or has waited for long enough.
type batcher[T any] struct {
	config BatchConfig
	handle BatchHandler[T]

	mu   sync.Mutex
	open *batch[T] // takes tasks; nil: none
}

// batch is tasks that run together.
type batch[T any] struct {
	contexts []context.Context
	tasks    []Task[T]
	full     chan struct{} // closed when nobody joins any more
	over     chan struct{} // closed when errs is there
	errs     []error
}

// join is the handler of one task. The first of a batch runs it.
func (b *batcher[T]) join(ctx context.Context, t Task[T]) error {
	it, place := b.enter(ctx, t)
	if place == 0 {
		b.lead(ctx, it)
	}
	<-it.over // also when ctx has ended: the batch may still have the effect
	return it.errs[place]
}

func (b *batcher[T]) enter(ctx context.Context, t Task[T]) (it *batch[T], place int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open == nil {
		b.open = &batch[T]{full: make(chan struct{}), over: make(chan struct{})}
	}
	it, place = b.open, len(b.open.tasks)
	it.tasks, it.contexts = append(it.tasks, t), append(it.contexts, ctx)
	if len(it.tasks) == b.config.Max {
		b.close(it)
	}
	return it, place
}

// close lets nobody join any more. The mutex is held.
func (b *batcher[T]) close(it *batch[T]) {
	if b.open == it {
		b.open = nil
		close(it.full)
	}
}

// lead waits for others and runs the batch.
func (b *batcher[T]) lead(ctx context.Context, it *batch[T]) {
	timer := time.NewTimer(b.config.Wait)
	defer timer.Stop()
	select {
	case <-it.full:
	case <-timer.C:
	case <-ctx.Done():
	}
	b.mu.Lock()
	b.close(it)
	b.mu.Unlock()
	defer close(it.over)
	it.errs = b.run(it)
}

func (b *batcher[T]) run(it *batch[T]) (errs []error) {
	ctx, cancel := context.WithCancel(it.contexts[0])
	defer cancel()
	for _, other := range it.contexts[1:] {
		defer context.AfterFunc(other, cancel)()
	}
	all := func(err error) []error {
		errs := make([]error, len(it.tasks))
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		if value := recover(); value != nil {
			errs = all(&pool.PanicError{Value: value, Stack: debug.Stack()})
			return
		}
		it.errs = all(pool.ErrGoexit) // the goroutine ends; the deferred close tells the others
	}()
	errs = b.handle(ctx, it.tasks)
	returned = true
	switch {
	case errs == nil:
		return all(nil)
	case len(errs) != len(it.tasks):
		return all(fmt.Errorf("the batch handler returned %d errors for %d tasks; it returns one for each, or nil", len(errs), len(it.tasks)))
	}
	return errs
}
