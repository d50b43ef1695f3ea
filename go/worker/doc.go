// Package worker runs a handler over a queue: it fetches what free slots can take, runs
// tasks in a bounded pool, settles every one of them (done, tried again later, dead letter,
// or handed back), and ends within the shutdown budget of its contract.
//
// A program hands its handler to [Main]:
//
//	func Handle(ctx context.Context, t worker.Task[Photo]) error { … }
//	func main() { worker.Main(worker.Stateless(Handle)) }
//
// # Delivery
//
// Delivery is at least once: a handler may see a task again after a kill, a lost
// acknowledgement or a failed attempt, so its effect has to be repeatable, or found in place
// and answered with [ErrAlreadyDone]. The lease of a task is renewed as long as its handler
// heeds its deadline; the task of one that does not is given to somebody else.
//
// A process that is killed takes an attempt of all that it holds. Where others share the queue, a task
// whose last attempt came to no end so gets one more, with no other task in its process, unless
// task.maxAttempts is 1: ended alone, too, it goes to the dead letter, and those that were in flight
// beside it do not.
//
// # Fetching
//
// The worker fetches for its free slots and a margin on top, factor × rate × round trip by
// Little's law, both measured: enough that no slot waits for a fetch, and nothing to speak of
// when tasks are slow.
//
// # Settling
//
// A slot does not wait until the broker has confirmed what became of its task: acknowledgements
// go out in batches beside it, after the effect. Until one is confirmed its task counts as held (at
// most slots + 2 × fetch.maxPrefetch are), its lease is renewed, and neither the report nor
// capstan_tasks_total counts it. One that the broker does not take is logged as "task not settled"
// and counted in capstan_tasks_unsettled_total, and its task is delivered again. At the end all of
// them have shutdown.flushSeconds to get through.
//
// # Protection and live settings
//
// With `protect` in the contract the worker bounds what it does to those whom handlers call: a rate and
// a circuit breaker hold back fetching, so that no slot is held and no attempt is burnt; a retry budget
// puts off retries beyond a share of attempts; an adaptive limit takes slots away while tasks take
// longer than they used to. capstan_pool_utilization is always by the planned slots.
//
// The file that the contract names as `live` is read every 5 s. A change is checked as a whole, then
// taken; a bad one leaves all as it was, and says so in the log ("live settings refused, the old ones
// stay") and in capstan_settings_reloads_total{result="refused"}.
//
// # Drift
//
// Where a broker keeps settings of the source, such as a consumer, they are compared every 30 s with
// what the worker made. Readiness, the log and capstan_source_drift name those that somebody changed.
// They are not repaired before the worker starts the next time.
//
// # Dead letters
//
// The program with the arguments `dlq list|show|replay|drop` reads the same contract and acts on the
// dead letters, also while the worker runs: see [Main].
//
// # Ending
//
// On the first SIGTERM or SIGINT readiness goes off, and for shutdown.lameDuckSeconds all goes
// on as before. Then intake and fetching stop, what has not started is handed back, and running
// tasks have shutdown.drainSeconds to finish. After that their contexts end, and what they leave
// is handed back without a counted attempt, within shutdown.flushSeconds. A second signal skips
// to the handing back. [Run] lists the exit codes.
//
// Tasks that were pushed over HTTP exist in this process only, so a worker with an intake goes on
// starting what waits until its queue is empty or shutdown.drainSeconds have passed; the plan
// makes that long enough for a full queue. What is left then is lost, and a warning counts it.
//
// # Probes and metrics
//
// On http.metricsPort:
//
//	/startupz  200 once the source is open and the handler is built, and from then on
//	/readyz    200 from then until the drain begins; says why when it is not
//	/healthz   200 while the process can do anything at all; never depends on the source
//	/metrics   Prometheus: pool, backlog, tasks by outcome, durations, Go runtime, process
//
// docs/metrics.md lists all metrics.
//
// Startup keeps liveness from ending a slow start, readiness takes a draining pod out of its
// Service, and liveness restarts a process that hangs.
//
// # Log
//
// JSON lines on standard error. Those that other programs read: "source opened" (tasks, dead),
// "ready" (seconds, metricsAddr, intakeAddr), at level debug "task finished" for each delivery
// (id, outcome, attempt, seconds, reason), and at the end, whatever the level,
// "report".
package worker

// IsAtLeastVersion0_1 is a handshake: a generated main refers to the newest such constant
// that it relies on, so that it does not compile against a runtime that is too old.
const IsAtLeastVersion0_1 = true
