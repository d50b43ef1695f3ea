package worker

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"capstan/contract"
	"capstan/internal/pod"
	"capstan/queue/driver"
)

const defaultConfig = "/etc/capstan/worker.json"

// Main runs a worker as the whole program: it reads the contract from the file that
// CAPSTAN_CONFIG names (default /etc/capstan/worker.json), runs until the source is exhausted
// or a signal ends it, writes the report, and exits with the report's code (see [Run]).
//
// build makes the handler once, after the source is open and before the worker is ready; wrap
// a plain handler with [Stateless]. drivers are those of the brokers that the program's contracts
// name. Main never returns.
//
// With arguments the program is a command beside the worker, and starts none: `dlq` lists, shows,
// replays and drops dead letters (`dlq help` says how), also while the worker runs, as with
// `kubectl exec deploy/NAME -- /NAME dlq list`. Any other argument ends it with exit code 2.
func Main[T any](build func(Setup) (Handler[T], error), drivers ...driver.Driver) {
	if len(os.Args) > 1 {
		os.Exit(command(os.Args[1:], drivers))
	}
	config, err := loadConfig()
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

func loadConfig() (*contract.WorkerContract, error) {
	return pod.LoadConfig(contract.Load, defaultConfig)
}

// command runs the program as a command, and returns the exit code.
func command(args []string, drivers driver.Drivers) int {
	if args[0] != "dlq" {
		fmt.Fprintf(os.Stderr, "wanted no argument, which runs the worker by the configuration that CAPSTAN_CONFIG names, or dlq; got %q\n", args[0])
		return exitBadConfiguration
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer cancel()
	return runDLQ(ctx, args[1:], loadConfig, drivers, os.Stdout, os.Stderr)
}
