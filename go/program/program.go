// Package program runs what is neither a worker nor a service, such as an agent on every node: with
// a port for probes and metrics, JSON lines on standard error, and an end on SIGTERM.
package program

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"capstan/internal/pod"
)

// Exit codes of a program, as docs/architecture.md lists them.
const (
	exitClean            = 0
	exitFailed           = 1
	exitBadConfiguration = 2
	exitSecondSignal     = 4

	portVariable = "CAPSTAN_METRICS_PORT"
	defaultPort  = 9090

	// stopTime is for probes that are being answered at the end.
	stopTime = time.Second
)

// Setup is what a program runs with.
type Setup struct {
	// Name is that of Main.
	Name string
	// Log writes JSON lines to standard error.
	Log *slog.Logger
	// Metrics takes the program's own metrics; those of the Go runtime and the process are there.
	Metrics prometheus.Registerer
	// Ready turns readiness on. Call it when the program does its work.
	Ready func()
}

// Main runs a program until run returns, and never returns itself. run's context ends at SIGTERM or
// SIGINT; run returns soon after that, and nil then.
//
// On the port CAPSTAN_METRICS_PORT (default 9090) it serves /startupz and /readyz, which are 200 once
// Ready was called and until the context ends, /healthz, and /metrics.
//
// Exit codes: 0 run returned nil; 1 it returned an error; 2 the port could not be opened; 4 a second
// signal came before it returned.
func Main(name string, run func(ctx context.Context, setup Setup) error) {
	log := pod.NewLog(nil).With("program", name)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	port, err := metricsPort()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitBadConfiguration)
	}
	code, err := execute(name, run, options{signals: signals, log: log, listen: net.Listen, port: port})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func metricsPort() (int, error) {
	text := os.Getenv(portVariable)
	if text == "" {
		return defaultPort, nil
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%s: wanted a port, got %q. Set a number from 0 to 65535", portVariable, text)
	}
	return int(port), nil
}

type options struct {
	signals <-chan os.Signal
	log     *slog.Logger
	listen  pod.Listener
	port    int
}

func execute(name string, run func(context.Context, Setup) error, o options) (code int, err error) {
	given, dismiss := pod.TakeOrders(context.Background(), o.signals)
	defer dismiss()
	phase := pod.NewPhase()
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	probes := pod.NewProbes(phase)
	probes.ServeMetrics(registry)
	server, err := pod.Serve(o.listen, nil, o.port, probes, o.log)
	if err != nil {
		return exitBadConfiguration, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopTime)
		defer cancel()
		server.Stop(ctx)
	}()
	stop := context.AfterFunc(given.First, func() { phase.Unready("ending") })
	defer stop()
	setup := Setup{Name: name, Log: o.log, Metrics: registry, Ready: func() {
		phase.Ready(func(time.Time) error { return nil })
		o.log.Info("ready", "metricsAddr", server.Address, "seconds", pod.ProcessAge().Seconds())
	}}
	ended := make(chan error, 1)
	go func() { ended <- run(given.First, setup) }()
	select {
	case err := <-ended:
		if err != nil {
			return exitFailed, fmt.Errorf("%s: %w", name, err)
		}
		o.log.Info("ended")
		return exitClean, nil
	case <-given.Second.Done():
		return exitSecondSignal, nil
	}
}
