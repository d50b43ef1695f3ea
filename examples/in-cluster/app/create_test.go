package main

import (
	"bytes"
	"context"
	"errors"
	"log"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

// cluster is a fake one that allows everything but the denied rights, such as "watch pods".
func cluster(denied ...string) *fake.Clientset {
	c := fake.NewClientset()
	c.PrependReactor("create", "selfsubjectaccessreviews", func(action clienttesting.Action) (bool, runtime.Object, error) {
		review := action.(clienttesting.CreateAction).GetObject().(*authorizationv1.SelfSubjectAccessReview).DeepCopy()
		asked := review.Spec.ResourceAttributes
		review.Status.Allowed = true
		for _, right := range denied {
			if right == asked.Verb+" "+asked.Resource {
				review.Status.Allowed = false
			}
		}
		return true, review, nil
	})
	return c
}

// runIn runs the program in a fake cluster, and gives what it prints.
func runIn(t *testing.T, c *fake.Clientset, deadline time.Duration) (string, error) {
	t.Helper()
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	err := create(ctx, c, "here", log.New(&out, "", 0))
	return out.String(), err
}

func TestFailsWithAllMissingRightsBeforeAnythingIsChanged(t *testing.T) {
	c := cluster("watch pods", "create deployments", "patch deployments")
	_, err := runIn(t, c, time.Minute)
	var denied *deniedError
	if !errors.As(err, &denied) {
		t.Fatalf("got %v", err)
	}
	for _, right := range []string{"here", "watch pods", "create, patch deployments.apps"} {
		if !strings.Contains(err.Error(), right) {
			t.Errorf("%q does not name %q", err, right)
		}
	}
	for _, action := range c.Actions() {
		if action.GetVerb() == "patch" {
			t.Errorf("changed %s", action.GetResource().Resource)
		}
	}
	if exitCode(err) != wrong {
		t.Errorf("exit code %d", exitCode(err))
	}
}

func TestFailsWithTheRightThatIsTakenAwayLater(t *testing.T) {
	c := cluster()
	c.PrependReactor("patch", "services", func(clienttesting.Action) (bool, runtime.Object, error) {
		why := errors.New(`User "creator" cannot patch resource "services"`)
		return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: "services"}, serviceName, why)
	})
	_, err := runIn(t, c, time.Minute)
	if exitCode(err) != wrong || !strings.Contains(err.Error(), "patch services") {
		t.Errorf("exit code %d: %v", exitCode(err), err)
	}
}

func TestFailsWithoutBlamingRightsWhenAdmissionRefuses(t *testing.T) {
	c := cluster()
	c.PrependReactor("patch", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		why := errors.New(`violates PodSecurity "restricted:latest"`)
		return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, podName, why)
	})
	_, err := runIn(t, c, time.Minute)
	if exitCode(err) != failed || !strings.Contains(err.Error(), "violates PodSecurity") {
		t.Errorf("exit code %d: %v", exitCode(err), err)
	}
}

func TestAppliesTheThreeObjectsAsItsOwnManager(t *testing.T) {
	c := cluster()
	_, _ = runIn(t, c, time.Second)
	var applied []string
	for _, action := range c.Actions() {
		patch, ok := action.(clienttesting.PatchActionImpl)
		if !ok {
			continue
		}
		if patch.PatchOptions.FieldManager != fieldManager {
			t.Errorf("%s: manager %q", patch.Name, patch.PatchOptions.FieldManager)
		}
		if force := patch.PatchOptions.Force; force != nil && *force {
			t.Errorf("%s: takes fields from other managers", patch.Name)
		}
		applied = append(applied, patch.Name)
	}
	if got := strings.Join(applied, " "); got != "my-pod my-service my-deployment" {
		t.Errorf("applied %s", got)
	}
}

func TestStates(t *testing.T) {
	wanted := int32(3)
	scaled := func(status appsv1.DeploymentStatus) *appsv1.Deployment {
		d := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: &wanted}, Status: status}
		d.Generation = 2
		return d
	}
	pulling := corev1.ContainerStatus{Name: "my-container"}
	pulling.State.Waiting = &corev1.ContainerStateWaiting{Reason: "ErrImagePull"}
	ready := corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionTrue}
	for name, it := range map[string]struct {
		got  state
		want state
	}{
		"pod without a node": {
			podState(&corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodPending}}),
			state{"Pending, no node has it yet", false},
		},
		"pod without its image": {
			podState(&corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{pulling}}}),
			state{"Pending, my-container: ErrImagePull", false},
		},
		"pod that serves": {
			podState(&corev1.Pod{Status: corev1.PodStatus{Conditions: []corev1.PodCondition{ready}}}),
			state{"ready", true},
		},
		"service": {
			serviceState(&corev1.Service{Spec: corev1.ServiceSpec{ClusterIP: "10.96.0.7"}}),
			state{"reachable at 10.96.0.7", true},
		},
		"deployment of before": {
			deploymentState(scaled(appsv1.DeploymentStatus{ObservedGeneration: 1, Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 3})),
			state{"not seen by its controller yet", false},
		},
		"deployment with an old pod": {
			deploymentState(scaled(appsv1.DeploymentStatus{ObservedGeneration: 2, Replicas: 4, UpdatedReplicas: 3, AvailableReplicas: 3})),
			state{"3 of 3 replicas available, 3 up to date", false},
		},
		"deployment that is done": {
			deploymentState(scaled(appsv1.DeploymentStatus{ObservedGeneration: 2, Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 3})),
			state{"3 of 3 replicas available, 3 up to date", true},
		},
	} {
		if it.got != it.want {
			t.Errorf("%s: got %+v, want %+v", name, it.got, it.want)
		}
	}
}

func TestFailsForWrongInput(t *testing.T) {
	for name, variables := range map[string]map[string]string{
		"a deadline that is no duration": {"CREATOR_DEADLINE": "soon"},
		"a deadline in the past":         {"CREATOR_DEADLINE": "-1s"},
		"a KUBECONFIG that is not there": {"KUBECONFIG": t.TempDir() + "/none"},
		"neither a pod nor a KUBECONFIG": {},
	} {
		t.Setenv("KUBERNETES_SERVICE_HOST", "")
		var complaints bytes.Buffer
		code := run(t.Context(), func(key string) string { return variables[key] }, &bytes.Buffer{}, &complaints)
		if code != wrong || complaints.Len() == 0 {
			t.Errorf("%s: exit code %d, %q", name, code, complaints.String())
		}
	}
}
