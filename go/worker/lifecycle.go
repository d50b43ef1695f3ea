package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"capstan/contract"
	"capstan/internal/pod"
	"capstan/tracing"
)

// lifecycle takes a worker from its contract to its report.
type lifecycle struct {
	config    *contract.WorkerContract
	options   Options
	log       *slog.Logger
	phase     *pod.Phase
	tracer    tracing.Tracer
	source    *source
	engine    *engine
	intake    *intake // nil: none
	reload    *reload // nil: no live settings
	flush     *flush
	servers   []*pod.Server
	readyTime time.Duration // from process start; 0 until ready
}

func newLifecycle(config *contract.WorkerContract, options Options) *lifecycle {
	if options.Listen == nil {
		options.Listen = net.Listen
	}
	if options.Level == nil {
		options.Level = new(slog.LevelVar)
		options.Level.Set(levelOf(config.Log))
	}
	if options.Log == nil {
		options.Log = pod.NewLogAt(options.Level)
	}
	return &lifecycle{config: config, options: options, log: options.Log.With("worker", config.Name), phase: pod.NewPhase(), tracer: tracing.None{}, flush: newFlush(config.Shutdown)}
}

func (l *lifecycle) run(ctx context.Context, prepare func(Setup) (attempt, error)) (contract.WorkerReport, error) {
	given, dismiss := pod.TakeOrders(ctx, l.options.Signals)
	defer dismiss()
	end := ending{reason: contract.WorkerReportReasonFailed}
	end.err = l.start(given.First, prepare)
	end.code = startCode(end.err)
	if end.err == nil {
		end = l.work(given)
	} else if given.First.Err() != nil && errors.Is(end.err, context.Canceled) {
		l.log.Info("told to end before it started", "error", end.err)
		end = ending{reason: contract.WorkerReportReasonSignal, code: l.signalCode()}
	}
	l.stop()
	return l.conclude(end)
}

// start opens the ports first, so that probes are answered while the source and the handler
// take their time. The end of ctx ends the wait for a broker.
func (l *lifecycle) start(ctx context.Context, prepare func(Setup) (attempt, error)) error {
	probes := pod.NewProbes(l.phase)
	metricsAddress, err := l.serve(l.config.Http.MetricsPort, probes)
	if err != nil {
		return fmt.Errorf("http.metricsPort: %w", err)
	}
	if err := l.openTracer(); err != nil {
		return err
	}
	if err := l.openSource(ctx); err != nil {
		return err
	}
	handle, err := prepare(l.setup())
	if err != nil {
		return err
	}
	q := l.source.Queue
	if l.options.wrapQueue != nil {
		q = l.options.wrapQueue(q)
	}
	if l.engine, err = newEngine(l.config, l.log, q, l.source.shared, handle); err != nil {
		return err
	}
	l.engine.tracer = l.tracer
	if err := l.openLimit(); err != nil {
		return err
	}
	if l.config.Live != nil {
		l.reload = newReload(l.engine, l.options.Level)
	}
	for _, letter := range l.source.dead {
		reason, _, _ := strings.Cut(letter.Reason, "\n")
		l.engine.tally.knownDead(contract.DeadLetter{Id: letter.ID, Reason: reason, Attempts: letter.Attempts})
	}
	probes.ServeMetrics(l.engine.registry())
	return l.becomeReady(metricsAddress)
}

func (l *lifecycle) openSource(ctx context.Context) (err error) {
	if l.source, err = openSource(ctx, l.config, l.options.Drivers, l.log); err != nil {
		return err
	}
	if len(l.source.skipped) > 0 {
		l.log.Warn("not regular files, or not readable: skipped", "names", l.source.skipped)
	}
	if _, isNone := l.tracer.(tracing.None); !isNone && l.source.enqueuer != nil {
		l.source.enqueuer = tracedEnqueuer{l.source.enqueuer, l.tracer, destinationOf(l.config)}
	}
	l.log.Info("source opened", "tasks", l.source.tasks, "dead", len(l.source.dead))
	return nil
}

func (l *lifecycle) setup() Setup {
	setup := Setup{
		Name: l.config.Name, Settings: l.config.Settings, Log: l.log,
		Enqueue: l.source.enqueue, Slots: l.config.Pool.Slots,
		MaxAttempts: l.config.Task.MaxAttempts,
	}
	if folders := l.config.Folders; folders != nil {
		setup.Input, setup.Output = contract.Value(folders.Input), contract.Value(folders.Output)
	}
	return setup
}

func (l *lifecycle) becomeReady(metricsAddress string) error {
	attributes := []any{"metricsAddr", metricsAddress}
	if port := l.config.Http.IntakePort; port != nil && l.source.enqueuer != nil {
		l.intake = &intake{queue: l.source.enqueuer, payloadBytes: int64(l.source.payloadBytes)}
		address, err := l.serve(*port, traced(l.tracer, l.intake.handler()))
		if err != nil {
			return fmt.Errorf("http.intakePort: %w", err)
		}
		attributes = append(attributes, "intakeAddr", address)
	}
	l.phase.Ready(l.engine.watch.alive)
	l.readyTime = pod.ProcessAge()
	l.log.Info("ready", append(attributes, "seconds", l.readyTime.Seconds(),
		"gomaxprocs", runtime.GOMAXPROCS(0), "goMemLimitBytes", pod.GoMemLimit())...)
	return nil
}

// stop ends what start began, as far as it ends within the flush. What is unsettled by now looks to
// the queue like a kill.
func (l *lifecycle) stop() {
	ctx, cancel := l.flush.until(closeShare)
	defer cancel()
	l.stopServers(ctx)
	if l.engine != nil {
		l.engine.settler.end()
	}
	var closing sync.WaitGroup
	closing.Go(func() { l.closeSource(ctx) })
	l.closeTracer(ctx)
	closing.Wait()
}

// stopServers lets requests end until half of what ctx has left has passed.
func (l *lifecycle) stopServers(ctx context.Context) {
	deadline, _ := ctx.Deadline()
	limited, cancel := context.WithTimeout(ctx, time.Until(deadline)/2)
	defer cancel()
	for _, s := range l.servers {
		s.Stop(limited)
	}
}

// closeSource closes the source. One that has not closed when ctx ends is left alone: a broker may say
// nothing.
func (l *lifecycle) closeSource(ctx context.Context) {
	if l.source == nil {
		return
	}
	l.countLost(ctx)
	closed := make(chan error, 1)
	go func() { closed <- l.source.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			l.log.Error("source not closed", "error", err)
		}
	case <-ctx.Done():
		l.log.Warn("source not closed in time")
	}
}

// countLost counts the tasks that end with the process.
func (l *lifecycle) countLost(ctx context.Context) {
	if l.source.enqueuer == nil {
		return
	}
	if left, err := l.source.Backlog(ctx); err == nil && left > 0 {
		l.log.Warn("tasks in the memory queue are lost with the process", "tasks", left)
		if l.engine != nil {
			l.engine.tally.lost(left)
		}
	}
}

// closeTracer sends what is left of the traces until ctx ends.
func (l *lifecycle) closeTracer(ctx context.Context) {
	if err := l.tracer.Close(ctx); err != nil {
		l.log.Warn("traces not complete", "error", err)
	}
}

// conclude makes the report, writes it and logs it.
func (l *lifecycle) conclude(end ending) (contract.WorkerReport, error) {
	err := end.err
	if problem := l.writeReport(l.report(end)); problem != nil {
		err = errors.Join(err, problem)
		end = ending{reason: contract.WorkerReportReasonFailed, code: max(end.code, exitFailed), err: err, drained: end.drained}
	}
	report := l.report(end)
	if err != nil {
		l.log.Error("worker failed", "error", err)
	}
	l.logReport(report)
	return report, err
}

// logReport logs the report at whatever level the log has: other programs read it.
func (l *lifecycle) logReport(report contract.WorkerReport) {
	record := slog.NewRecord(time.Now(), slog.LevelInfo, "report", 0)
	record.AddAttrs(slog.Any("report", report))
	_ = l.log.Handler().Handle(context.Background(), record)
}

// serve opens one port and returns its address.
func (l *lifecycle) serve(port int, h http.Handler) (string, error) {
	s, err := pod.Serve(l.options.Listen, l.config.Http.Host, port, h, l.log)
	if err != nil {
		return "", err
	}
	l.servers = append(l.servers, s)
	return s.Address, nil
}
