package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"time"

	"capstan/contract"
	"capstan/internal/pod"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/tracing"
)

const (
	// sampleInterval is how often the slots are looked at for their utilisation.
	sampleInterval = time.Second
	// answerGrace is what a request has beyond its deadline to be read and answered.
	answerGrace = 10 * time.Second
	// leastConnections may be open, and four for each request that is handled or waits.
	leastConnections = 1024
)

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
	answers   *bounded
	probes    *pod.Server
	server    *pod.Server
	ready     time.Duration
	requests  context.Context // of all requests
	cutOff    context.CancelFunc
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
	mux, err := l.handlers.mux()
	if err != nil {
		return err
	}
	l.answers = newBounded(c, mux, l.gate, l.metrics, l.tracer, l.log)
	connections := max(leastConnections, 4*(c.Pool.Slots+c.Queue.Length))
	if l.server, err = pod.ServeWith(l.options.Listen, c.Http.Host, c.Http.Port, connections, l.httpServer(l.answers), l.log); err != nil {
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
		Reason: "signal", ExitCode: exitClean, Requests: int(l.answers.handled.Load()),
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
	pod.Every(ctx, sampleInterval, func() {
		s := l.gate.stats()
		l.usage.Sample(time.Now(), s.busyTime, s.slotTime)
	})
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
