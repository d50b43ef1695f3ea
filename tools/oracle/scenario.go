package oracle

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	defaults "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"k8s.io/kubernetes/pkg/apis/autoscaling/validation"
)

// scenario is one run in the format of docs/autoscaler.md.
type scenario struct {
	Name string          `json:"name"`
	HPA  json.RawMessage `json:"hpa"`

	InitialReplicas       int     `json:"initialReplicas"`
	PodPendingSeconds     float64 `json:"podPendingSeconds"`
	PodReadySeconds       float64 `json:"podReadySeconds"`
	PodTerminationSeconds float64 `json:"podTerminationSeconds"`
	UnreadyPods           string  `json:"unreadyPods"`

	DurationSeconds   float64 `json:"durationSeconds"`
	SeriesStepSeconds float64 `json:"seriesStepSeconds"`

	DemandSlots  []float64 `json:"demandSlots"`
	SlotsPerPod  float64   `json:"slotsPerPod"`
	Backlog      []float64 `json:"backlog"`
	MissingSteps missing   `json:"missingSteps"`

	CPUMilliPerBusySlot    float64 `json:"cpuMilliPerBusySlot"`
	CPURequestMilli        int64   `json:"cpuRequestMilli"`
	UnreadyCPUMilli        int64   `json:"unreadyCpuMilli"`
	CPUMetricWindowSeconds float64 `json:"cpuMetricWindowSeconds"`
	CPUMetricAgeSeconds    float64 `json:"cpuMetricAgeSeconds"`

	SyncLatencyMillis float64 `json:"syncLatencyMillis"`
}

// missing holds, by metric, the steps at which it is an error.
type missing map[string][]int

// row is what one sync did.
type row struct {
	T       float64  `json:"t"`
	Current int32    `json:"current"`
	Desired int32    `json:"desired"`
	Ready   int      `json:"ready"`
	Listed  int      `json:"listed"`
	Raw     *int32   `json:"raw"`
	Err     bool     `json:"err,omitempty"`
	Status  [2]int32 `json:"status"`
	Seen    []*int64 `json:"seen"`
	Able    string   `json:"able"`
	Limited string   `json:"limited"`
	Active  string   `json:"active"`
	Zero    string   `json:"zero"`
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * float64(time.Second))) }

func (s *scenario) latency() time.Duration {
	return seconds(s.SyncLatencyMillis / 1000)
}

// step is the index into a series at a time after the start, clamped to its last element.
func (s *scenario) step(at time.Duration, series []float64) int {
	return min(int(at/seconds(s.SeriesStepSeconds)), len(series)-1)
}

func (m missing) has(metric string, step int) bool {
	for _, index := range m[metric] {
		if index == step {
			return true
		}
	}
	return false
}

// stored is the scenario's HPA as the controller gets it from an API server: defaulted, validated and written once.
func (s *scenario) stored() (*autoscalingv2.HorizontalPodAutoscaler, error) {
	hpa := &autoscalingv2.HorizontalPodAutoscaler{}
	if err := json.Unmarshal(s.HPA, hpa); err != nil {
		return nil, err
	}
	hpa.Namespace = namespace
	if hpa.Name == "" {
		hpa.Name = "scenario"
	}
	hpa.ResourceVersion = "1"
	hpa.Generation = 1
	defaults.SetObjectDefaults_HorizontalPodAutoscaler(hpa)
	if err := validate(hpa); err != nil {
		return nil, err
	}
	text, err := json.Marshal(hpa)
	if err != nil {
		return nil, err
	}
	stored := &autoscalingv2.HorizontalPodAutoscaler{}
	return stored, json.Unmarshal(text, stored)
}

// validate checks an HPA with the options that an API server of this release creates one with.
func validate(hpa *autoscalingv2.HorizontalPodAutoscaler) error {
	scheme := runtime.NewScheme()
	if err := autoscaling.AddToScheme(scheme); err != nil {
		return err
	}
	if err := defaults.AddToScheme(scheme); err != nil {
		return err
	}
	internal := &autoscaling.HorizontalPodAutoscaler{}
	if err := scheme.Convert(hpa, internal, nil); err != nil {
		return err
	}
	wrong := validation.ValidateHorizontalPodAutoscaler(internal, validation.HorizontalPodAutoscalerSpecValidationOptions{
		ScaleTargetRefValidationOptions: validation.CrossVersionObjectReferenceValidationOptions{RequiredCoveredByDeclarative: true},
		ObjectMetricsValidationOptions:  validation.CrossVersionObjectReferenceValidationOptions{AllowEmptyAPIGroup: true},
	})
	if len(wrong) > 0 {
		return fmt.Errorf("the API server refuses it: %w", wrong.ToAggregate())
	}
	return nil
}
