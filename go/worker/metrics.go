package worker

import (
	"context"
	"maps"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"capstan/internal/pod"
)

// metrics are what the worker counts itself; see poolCollector for what is read at a scrape.
type metrics struct {
	tasks         *prometheus.CounterVec
	outcomes      map[outcome]prometheus.Counter // of tasks
	duration      prometheus.Histogram
	queueWait     prometheus.Histogram
	poolWait      prometheus.Histogram
	panics        prometheus.Counter
	stuckTotal    prometheus.Counter
	unsettled     prometheus.Counter
	alone         prometheus.Counter
	fetchFailures prometheus.Counter
	margin        prometheus.Gauge
	labels        prometheus.Labels
}

func newMetrics(name string) *metrics {
	labels := prometheus.Labels{"worker": name}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels})
	}
	m := &metrics{
		labels:   labels,
		outcomes: make(map[outcome]prometheus.Counter),
		tasks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "capstan_tasks_total", Help: "Settled deliveries by outcome.", ConstLabels: labels,
		}, []string{"outcome"}),
		duration:      pod.Seconds("capstan_task_duration_seconds", "Handler time of tasks that were done.", labels),
		queueWait:     pod.Seconds("capstan_queue_wait_seconds", "From the queue's taking a task to the start of its first attempt.", labels),
		poolWait:      pod.Seconds("capstan_pool_wait_seconds", "From the fetch of a delivery to the start of its handler.", labels),
		panics:        counter("capstan_task_panics_total", "Attempts that panicked."),
		stuckTotal:    counter("capstan_tasks_stuck_total", "Handlers that went on past their deadline."),
		unsettled:     counter("capstan_tasks_unsettled_total", "Deliveries whose outcome the queue did not take."),
		alone:         counter("capstan_tasks_alone_total", "Tasks that ran with no other in their pod, since their last attempt came to no end."),
		fetchFailures: counter("capstan_fetch_failures_total", "Fetches that failed."),
		margin: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "capstan_fetch_margin", Help: "Tasks fetched beyond the free slots.", ConstLabels: labels,
		}),
	}
	for _, o := range []outcome{outcomeDone, outcomeAlreadyDone, outcomeDead, outcomeRetried, outcomeReleased, outcomeSnoozed} {
		m.outcomes[o] = m.tasks.WithLabelValues(string(o)) // present from the start, so that rates begin at 0
	}
	return m
}

// started counts how long a delivery waited, in the queue and then for a slot.
func (m *metrics) started(f *flight, now time.Time, example prometheus.Labels) {
	pod.Observe(m.poolWait, max(now.Sub(f.fetched), 0), example)
	if added := f.delivery.Published; !added.IsZero() && f.delivery.Attempt == 1 {
		pod.Observe(m.queueWait, max(now.Sub(added), 0), example) // the queue's clock may be ahead
	}
}

func (m *metrics) settled(f *flight, v verdict, example prometheus.Labels) {
	m.outcomes[v.outcome].Inc()
	if v.outcome == outcomeDone {
		pod.Observe(m.duration, f.elapsed, example)
	}
}

// registry holds the engine's metrics and those of the Go runtime and the process.
func (e *engine) registry() *prometheus.Registry {
	m := e.metrics
	r := prometheus.NewRegistry()
	r.MustRegister(
		m.tasks, m.duration, m.queueWait, m.poolWait, m.panics, m.stuckTotal, m.unsettled, m.alone, m.fetchFailures, m.margin,
		newPoolCollector(e),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	r.MustRegister(e.guard.metrics.all()...)
	r.MustRegister(e.tracer.Collectors()...)
	return r
}

// backlogTimeout bounds how long a scrape waits for the queue; without an answer the sample is
// left out.
const backlogTimeout = time.Second

// poolCollector reads pool and queue at a scrape, all from one picture of the pool.
type poolCollector struct {
	engine                                         *engine
	slots, busy, utilization, busySeconds, backlog *prometheus.Desc
	unconfirmed                                    *prometheus.Desc
}

func newPoolCollector(e *engine) *poolCollector {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, nil, e.metrics.labels)
	}
	return &poolCollector{
		engine:      e,
		slots:       describe("capstan_pool_slots", "Tasks that may run at once."),
		busy:        describe("capstan_pool_busy", "Tasks that run now."),
		utilization: describe("capstan_pool_utilization", "Busy slots by planned slots, mean of the last 15 s."),
		busySeconds: describe("capstan_pool_busy_seconds_total", "Busy slots integrated over time."),
		unconfirmed: describe("capstan_tasks_unconfirmed", "Tasks that are finished and whose outcome the queue has not confirmed."),
		backlog: prometheus.NewDesc("capstan_queue_backlog", "Tasks that wait: in the queue, and fetched without a slot.",
			nil, backlogLabels(e)),
	}
}

// backlogLabels tell backlogs that add up over the pods from the one that all pods see.
func backlogLabels(e *engine) prometheus.Labels {
	labels := maps.Clone(e.metrics.labels)
	labels["queue"] = "own"
	if e.shared {
		labels["queue"] = "shared"
	}
	return labels
}

// Describe implements prometheus.Collector.
func (c *poolCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.slots, c.busy, c.utilization, c.busySeconds, c.backlog, c.unconfirmed} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *poolCollector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value)
	}
	s := c.engine.pool.Stats()
	gauge(c.slots, float64(s.Workers))
	gauge(c.busy, float64(s.Busy))
	gauge(c.unconfirmed, float64(c.engine.flights.unconfirmed()))
	gauge(c.utilization, c.engine.usage.Utilization(s.BusyTime, c.engine.slotTime(time.Now())))
	out <- prometheus.MustNewConstMetric(c.busySeconds, prometheus.CounterValue, s.BusyTime.Seconds())
	ctx, cancel := context.WithTimeout(context.Background(), backlogTimeout)
	defer cancel()
	if waiting, err := c.engine.queue.Backlog(ctx); err == nil {
		gauge(c.backlog, float64(waiting+s.Queued))
	}
}
