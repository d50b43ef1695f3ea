package oracle

import (
	"context"
	"errors"
	"math"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

var errMissing = errors.New("the scenario has no sample here")

// metricsClient answers for all metrics of a scenario.
type metricsClient struct{ *world }

var _ metrics.MetricsClient = metricsClient{}

// GetResourceMetric gives the CPU of the pods.
func (m metricsClient) GetResourceMetric(_ context.Context, _ v1.ResourceName, _ string, _ labels.Selector, _ string) (metrics.PodMetricsInfo, time.Time, error) {
	s := m.scenario
	return m.perPod("cpu", metrics.PodMetric{
		Timestamp: time.Now().Add(-seconds(s.CPUMetricAgeSeconds)),
		Window:    seconds(s.CPUMetricWindowSeconds),
	}, s.UnreadyCPUMilli, func(demand, ready float64) float64 {
		return math.Floor(s.CPUMilliPerBusySlot * min(demand, ready*s.SlotsPerPod) / ready)
	})
}

// GetRawMetric gives the utilization of the pods.
func (m metricsClient) GetRawMetric(name, _ string, _, _ labels.Selector) (metrics.PodMetricsInfo, time.Time, error) {
	sample := metrics.PodMetric{Timestamp: time.Now(), Window: time.Minute}
	return m.perPod(name, sample, 0, func(demand, ready float64) float64 {
		return min(1000, math.Floor(1000*demand/(ready*m.scenario.SlotsPerPod)))
	})
}

// perPod gives each ready pod the same value, pods that run and are not ready the unready one, and others none.
func (m metricsClient) perPod(name string, sample metrics.PodMetric, unready int64, value func(demand, ready float64) float64) (metrics.PodMetricsInfo, time.Time, error) {
	s := m.scenario
	step := s.step(m.now(), s.DemandSlots)
	if s.MissingSteps.has(name, step) {
		return nil, time.Time{}, errMissing
	}
	samples := metrics.PodMetricsInfo{}
	ready := float64(m.fleet.ready())
	for _, p := range m.fleet.pods {
		if p.leaving || p.object.Status.Phase == v1.PodPending {
			continue
		}
		switch {
		case p.isReady():
			sample.Value = int64(value(s.DemandSlots[step], ready))
		case s.UnreadyPods == "missing":
			continue
		default:
			sample.Value = unready
		}
		samples[p.object.Name] = sample
	}
	if len(samples) == 0 {
		return nil, time.Time{}, errMissing
	}
	return samples, sample.Timestamp, nil
}

// GetObjectMetric gives the backlog.
func (m metricsClient) GetObjectMetric(name, _ string, _ *autoscalingv2.CrossVersionObjectReference, _ labels.Selector) (int64, time.Time, error) {
	s := m.scenario
	step := s.step(m.now(), s.Backlog)
	if s.MissingSteps.has(name, step) {
		return 0, time.Time{}, errMissing
	}
	return int64(math.Floor(1000 * s.Backlog[step])), time.Now(), nil
}

// GetExternalMetric gives the backlog.
func (m metricsClient) GetExternalMetric(name, namespace string, selector labels.Selector) ([]int64, time.Time, error) {
	value, at, err := m.GetObjectMetric(name, namespace, nil, selector)
	return []int64{value}, at, err
}
