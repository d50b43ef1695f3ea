package main

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
)

// fieldManager owns the fields that this program sets.
const fieldManager = "in-cluster"

// target is an object that is to be there, and how to reach it.
type target struct {
	kind, name string
	// group and resource are what a role calls it.
	group, resource string
	get             func(context.Context) (metav1.Object, error)
	apply           func(context.Context) (metav1.Object, error)
	list            func(context.Context, metav1.ListOptions) (runtime.Object, error)
	watch           func(context.Context, metav1.ListOptions) (watch.Interface, error)
	state           func(runtime.Object) state
}

// client is what client-go has for each kind: of objects T, lists L and what is applied, C.
type client[T metav1.Object, L runtime.Object, C any] interface {
	Get(context.Context, string, metav1.GetOptions) (T, error)
	Apply(context.Context, C, metav1.ApplyOptions) (T, error)
	List(context.Context, metav1.ListOptions) (L, error)
	Watch(context.Context, metav1.ListOptions) (watch.Interface, error)
}

// targets gives the three objects in the order in which they are created.
func targets(c kubernetes.Interface, namespace string) []target {
	core, apps := c.CoreV1(), c.AppsV1()
	pods := reach(core.Pods(namespace), podName, pod(namespace))
	pods.kind, pods.resource, pods.state = "Pod", "pods", podState
	services := reach(core.Services(namespace), serviceName, service(namespace))
	services.kind, services.resource, services.state = "Service", "services", serviceState
	deployments := reach(apps.Deployments(namespace), deploymentName, deployment(namespace))
	deployments.kind, deployments.resource, deployments.state = "Deployment", "deployments", deploymentState
	deployments.group = "apps"
	return []target{pods, services, deployments}
}

// reach says how to get at one object. Lists and watches are about its name only, as the role is.
func reach[T metav1.Object, L runtime.Object, C any](c client[T, L, C], name string, wanted C) target {
	only := fields.OneTermEqualSelector(metav1.ObjectNameField, name).String()
	return target{
		name: name,
		get: func(ctx context.Context) (metav1.Object, error) {
			return c.Get(ctx, name, metav1.GetOptions{})
		},
		apply: func(ctx context.Context) (metav1.Object, error) {
			// Not forced: what another manager has set otherwise is a conflict that a person decides.
			return c.Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: fieldManager})
		},
		list: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			options.FieldSelector = only
			return c.List(ctx, options)
		},
		watch: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.FieldSelector = only
			return c.Watch(ctx, options)
		},
	}
}
