// Package worker runs a handler over a queue: it fetches what free slots can take, runs
// tasks in a bounded pool, settles every one of them (done, tried again later, dead letter,
// or handed back), and ends within the shutdown budget of its contract.
//
// A program hands its handler to [Main]:
//
//	func Handle(ctx context.Context, t worker.Task[Photo]) error { … }
//	func main() { worker.Main(worker.Stateless(Handle)) }
//
// Delivery is at least once: a handler may see a task again after a kill, a lost
// acknowledgement or a failed attempt, so its effect has to be repeatable, or found in place
// and answered with [ErrAlreadyDone].
package worker

// IsAtLeastVersion0_1 is a handshake: a generated main refers to the newest such constant
// that it relies on, so that it does not compile against a runtime that is too old.
const IsAtLeastVersion0_1 = true
