// Package pool runs tasks of one kind on a bounded number of goroutines.
//
// A [Pool] has one handler, a number of workers, and a queue. One bound covers
// everything it has taken on: tasks accepted and not finished never exceed
// Workers + Queue. Beyond the bound [Pool.Submit] blocks, with a context, and
// [Pool.TrySubmit] refuses. Tasks start in the order in which they were accepted,
// and blocked submitters are served in the order in which they arrived. A second bound,
// on the sum of the sizes of tasks, can be set, and another order of starting: package
// order has one task of a key after another, turns and limits for tenants, and priorities.
//
// # Outcomes
//
// A task that was accepted has exactly one outcome. Its handler ends, and Done is
// told of it; or [Pool.Drain] hands it back, because it never started
// ([Report].Unstarted) or because its handler did not heed the cancellation
// ([Report].Stuck). A handler that panics, or calls runtime.Goexit, ends its own
// task only: the pool stays at full strength.
//
// # Cost
//
// Tasks are kept by value: a submit allocates nothing once the queue has grown to
// the size in use, blocked or not. Goroutines are started when there is work for
// them, and end when they have been idle for IdleTimeout. A pool with nothing to do
// holds no goroutine.
//
// # What it tells
//
// [Pool.Stats] has the busy time, from which the utilisation follows, the time that
// tasks wait in the queue, measured on a sample, and counters. [Pool.Stuck] lists the
// tasks that hold a slot for too long.
//
// # Groups
//
// A [Group] is for functions of which one waits for all, as with an errgroup: with the
// first error ([FirstError]) or all of them ([Collect]). [Map] is that for a slice.
//
// # Use from inside a handler
//
// A handler may call every method. Two of them wait for other tasks, and a handler
// is itself one: Submit, SubmitBatch and Room from handlers deadlock when all
// workers do it on a full pool (use TrySubmit, or a context that ends), and Drain
// from a handler waits for that handler until the context given to it ends. The same
// goes for Done.
package pool
