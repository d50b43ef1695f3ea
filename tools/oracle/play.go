package oracle

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
)

// Defaults of kube-controller-manager 1.37.
const (
	syncPeriod            = 15 * time.Second
	downscaleWindow       = 5 * time.Minute
	tolerance             = 0.1
	cpuInitialization     = 5 * time.Minute
	initialReadinessDelay = 30 * time.Second
)

// play runs the controller through a scenario and returns one row for each sync. Scenarios run one at a time, since
// the controller reports errors to a list of handlers that all of the process share.
func play(t *testing.T, s *scenario) (rows []row, err error) {
	hpa, err := s.stored()
	if err != nil {
		return nil, err
	}
	synctest.Test(t, func(*testing.T) {
		w := newWorld(s, hpa, time.Now())
		ctx, stop := context.WithCancel(klog.NewContext(context.Background(), logr.New(proposals{w})))
		defer stop()
		// The usual handlers sleep, which would move the clock.
		utilruntime.ErrorHandlers = []utilruntime.ErrorHandler{
			func(context.Context, error, string, ...any) { w.sync.errors++ },
		}
		start(ctx, w)
		rows, err = watch(w)
	})
	return rows, err
}

func start(ctx context.Context, w *world) {
	autoscalers := &autoscalerInformer{world: w}
	controller := podautoscaler.NewHorizontalController(
		ctx, noEvents{}, scales{world: w}, statuses{world: w}, mapper(w), metricsClient{w},
		autoscalers, &podInformer{world: w},
		syncPeriod, downscaleWindow, tolerance, cpuInitialization, initialReadinessDelay,
	)
	autoscalers.handler.OnAdd(w.hpa, true)
	go controller.Run(ctx, 1)
}

// mapper knows the kind of the target, whatever it is.
func mapper(w *world) meta.RESTMapper {
	ref := w.hpa.Spec.ScaleTargetRef
	kind := schema.FromAPIVersionAndKind(ref.APIVersion, ref.Kind)
	m := meta.NewDefaultRESTMapper([]schema.GroupVersion{kind.GroupVersion()})
	m.Add(kind, meta.RESTScopeNamespace)
	return m
}

// watch waits for one sync after the other and takes its row.
func watch(w *world) (rows []row, err error) {
	latency := w.scenario.latency()
	for k := time.Duration(0); ; k++ {
		started := k * (syncPeriod + latency)
		if started >= seconds(w.scenario.DurationSeconds) {
			return rows, nil
		}
		time.Sleep(started + latency + time.Millisecond - w.now())
		synctest.Wait()
		if w.sync.count != 1 || w.sync.started != started {
			return nil, fmt.Errorf("sync %d: %d syncs, the last at %v instead of one at %v", k, w.sync.count, w.sync.started, started)
		}
		rows = append(rows, w.end())
	}
}

// proposals takes the recommendation of the metrics, which only the controller's log tells.
type proposals struct{ *world }

const proposalLevel = 4

// Init does nothing.
func (proposals) Init(logr.RuntimeInfo) {}

// Enabled is so for the level at which the controller logs what it proposes.
func (proposals) Enabled(level int) bool { return level == proposalLevel }

// Info notes a proposal.
func (p proposals) Info(_ int, message string, pairs ...any) {
	if message != "Proposing desired replicas" && message != "Proposing desired replicas from zero" {
		return
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if replicas, isCount := pairs[i+1].(int32); isCount && pairs[i] == "desiredReplicas" {
			p.sync.raw = &replicas
		}
	}
}

// Error does nothing.
func (proposals) Error(error, string, ...any) {}

// WithValues returns itself.
func (p proposals) WithValues(...any) logr.LogSink { return p }

// WithName returns itself.
func (p proposals) WithName(string) logr.LogSink { return p }
