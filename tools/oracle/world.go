package oracle

import (
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
)

// world is everything that the controller talks to. Only one goroutine at a time touches it: the controller's worker
// within a sync, and between two syncs the one that reads the rows.
type world struct {
	scenario *scenario
	hpa      *autoscalingv2.HorizontalPodAutoscaler
	fleet    *fleet
	start    time.Time
	replicas int32
	sync     noted
}

// noted is what is noted during one sync.
type noted struct {
	count   int
	started time.Duration
	current int32
	ready   int
	listed  int
	raw     *int32
	errors  int
}

func newWorld(s *scenario, hpa *autoscalingv2.HorizontalPodAutoscaler, start time.Time) *world {
	return &world{scenario: s, hpa: hpa, fleet: newFleet(s, start), start: start, replicas: int32(s.InitialReplicas)}
}

func (w *world) now() time.Duration { return time.Since(w.start) }

// begin takes the time of a sync, and then puts in force what is due.
func (w *world) begin() {
	w.sync.count++
	w.sync.started = w.now()
	if latency := w.scenario.latency(); latency > 0 {
		time.Sleep(latency)
	}
	w.fleet.advance(w.now())
	w.sync.current, w.sync.ready, w.sync.listed = w.replicas, w.fleet.ready(), w.fleet.listed()
}

// end gives the row of the sync that is over.
func (w *world) end() row {
	status := w.hpa.Status
	r := row{
		T:       float64(w.sync.started.Microseconds()) / 1e6,
		Current: w.sync.current,
		Desired: w.replicas,
		Ready:   w.sync.ready,
		Listed:  w.sync.listed,
		Raw:     w.sync.raw,
		Err:     w.sync.errors > 0,
		Status:  [2]int32{status.CurrentReplicas, status.DesiredReplicas},
		Seen:    []*int64{},
		Able:    conditionOf(status, autoscalingv2.AbleToScale),
		Limited: conditionOf(status, autoscalingv2.ScalingLimited),
		Active:  conditionOf(status, autoscalingv2.ScalingActive),
		Zero:    conditionOf(status, autoscalingv2.ScaledToZero),
	}
	for _, metric := range status.CurrentMetrics {
		r.Seen = append(r.Seen, seen(metric, w.sync.listed))
	}
	w.sync = noted{}
	return r
}

func conditionOf(status autoscalingv2.HorizontalPodAutoscalerStatus, kind autoscalingv2.HorizontalPodAutoscalerConditionType) string {
	for _, c := range status.Conditions {
		if c.Type == kind {
			return string(c.Status[:1]) + ":" + c.Reason
		}
	}
	return ""
}

// seen is the number that the status shows of a metric; nil for one that failed, or that is a share of no pods.
func seen(metric autoscalingv2.MetricStatus, listed int) *int64 {
	value, isShare := current(metric)
	switch {
	case value == nil || (isShare && listed == 0):
		return nil
	case value.AverageUtilization != nil:
		percent := int64(*value.AverageUtilization)
		return &percent
	case value.AverageValue != nil:
		milli := value.AverageValue.MilliValue()
		return &milli
	case value.Value != nil:
		milli := value.Value.MilliValue()
		return &milli
	}
	return nil
}

// current is the value of a metric in the status, and whether it is divided by the pods of the status.
func current(metric autoscalingv2.MetricStatus) (value *autoscalingv2.MetricValueStatus, isShare bool) {
	switch metric.Type {
	case autoscalingv2.PodsMetricSourceType:
		return &metric.Pods.Current, false
	case autoscalingv2.ResourceMetricSourceType:
		return &metric.Resource.Current, false
	case autoscalingv2.ContainerResourceMetricSourceType:
		return &metric.ContainerResource.Current, false
	case autoscalingv2.ExternalMetricSourceType:
		return &metric.External.Current, metric.External.Current.AverageValue != nil
	case autoscalingv2.ObjectMetricSourceType:
		return &metric.Object.Current, metric.Object.Current.AverageValue != nil
	}
	return nil, false
}
