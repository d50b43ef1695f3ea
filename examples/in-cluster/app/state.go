package main

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// state is how far an object is.
type state struct {
	text    string
	isReady bool
}

func podState(object runtime.Object) state {
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return unknown(object)
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue {
			return state{text: "ready", isReady: true}
		}
	}
	for _, container := range pod.Status.ContainerStatuses {
		if waiting := container.State.Waiting; waiting != nil {
			return state{text: fmt.Sprintf("%s, %s: %s", pod.Status.Phase, container.Name, waiting.Reason)}
		}
	}
	if pod.Spec.NodeName == "" {
		return state{text: fmt.Sprintf("%s, no node has it yet", pod.Status.Phase)}
	}
	return state{text: fmt.Sprintf("%s, not ready", pod.Status.Phase)}
}

// serviceState: a Service of a cluster's inside has no status of its own; it works when it has an address.
func serviceState(object runtime.Object) state {
	service, ok := object.(*corev1.Service)
	if !ok {
		return unknown(object)
	}
	if service.Spec.ClusterIP == "" {
		return state{text: "no address yet"}
	}
	return state{text: "reachable at " + service.Spec.ClusterIP, isReady: true}
}

func deploymentState(object runtime.Object) state {
	deployment, ok := object.(*appsv1.Deployment)
	if !ok {
		return unknown(object)
	}
	// As in `kubectl rollout status`: old pods that still run are not counted as new ones.
	status, wanted := deployment.Status, int32(1)
	if deployment.Spec.Replicas != nil {
		wanted = *deployment.Spec.Replicas
	}
	if status.ObservedGeneration < deployment.Generation {
		return state{text: "not seen by its controller yet"}
	}
	return state{
		text: fmt.Sprintf("%d of %d replicas available, %d up to date", status.AvailableReplicas, wanted, status.UpdatedReplicas),
		isReady: status.UpdatedReplicas >= wanted && status.AvailableReplicas >= wanted &&
			status.Replicas == status.UpdatedReplicas,
	}
}

func unknown(object runtime.Object) state {
	return state{text: fmt.Sprintf("an unexpected %T", object)}
}
