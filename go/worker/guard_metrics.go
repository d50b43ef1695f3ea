package worker

import "github.com/prometheus/client_golang/prometheus"

// guardMetrics are those of downstream protection and of live settings.
type guardMetrics struct {
	breaker       prometheus.Gauge
	breakerOpened prometheus.Counter
	rateWait      prometheus.Counter
	putOff        prometheus.Counter
	planned       prometheus.Gauge
	reloads       *prometheus.CounterVec
	lastReload    prometheus.Gauge
	drifted       prometheus.Gauge
}

func newGuardMetrics(labels prometheus.Labels) *guardMetrics {
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels}
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels})
	}
	m := &guardMetrics{
		breaker:       gauge("capstan_breaker_state", "The circuit breaker: 0 closed, 1 probing, 2 open."),
		breakerOpened: prometheus.NewCounter(counter("capstan_breaker_opened_total", "Times that the circuit breaker opened.")),
		rateWait:      prometheus.NewCounter(counter("capstan_rate_wait_seconds_total", "Time in which nothing was fetched because of the rate limit.")),
		putOff:        prometheus.NewCounter(counter("capstan_retries_put_off_total", "Retries beyond the retry budget, which came back with the maximum backoff.")),
		planned:       gauge("capstan_pool_slots_planned", "Tasks that may run at once as planned; live settings and the adaptive limit lower capstan_pool_slots."),
		drifted:       gauge("capstan_source_drift", "Settings of the source that somebody changed on the server."),
		reloads:       prometheus.NewCounterVec(counter("capstan_settings_reloads_total", "Changed files of live settings, by whether they were taken."), []string{"result"}),
		lastReload:    gauge("capstan_settings_last_success_timestamp_seconds", "When live settings were taken last, Unix time."),
	}
	for _, result := range []string{reloadTaken, reloadRefused} {
		m.reloads.WithLabelValues(result) // present from the start, so that rates begin at 0
	}
	return m
}

func (m *guardMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.breaker, m.breakerOpened, m.rateWait, m.putOff, m.planned, m.reloads, m.lastReload, m.drifted}
}
