package pod

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Phase is where a program stands, for its probes. Safe for
// concurrent use.
type Phase struct {
	mu      sync.Mutex
	started bool
	reason  string // why not ready; empty when ready
	doubt   string // why not ready although the program is; empty: none
	alive   func(time.Time) error
}

// NewPhase is that of a program that starts.
func NewPhase() *Phase {
	return &Phase{reason: "starting", alive: func(time.Time) error { return nil }}
}

// Ready begins the time in which requests are wanted; alive says why the program counts as dead.
func (p *Phase) Ready(alive func(time.Time) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.started, p.reason, p.alive = true, "", alive
}

// Unready says why no requests are wanted.
func (p *Phase) Unready(reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reason = reason
}

// Doubt says why a program that is ready had better not be relied on; empty: no reason any more.
func (p *Phase) Doubt(reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doubt = reason
}

// Startup is the answer to /startupz.
func (p *Phase) Startup() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.started {
		return fmt.Errorf("not started: %s", p.reason)
	}
	return nil
}

// Readiness is the answer to /readyz.
func (p *Phase) Readiness() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reason != "" {
		return fmt.Errorf("not ready: %s", p.reason)
	}
	if p.doubt != "" {
		return fmt.Errorf("not ready: %s", p.doubt)
	}
	return nil
}

// Liveness is the answer to /healthz.
func (p *Phase) Liveness() error {
	p.mu.Lock()
	alive := p.alive
	p.mu.Unlock()
	return alive(time.Now())
}

// Probes serves the probes, and the metrics once ServeMetrics has been called.
type Probes struct {
	*http.ServeMux
}

// NewProbes serves the probes of a phase.
func NewProbes(p *Phase) Probes {
	mux := http.NewServeMux()
	mux.Handle("GET /startupz", answer(p.Startup))
	mux.Handle("GET /readyz", answer(p.Readiness))
	mux.Handle("GET /healthz", answer(p.Liveness))
	return Probes{mux}
}

// ServeMetrics adds /metrics.
func (h Probes) ServeMetrics(r *prometheus.Registry) {
	h.Handle("GET /metrics", promhttp.HandlerFor(r, promhttp.HandlerOpts{Registry: r, EnableOpenMetrics: true}))
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
