package oracle

import (
	"context"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	autoscalingclient "k8s.io/client-go/kubernetes/typed/autoscaling/v2"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
	scaleclient "k8s.io/client-go/scale"
)

// scales is the scale subresource of the target.
type scales struct {
	scaleclient.ScaleInterface
	*world
}

// Scales returns itself.
func (s scales) Scales(string) scaleclient.ScaleInterface { return s }

// Get begins a sync: it is the first thing that the controller asks for.
func (s scales) Get(context.Context, schema.GroupResource, string, metav1.GetOptions) (*autoscalingv1.Scale, error) {
	s.begin()
	return &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Name: s.hpa.Spec.ScaleTargetRef.Name, Namespace: namespace},
		Spec:       autoscalingv1.ScaleSpec{Replicas: s.replicas},
		Status:     autoscalingv1.ScaleStatus{Replicas: int32(s.sync.listed), Selector: "app=oracle"},
	}, nil
}

// Update adds pods or takes them away.
func (s scales) Update(_ context.Context, _ schema.GroupResource, scale *autoscalingv1.Scale, _ metav1.UpdateOptions) (*autoscalingv1.Scale, error) {
	s.replicas = scale.Spec.Replicas
	s.fleet.resize(s.now(), int(s.replicas))
	return scale, nil
}

// statuses takes what the controller writes.
type statuses struct {
	autoscalingclient.HorizontalPodAutoscalerInterface
	*world
}

// HorizontalPodAutoscalers returns itself.
func (s statuses) HorizontalPodAutoscalers(string) autoscalingclient.HorizontalPodAutoscalerInterface {
	return s
}

// UpdateStatus keeps the status.
func (s statuses) UpdateStatus(_ context.Context, hpa *autoscalingv2.HorizontalPodAutoscaler, _ metav1.UpdateOptions) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	stored := s.hpa.DeepCopy()
	stored.Status = *hpa.Status.DeepCopy()
	s.hpa = stored
	return stored.DeepCopy(), nil
}

// noEvents takes events and forgets them.
type noEvents struct{ coreclient.EventInterface }

// Events returns itself.
func (n noEvents) Events(string) coreclient.EventInterface { return n }

// CreateWithEventNamespace forgets it.
func (noEvents) CreateWithEventNamespace(event *v1.Event) (*v1.Event, error) { return event, nil }

// UpdateWithEventNamespace forgets it.
func (noEvents) UpdateWithEventNamespace(event *v1.Event) (*v1.Event, error) { return event, nil }

// PatchWithEventNamespace forgets it.
func (noEvents) PatchWithEventNamespace(event *v1.Event, _ []byte) (*v1.Event, error) {
	return event, nil
}
