package main

import (
	"bytes"
	"context"
	"log"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	clienttesting "k8s.io/client-go/testing"
)

// followPod follows a pod that is listed as pending, while the events happen.
func followPod(t *testing.T, events ...watch.Event) (string, error) {
	t.Helper()
	c := cluster()
	c.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "1"}, Items: []corev1.Pod{*podIn(corev1.PodPending)}}, nil
	})
	c.PrependWatchReactor("pods", func(clienttesting.Action) (bool, watch.Interface, error) {
		w := watch.NewFakeWithChanSize(len(events), false)
		for _, event := range events {
			w.Action(event.Type, event.Object)
		}
		return true, w, nil
	})
	var out bytes.Buffer
	f := follower{target: targets(c, "here")[0], namespace: "here", out: log.New(&out, "", 0)}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := f.follow(ctx)
	return out.String(), err
}

func podIn(phase corev1.PodPhase, conditions ...corev1.PodCondition) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: podName, ResourceVersion: "2"},
		Status:     corev1.PodStatus{Phase: phase, Conditions: conditions},
	}
}

func TestFollowsFromTheListToReady(t *testing.T) {
	ready := corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionTrue}
	out, err := followPod(t,
		watch.Event{Type: watch.Modified, Object: podIn(corev1.PodPending)},
		watch.Event{Type: watch.Modified, Object: podIn(corev1.PodRunning, ready)},
	)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Pod my-pod: Pending, no node has it yet\nPod my-pod: ready\n"; out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

func TestFailsWhenTheObjectIsDeleted(t *testing.T) {
	_, err := followPod(t, watch.Event{Type: watch.Deleted, Object: podIn(corev1.PodPending)})
	if err == nil || !strings.Contains(err.Error(), "deleted") {
		t.Errorf("got %v", err)
	}
}

func TestFailsWithoutTheRightToWatch(t *testing.T) {
	c := cluster()
	f := follower{target: targets(c, "here")[0], namespace: "here", out: log.New(&bytes.Buffer{}, "", 0)}
	status := metav1.Status{Status: metav1.StatusFailure, Reason: metav1.StatusReasonForbidden, Code: 403, Message: "unknown"}
	_, err := f.happened(watch.Event{Type: watch.Error, Object: &status})
	if exitCode(err) != wrong || !strings.Contains(err.Error(), "watch pods") {
		t.Errorf("exit code %d: %v", exitCode(err), err)
	}
}
