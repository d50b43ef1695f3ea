package worker

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"

	"capstan/contract"
)

// Exit codes of a worker, as docs/architecture.md lists them.
const (
	exitClean            = 0
	exitFailed           = 1
	exitBadConfiguration = 2
	exitDeadline         = 3
	exitSecondSignal     = 4
)

// Options are the parts of the outside world that a test replaces. The zero value is right
// for a program, except for Signals.
type Options struct {
	// Signals delivers what asks the worker to end: the first begins the drain, the second
	// hands back at once. nil: only ctx ends it.
	Signals <-chan os.Signal
	// Log receives the worker's log. nil: JSON lines on standard error, at the contract's level.
	Log *slog.Logger
	// Listen opens the HTTP ports. nil: net.Listen.
	Listen func(network, address string) (net.Listener, error)
}

// Run runs a worker until its source is exhausted, a signal or the end of ctx stops it (both
// count as a first signal), or it fails.
func Run[T any](
	ctx context.Context, config *contract.WorkerContract, build func(Setup) (Handler[T], error), options Options,
) (contract.WorkerReport, error) {
	return contract.WorkerReport{ExitCode: exitFailed}, errors.New("the loop is not wired yet")
}
