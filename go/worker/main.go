package worker

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"capstan/contract"
	"capstan/queue/driver"
)

const (
	configVariable = "CAPSTAN_CONFIG"
	defaultConfig  = "/etc/capstan/worker.json"
)

// Main runs a worker as the whole program: it reads the contract from the file that
// CAPSTAN_CONFIG names (default /etc/capstan/worker.json), runs until the source is exhausted
// or a signal ends it, writes the report, and exits with the report's code (see [Run]).
//
// build makes the handler once, after the source is open and before the worker is ready; wrap
// a plain handler with [Stateless]. drivers are those of the brokers that the program's contracts
// name. Main never returns.
func Main[T any](build func(Setup) (Handler[T], error), drivers ...driver.Driver) {
	path := os.Getenv(configVariable)
	if path == "" {
		path = defaultConfig
	}
	config, err := contract.Load(path)
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
