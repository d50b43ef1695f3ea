package pool

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
)

// Group runs functions that belong together on a bounded number of goroutines, and
// waits for all of them, as an errgroup with a limit does. Create it with FirstError or
// Collect, and call Wait once everything has been handed to Go. What is different from
// errgroup: functions get the group's context, a blocked Go ends with it, a panic is an
// error and not the end of the process, and goroutines are used again.
//
// Go and TryGo may be called from several goroutines. From a function of the group Go can
// deadlock, as Pool.Submit can; TryGo cannot.
type Group struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	collect bool
	pool    *Pool[member]

	mu       sync.Mutex
	next     int
	failures []failure // in the order in which they happened
	skipped  bool      // a function did not run because the context had ended
}

// member is a function of a group and its place among them.
type member struct {
	place int
	run   func(ctx context.Context) error
}

type failure struct {
	place int
	err   error
}

// FirstError returns a group that runs at most `workers` functions at once. The first
// error cancels the context of the others, with that error as its cause, and functions
// that have not started are skipped; Wait returns that error. workers below 1 is refused.
func FirstError(ctx context.Context, workers int) (*Group, error) {
	return newGroup(ctx, workers, false)
}

// Collect returns a group that runs at most `workers` functions at once, all of them,
// whatever becomes of the others; Wait returns their errors joined, in the order of the
// calls of Go. Only the end of ctx makes it skip functions that have not started.
// workers below 1 is refused.
func Collect(ctx context.Context, workers int) (*Group, error) {
	return newGroup(ctx, workers, true)
}

func newGroup(ctx context.Context, workers int, collect bool) (*Group, error) {
	g := &Group{collect: collect}
	p, err := New(Config[member]{Workers: workers, Handle: g.handle, Done: g.done})
	if err != nil {
		return nil, err
	}
	g.pool = p
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	return g, nil
}

// Go has f run, and blocks until a goroutine is free for it. It returns nil once f is
// certain to be run or skipped by the group. Otherwise f was not and will not be run:
// because the group's context ended, of which Wait tells as well, or with ErrClosed
// because Wait has been called.
func (g *Group) Go(f func(ctx context.Context) error) error {
	err := g.pool.Submit(g.ctx, g.member(f))
	switch {
	case err == nil:
		return nil
	case g.pool.isClosed():
		return ErrClosed
	}
	g.skip()
	return context.Cause(g.ctx)
}

// TryGo has f run if a goroutine is free for it, never blocks, and reports whether it is.
func (g *Group) TryGo(f func(ctx context.Context) error) bool {
	return g.pool.TrySubmit(g.member(f)) == nil
}

// Wait blocks until every function has returned, and returns nil if all ran and none
// failed. Otherwise it returns the first error, or all of them, as the group was made; a
// panic is a *PanicError, runtime.Goexit is ErrGoexit. If functions were skipped because
// the context given to the group ended, its cause is returned where there is no first
// error, and joined to the others where errors are collected. Wait may be called several
// times, and ends the group's context.
func (g *Group) Wait() error {
	g.pool.Drain(context.Background())
	cause := context.Cause(g.ctx)
	g.cancel(nil)
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.collect && len(g.failures) > 0 {
		return g.failures[0].err
	}
	slices.SortStableFunc(g.failures, func(a, b failure) int { return cmp.Compare(a.place, b.place) })
	var errs []error
	for _, it := range g.failures {
		errs = append(errs, it.err)
	}
	if g.skipped && len(errs) == 0 {
		return cause
	}
	if g.skipped {
		errs = append(errs, cause)
	}
	return errors.Join(errs...)
}

// Map runs f for each input on at most `workers` goroutines and returns the results, in
// the order of the inputs. The first error cancels the rest, as FirstError says, and is
// returned with the results there are; those missing are zero.
func Map[T, R any](ctx context.Context, workers int, inputs []T, f func(ctx context.Context, input T) (R, error)) ([]R, error) {
	g, err := FirstError(ctx, workers)
	if err != nil {
		return nil, err
	}
	results := make([]R, len(inputs))
	for i, input := range inputs {
		if g.Go(func(ctx context.Context) (err error) {
			results[i], err = f(ctx, input)
			return err
		}) != nil {
			break
		}
	}
	return results, g.Wait()
}

func (g *Group) member(f func(context.Context) error) member {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.next++
	return member{g.next, f}
}

func (g *Group) handle(_ context.Context, m member) error {
	if g.ctx.Err() != nil {
		g.skip()
		return nil
	}
	return m.run(g.ctx)
}

func (g *Group) done(m member, err error) {
	if err == nil {
		return
	}
	g.mu.Lock()
	g.failures = append(g.failures, failure{m.place, err})
	first := g.failures[0].err
	g.mu.Unlock()
	if !g.collect {
		g.cancel(first)
	}
}

func (g *Group) skip() {
	g.mu.Lock()
	g.skipped = true
	g.mu.Unlock()
}
