package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
)

// Exit codes of a worker, as docs/architecture.md lists them.
const (
	exitClean            = 0
	exitFailed           = 1
	exitBadConfiguration = 2
	exitDeadline         = 3
	exitSecondSignal     = 4
	exitUnfinished       = 5
)

// Options are the parts of the outside world that a test replaces. The zero value is right
// for a program, except for Signals.
type Options struct {
	// Signals delivers what asks the worker to end: the first begins the drain, the second
	// hands back at once. nil: only ctx ends it.
	Signals <-chan os.Signal
	// Log receives the worker's log. nil: JSON lines on standard error, at the contract's level.
	Log *slog.Logger
	// Level is the level of Log, if live settings are to change it. nil: they do not change a Log
	// that is set.
	Level *slog.LevelVar
	// Listen opens the HTTP ports. nil: net.Listen.
	Listen func(network, address string) (net.Listener, error)
	// Drivers are for sources on brokers; one that the contract needs and that is missing is a
	// bad configuration.
	Drivers []driver.Driver

	wrapQueue func(queue.Queue) queue.Queue // for this package's tests
}

// Run runs a worker until its source is exhausted, a signal or the end of ctx stops it (ctx
// counts as a first signal), or it fails. It blocks until the report is written: after an order to
// end no longer than the contract's shutdown in all, and after a second one no longer than its
// flushSeconds. It leaves nothing running but handlers that ignore the end of their context, and calls
// to a broker that says nothing, until they give up.
//
// The report says in Reason and ExitCode how it ended:
//
//	idle          0  the source is exhausted
//	signal        0  drained in time, or not started yet; what had not started was handed back
//	signal        5  the same with tasks left in a source at whose end the worker ends (exitWhenIdle):
//	                 a Job has to run its part again
//	deadline      3  shutdown.drainSeconds passed, and running tasks were cut off, to be handed back
//	secondSignal  4  everything unfinished was handed back at once
//	failed        2  it could not start with this contract: source, port, or build's error
//	failed        1  the broker stayed away at the start, fetching kept failing, or handlers that ignore their deadline held every slot
//
// The error is not nil when Reason is failed. config has been checked by [contract.Load].
func Run[T any](
	ctx context.Context, config *contract.WorkerContract, build func(Setup) (Handler[T], error), options Options,
) (contract.WorkerReport, error) {
	return newLifecycle(config, options).run(ctx, func(setup Setup) (attempt, error) {
		handler, err := build(setup)
		if err != nil {
			return nil, fmt.Errorf("build handler: %w", err)
		}
		if handler == nil {
			return nil, errors.New("build handler: wanted a function, got nil")
		}
		return decoded(handler, setup), nil
	})
}

// attempt runs the handler on one delivery.
type attempt func(context.Context, queue.Delivery) error

// decoded is handler behind the decoding of its payload.
func decoded[T any](handler Handler[T], setup Setup) attempt {
	return func(ctx context.Context, d queue.Delivery) error {
		task := Task[T]{ID: d.ID, Attempt: d.Attempt, Setup: setup}
		if err := json.Unmarshal(d.Payload, &task.Payload); err != nil {
			return Permanent(fmt.Errorf("decode payload: %w", err))
		}
		return handler(ctx, task)
	}
}
