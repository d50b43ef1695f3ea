package service

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"capstan/contract"
	"capstan/internal/pod"
	"capstan/queue/driver"
	"capstan/tracing"
)

// Exit codes of a service, as docs/architecture.md lists them.
const (
	exitClean            = 0
	exitBadConfiguration = 2
	exitDeadline         = 3
	exitSecondSignal     = 4

	defaultConfig = "/etc/capstan/service.json"
)

// Options are the parts of the outside world that a test replaces. The zero value is right for a
// program, except for Signals.
type Options struct {
	// Signals delivers what asks the service to end: the first begins the drain, the second ends
	// at once. nil: only ctx ends it.
	Signals <-chan os.Signal
	// Log receives the service's log. nil: JSON lines on standard error, at the contract's level.
	Log *slog.Logger
	// Listen opens the ports. nil: net.Listen.
	Listen func(network, address string) (net.Listener, error)
	// Drivers are for where the contract publishes to.
	Drivers []driver.Driver
}

// Report says how a service ended.
type Report struct {
	// Reason is signal, deadline, secondSignal or failed.
	Reason string `json:"reason"`
	// ExitCode is that of [Run].
	ExitCode int `json:"exitCode"`
	// Requests that were handled: those that got a slot, whatever became of them.
	Requests int `json:"requests"`
	// ReadySeconds is the time from the start of the process until it was ready.
	ReadySeconds float64 `json:"readySeconds"`
	// DrainSeconds is the time from the signal to the end of the drain.
	DrainSeconds float64 `json:"drainSeconds"`
}

// Main runs a service as the whole program: it reads the contract from the file that CAPSTAN_CONFIG
// names (default /etc/capstan/service.json), serves until a signal ends it, and exits with the code
// of [Run]. build makes the handlers once, before the service is ready. drivers are those of the
// brokers that the program's contracts name. Main never returns.
func Main(build func(Setup) (Handlers, error), drivers ...driver.Driver) {
	config, err := pod.LoadConfig(contract.LoadService, defaultConfig)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitBadConfiguration)
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	report, err := Run(context.Background(), config, build, Options{Signals: signals, Drivers: drivers})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(report.ExitCode)
}

// Run serves until a signal or the end of ctx stops it (ctx counts as a first signal), or it cannot
// start. It blocks until all is over, and leaves nothing running but handlers that ignore the end of
// their context.
//
//	signal        0  drained in time, or not started yet
//	deadline      3  shutdown.drainSeconds passed, and requests were cut off
//	secondSignal  4  requests were cut off at once
//	failed        2  it could not start with this contract: port, broker, build's error, or handlers that cannot be served
//
// The error is not nil when the reason is failed. config has been checked by
// [contract.LoadService].
func Run(ctx context.Context, config *contract.ServiceContract, build func(Setup) (Handlers, error), options Options) (Report, error) {
	if options.Listen == nil {
		options.Listen = net.Listen
	}
	if options.Log == nil {
		options.Log = pod.NewLog(config.Log)
	}
	l := &lifecycle{
		config: config, options: options, log: options.Log.With("service", config.Name), phase: pod.NewPhase(),
		gate:    newGate(config.Pool.Slots, config.Queue.Length, contract.Seconds(config.Queue.MaxWaitSeconds)),
		metrics: newMetrics(config.Name), usage: pod.NewUsage(time.Now()),
		tracer: tracing.None{},
	}
	l.requests, l.cutOff = context.WithCancel(context.Background())
	given, dismiss := pod.TakeOrders(ctx, options.Signals)
	defer dismiss()
	report := l.run(given, build)
	l.close()
	if l.err != nil {
		l.log.Error("service failed", "error", l.err)
	}
	l.log.Info("report", "report", report)
	return report, l.err
}
