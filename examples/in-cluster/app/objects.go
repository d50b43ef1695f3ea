package main

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	appsv1apply "k8s.io/client-go/applyconfigurations/apps/v1"
	corev1apply "k8s.io/client-go/applyconfigurations/core/v1"
	metav1apply "k8s.io/client-go/applyconfigurations/meta/v1"
)

const (
	podName        = "my-pod"
	serviceName    = "my-service"
	deploymentName = "my-deployment"
	replicas       = 3
	servicePort    = 80
	containerPort  = 8080
	nobody         = 65532
)

// selector gives the labels by which the Service and the Deployment find their pods.
func selector() map[string]string { return map[string]string{"app": "my-app"} }

func pod(namespace string) *corev1apply.PodApplyConfiguration {
	return corev1apply.Pod(podName, namespace).WithSpec(podSpec())
}

func service(namespace string) *corev1apply.ServiceApplyConfiguration {
	port := corev1apply.ServicePort().
		WithProtocol(corev1.ProtocolTCP).
		WithPort(servicePort).
		WithTargetPort(intstr.FromInt32(containerPort))
	spec := corev1apply.ServiceSpec().WithSelector(selector()).WithPorts(port)
	return corev1apply.Service(serviceName, namespace).WithSpec(spec)
}

func deployment(namespace string) *appsv1apply.DeploymentApplyConfiguration {
	template := corev1apply.PodTemplateSpec().WithLabels(selector()).WithSpec(podSpec())
	spec := appsv1apply.DeploymentSpec().
		WithReplicas(replicas).
		WithSelector(metav1apply.LabelSelector().WithMatchLabels(selector())).
		WithTemplate(template)
	return appsv1apply.Deployment(deploymentName, namespace).WithSpec(spec)
}

// podSpec is what Pod Security restricted admits, as in the manifests of main.ts.
func podSpec() *corev1apply.PodSpecApplyConfiguration {
	security := corev1apply.PodSecurityContext().
		WithRunAsNonRoot(true).
		WithRunAsUser(nobody).
		WithRunAsGroup(nobody).
		WithSeccompProfile(corev1apply.SeccompProfile().WithType(corev1.SeccompProfileTypeRuntimeDefault))
	return corev1apply.PodSpec().
		WithAutomountServiceAccountToken(false).
		WithSecurityContext(security).
		WithContainers(container())
}

func container() *corev1apply.ContainerApplyConfiguration {
	security := corev1apply.SecurityContext().
		WithAllowPrivilegeEscalation(false).
		WithReadOnlyRootFilesystem(true).
		WithCapabilities(corev1apply.Capabilities().WithDrop("ALL"))
	memory := resource.MustParse("64Mi")
	resources := corev1apply.ResourceRequirements().
		WithRequests(corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: memory}).
		WithLimits(corev1.ResourceList{corev1.ResourceMemory: memory})
	answers := corev1apply.TCPSocketAction().WithPort(intstr.FromInt32(containerPort))
	return corev1apply.Container().
		WithName("my-container").
		WithImage("my-image").
		WithPorts(corev1apply.ContainerPort().WithContainerPort(containerPort).WithProtocol(corev1.ProtocolTCP)).
		WithReadinessProbe(corev1apply.Probe().WithTCPSocket(answers)).
		WithResources(resources).
		WithSecurityContext(security)
}
