package service

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"capstan/internal/pod"
)

// metrics are what the service counts itself; see gateCollector for what is read at a scrape.
type metrics struct {
	labels   prometheus.Labels
	requests *prometheus.CounterVec
	refused  *prometheus.CounterVec
	duration prometheus.Histogram
	waited   prometheus.Histogram
	panics   prometheus.Counter
}

func newMetrics(name string) *metrics {
	labels := prometheus.Labels{"service": name}
	m := &metrics{
		labels: labels,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "capstan_requests_total", Help: "Answers by HTTP code, or the one that a gRPC status stands for.", ConstLabels: labels,
		}, []string{"code", "protocol"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "capstan_requests_refused_total", Help: "Requests that got no slot.", ConstLabels: labels,
		}, []string{"reason"}),
		duration: pod.Seconds("capstan_request_duration_seconds", "Time in the handler.", labels),
		waited:   pod.Seconds("capstan_request_wait_seconds", "Time that requests which got a slot waited for it.", labels),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "capstan_request_panics_total", Help: "Handlers that panicked.", ConstLabels: labels,
		}),
	}
	for _, reason := range []string{"full", "waited"} {
		m.refused.WithLabelValues(reason) // present from the start, so that rates begin at 0
	}
	return m
}

func (m *metrics) answered(r *recorder, spoken protocol) {
	m.requests.WithLabelValues(strconv.Itoa(r.code()), string(spoken)).Inc()
}

// registry holds the service's metrics and those of the Go runtime and the process.
func (m *metrics) registry(g *gate, u *pod.Usage, others []prometheus.Collector) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(
		m.requests, m.refused, m.duration, m.waited, m.panics, newGateCollector(m, g, u),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	r.MustRegister(others...)
	return r
}

// gateCollector reads the gate at a scrape, all from one picture of it.
type gateCollector struct {
	gate                                  *gate
	usage                                 *pod.Usage
	slots, inFlight, waiting, utilization *prometheus.Desc
}

func newGateCollector(m *metrics, g *gate, u *pod.Usage) *gateCollector {
	describe := func(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, m.labels) }
	return &gateCollector{
		gate: g, usage: u,
		slots:       describe("capstan_service_slots", "Requests that may be handled at once."),
		inFlight:    describe("capstan_requests_in_flight", "Requests that are handled now."),
		waiting:     describe("capstan_requests_waiting", "Requests that wait for a slot."),
		utilization: describe("capstan_service_utilization", "In flight by slots, mean of the last 15 s."),
	}
}

// Describe implements prometheus.Collector.
func (c *gateCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.slots, c.inFlight, c.waiting, c.utilization} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *gateCollector) Collect(out chan<- prometheus.Metric) {
	s := c.gate.stats()
	for desc, value := range map[*prometheus.Desc]float64{
		c.slots: float64(c.gate.slots), c.inFlight: float64(s.busy), c.waiting: float64(s.waiting),
		c.utilization: c.usage.Utilization(s.busyTime, s.slotTime),
	} {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
	}
}
