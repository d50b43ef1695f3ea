package main

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// environment is nodes and the pods that want them.
type environment struct {
	Name string `json:"name"`
	// Nodes and Namespaces are there from the start, as are the owners of pods and Services, by which pods are spread.
	Nodes        []corev1.Node        `json:"nodes"`
	Namespaces   []corev1.Namespace   `json:"namespaces,omitempty"`
	ReplicaSets  []appsv1.ReplicaSet  `json:"replicaSets,omitempty"`
	StatefulSets []appsv1.StatefulSet `json:"statefulSets,omitempty"`
	Services     []corev1.Service     `json:"services,omitempty"`
	// Alone are pods that are each asked about on nodes without any others.
	Alone []corev1.Pod `json:"alone,omitempty"`
	// Rounds of pods come one after the other, each when the one before has come to rest.
	Rounds [][]corev1.Pod `json:"rounds"`
}

// objects are all that the scheduler finds at its start.
func (e environment) objects() []runtime.Object {
	var all []runtime.Object
	for i := range e.Nodes {
		all = append(all, &e.Nodes[i])
	}
	for i := range e.Namespaces {
		all = append(all, &e.Namespaces[i])
	}
	for i := range e.ReplicaSets {
		all = append(all, &e.ReplicaSets[i])
	}
	for i := range e.StatefulSets {
		all = append(all, &e.StatefulSets[i])
	}
	for i := range e.Services {
		all = append(all, &e.Services[i])
	}
	return all
}

// outcome is what the scheduler made of an environment.
type outcome struct {
	Name string `json:"name"`
	// Alone has the pods of that name in the environment, Pods those of all rounds, by their names.
	Alone map[string]answer `json:"alone"`
	Pods  map[string]answer `json:"pods"`
	// PushedOut is how many pods were deleted for others, and came again.
	PushedOut int64 `json:"pushedOut"`
}

// answer is the node of a pod, or why it has none.
type answer struct {
	Node    string `json:"node,omitempty"`
	Message string `json:"message,omitempty"`
}
