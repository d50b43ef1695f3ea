package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"capstan/contract"
	"capstan/internal/pod"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/tracing"
)

// Exit codes of a service, as docs/architecture.md lists them.
const (
	exitClean            = 0
	exitBadConfiguration = 2
	exitDeadline         = 3
	exitSecondSignal     = 4

	configVariable = "CAPSTAN_CONFIG"
	defaultConfig  = "/etc/capstan/service.json"

	// brokerWait is how long a start waits for the broker that the service publishes to.
	brokerWait = 45 * time.Second
	// sampleInterval is how often the slots are looked at for their utilisation.
	sampleInterval = time.Second
	// answerGrace is what a request has beyond its deadline to be read and answered.
	answerGrace = 10 * time.Second
	// leastConnections may be open, and four for each request that is handled or waits.
	leastConnections = 1024
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
	// Requests that were handled.
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
	path := os.Getenv(configVariable)
	if path == "" {
		path = defaultConfig
	}
	config, err := contract.LoadService(path)
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
//	failed        2  it could not start with this contract: port, broker, or build's error
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

// lifecycle takes a service from its contract to its report.
type lifecycle struct {
	config    *contract.ServiceContract
	options   Options
	log       *slog.Logger
	phase     *pod.Phase
	gate      *gate
	metrics   *metrics
	usage     *pod.Usage
	tracer    tracing.Tracer
	publisher queue.Publisher // nil: none
	handlers  Handlers
	probes    *pod.Server
	server    *pod.Server
	ready     time.Duration
	requests  context.Context // of all requests
	cutOff    context.CancelFunc
	counted   counter
	err       error
}

func (l *lifecycle) run(given pod.Orders, build func(Setup) (Handlers, error)) Report {
	l.err = l.start(given.First, build)
	switch {
	case l.err != nil && given.First.Err() != nil && errors.Is(l.err, context.Canceled):
		l.log.Info("told to end before it started", "error", l.err)
		l.err = nil
		return Report{Reason: "signal", ExitCode: exitClean}
	case l.err != nil:
		return Report{Reason: "failed", ExitCode: exitBadConfiguration}
	}
	background, end := context.WithCancel(context.Background())
	var sampling sync.WaitGroup
	sampling.Go(func() { l.sample(background) })
	<-given.First.Done()
	report := l.obey(given)
	end()
	sampling.Wait()
	return report
}

// start opens the probes first, so that they are answered while the handlers take their time.
func (l *lifecycle) start(ctx context.Context, build func(Setup) (Handlers, error)) (err error) {
	c := l.config
	probes := pod.NewProbes(l.phase)
	if l.probes, err = pod.Serve(l.options.Listen, c.Http.Host, c.Http.MetricsPort, probes, l.log); err != nil {
		return fmt.Errorf("http.metricsPort: %w", err)
	}
	if err := l.openTracer(); err != nil {
		return err
	}
	if c.Publish != nil {
		if err := l.openPublisher(ctx); err != nil {
			return err
		}
	}
	if l.handlers, err = build(newSetup(c, l.log, publishTo(l.publisher, l.tracer, destinationOf(c)))); err != nil {
		return fmt.Errorf("build handlers: %w", err)
	}
	answers := l.counted.count(newBounded(c, l.handlers.mux(), l.gate, l.metrics, l.tracer, l.log))
	connections := max(leastConnections, 4*(c.Pool.Slots+c.Queue.Length))
	if l.server, err = pod.ServeWith(l.options.Listen, c.Http.Host, c.Http.Port, connections, l.httpServer(answers), l.log); err != nil {
		return fmt.Errorf("http.port: %w", err)
	}
	probes.ServeMetrics(l.metrics.registry(l.gate, l.usage, l.tracer.Collectors()))
	l.phase.Ready(func(time.Time) error { return nil })
	l.ready = pod.ProcessAge()
	l.log.Info("ready", "addr", l.server.Address, "metricsAddr", l.probes.Address, "seconds", l.ready.Seconds(),
		"gomaxprocs", runtime.GOMAXPROCS(0), "goMemLimitBytes", pod.GoMemLimit())
	return nil
}

// unreadBodyBytes bounds what comes in of the body of a request that waits, over HTTP/2; Go's own
// bound is 1 MiB. The plan counts it in a pod's memory (lib/plan/service/waiting-room.ts).
const unreadBodyBytes = 64 << 10

func (l *lifecycle) httpServer(h http.Handler) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	whole := contract.Seconds(l.config.Queue.MaxWaitSeconds+l.config.Request.MaxSeconds) + answerGrace
	return &http.Server{
		Handler: h, Protocols: protocols, MaxHeaderBytes: pod.MaxHeaderBytes,
		ReadHeaderTimeout: pod.HeaderTimeout, IdleTimeout: 2 * time.Minute,
		ReadTimeout: whole, WriteTimeout: whole,
		HTTP2:       &http.HTTP2Config{MaxReceiveBufferPerStream: unreadBodyBytes},
		BaseContext: func(net.Listener) context.Context { return l.requests },
	}
}

// publishedTo is the driver of what a contract publishes to: the name of its only member.
func publishedTo(p *contract.Publish) string {
	if p.Redis != nil {
		return "redis"
	}
	if p.Kafka != nil {
		return "kafka"
	}
	return "jetstream"
}

func (l *lifecycle) openPublisher(ctx context.Context) error {
	name := publishedTo(l.config.Publish)
	found, err := driver.Drivers(l.options.Drivers).Find(name)
	if err != nil {
		return fmt.Errorf("publish.%s: %w", name, err)
	}
	limited, cancel := context.WithTimeout(ctx, brokerWait)
	defer cancel()
	l.publisher, err = found.OpenPublisher(limited, l.config.Name, l.config.Publish, l.log)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

// openTracer makes the tracer that the contract asks for; lines of the log carry its ids from now on.
func (l *lifecycle) openTracer() (err error) {
	l.tracer, err = driver.Drivers(l.options.Drivers).OpenTracer(tracing.Program{
		Kind: "service", Name: l.config.Name, Telemetry: l.config.Telemetry, Log: l.log,
	})
	if err != nil {
		l.tracer = tracing.None{}
		return err
	}
	l.log = tracing.Log(l.log, l.tracer)
	return nil
}

// destinationOf is where the service adds tasks, as traces name it.
func destinationOf(c *contract.ServiceContract) tracing.Destination {
	switch p := c.Publish; {
	case p == nil:
		return tracing.Destination{}
	case p.Jetstream != nil:
		return tracing.Destination{System: "nats", Name: p.Jetstream.Stream}
	case p.Redis != nil:
		return tracing.Destination{System: "redis", Name: p.Redis.Stream}
	default:
		return tracing.Destination{System: "kafka", Name: p.Kafka.Topic}
	}
}

// obey ends the service on an order, within the budget of the contract's shutdown.
func (l *lifecycle) obey(given pod.Orders) Report {
	began := time.Now()
	budget := l.config.Shutdown
	l.phase.Unready("draining")
	l.log.Info("draining", "lameDuckSeconds", budget.LameDuckSeconds, "drainSeconds", budget.DrainSeconds)
	_ = driver.Pause(given.Second, contract.Seconds(budget.LameDuckSeconds))
	limited, cancel := context.WithTimeout(given.Second, contract.Seconds(budget.DrainSeconds))
	defer cancel()
	late := l.drain(limited)
	report := Report{
		Reason: "signal", ExitCode: exitClean, Requests: l.counted.value(),
		ReadySeconds: l.ready.Seconds(), DrainSeconds: time.Since(began).Seconds(),
	}
	switch {
	case given.Second.Err() != nil:
		report.Reason, report.ExitCode = "secondSignal", exitSecondSignal
	case late:
		report.Reason, report.ExitCode = "deadline", exitDeadline
	}
	l.log.Info("drained", "seconds", report.DrainSeconds, "late", late)
	return report
}

// drain takes no more requests and lets those that are there finish until limit ends; then their
// contexts end, and with the first half of the flush budget their connections.
func (l *lifecycle) drain(limit context.Context) (late bool) {
	stopped := make(chan struct{})
	flush, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		defer close(stopped)
		l.server.Stop(flush)
	}()
	select {
	case <-stopped:
		return false
	case <-limit.Done():
	}
	late = l.gate.stats().busy > 0
	l.cutOff()
	timer := time.AfterFunc(contract.Seconds(l.config.Shutdown.FlushSeconds)/2, cancel)
	defer timer.Stop()
	<-stopped
	return late
}

// sample feeds the utilisation until ctx ends.
func (l *lifecycle) sample(ctx context.Context) {
	ticker := time.NewTicker(sampleInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s := l.gate.stats()
			l.usage.Sample(time.Now(), s.busyTime, s.slotTime)
		}
	}
}

// close ends what start began.
func (l *lifecycle) close() {
	ctx, cancel := context.WithTimeout(context.Background(), contract.Seconds(l.config.Shutdown.FlushSeconds)/2)
	defer cancel()
	l.cutOff()
	if l.server != nil {
		_ = l.gate.awaitIdle(ctx) // handlers use what is closed below
	}
	if l.handlers.Close != nil {
		if err := l.handlers.Close(); err != nil {
			l.log.Error("handlers not closed", "error", err)
		}
	}
	if l.publisher != nil {
		if err := l.publisher.Close(); err != nil {
			l.log.Error("publisher not closed", "error", err)
		}
	}
	if err := l.tracer.Close(ctx); err != nil {
		l.log.Warn("traces not complete", "error", err)
	}
	if l.probes != nil {
		l.probes.Stop(ctx)
	}
}

// counter counts requests.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.n++
		c.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

func (c *counter) value() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}
