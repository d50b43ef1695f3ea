package worker

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// phase is where the worker stands, for its probes (see the package's documentation). Safe for
// concurrent use.
type phase struct {
	mu      sync.Mutex
	started bool
	reason  string // why not ready; empty when ready
	alive   func(time.Time) error
}

func newPhase() *phase {
	return &phase{reason: "starting", alive: func(time.Time) error { return nil }}
}

func (p *phase) ready(alive func(time.Time) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.started, p.reason, p.alive = true, "", alive
}

func (p *phase) unready(reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reason = reason
}

func (p *phase) startup() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.started {
		return fmt.Errorf("not started: %s", p.reason)
	}
	return nil
}

func (p *phase) readiness() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reason != "" {
		return fmt.Errorf("not ready: %s", p.reason)
	}
	return nil
}

func (p *phase) liveness() error {
	p.mu.Lock()
	alive := p.alive
	p.mu.Unlock()
	return alive(time.Now())
}

// probeHandler serves the probes, and the metrics once serveMetrics has been called.
type probeHandler struct {
	*http.ServeMux
}

func newProbeHandler(p *phase) probeHandler {
	mux := http.NewServeMux()
	mux.Handle("GET /startupz", answer(p.startup))
	mux.Handle("GET /readyz", answer(p.readiness))
	mux.Handle("GET /healthz", answer(p.liveness))
	return probeHandler{mux}
}

// serveMetrics adds /metrics.
func (h probeHandler) serveMetrics(r *prometheus.Registry) {
	h.Handle("GET /metrics", promhttp.HandlerFor(r, promhttp.HandlerOpts{Registry: r}))
}

func answer(check func() error) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if err := check(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ok")
	}
}
