package oracle

import (
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	namespace = "oracle"
	container = "worker"
	firstAge  = time.Hour
)

// pod is a pod of the world. Times are those since the start.
type pod struct {
	object  *v1.Pod
	created time.Duration
	removed time.Duration
	leaving bool
}

func (p *pod) isReady() bool {
	return p.object.Status.Phase == v1.PodRunning && p.object.Status.Conditions[0].Status == v1.ConditionTrue
}

// fleet is all pods of a scenario, oldest first.
type fleet struct {
	scenario *scenario
	start    time.Time
	pods     []*pod
	created  int
}

func newFleet(s *scenario, start time.Time) *fleet {
	f := &fleet{scenario: s, start: start}
	for range s.InitialReplicas {
		f.add(-firstAge)
	}
	f.advance(0)
	return f
}

func (f *fleet) add(at time.Duration) {
	f.created++
	created := metav1.NewTime(f.start.Add(at))
	request := resource.NewMilliQuantity(f.scenario.CPURequestMilli, resource.DecimalSI)
	f.pods = append(f.pods, &pod{created: at, object: &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name:              fmt.Sprintf("pod-%d", f.created),
			Namespace:         namespace,
			Labels:            map[string]string{"app": "oracle"},
			CreationTimestamp: created,
		},
		Spec: v1.PodSpec{Containers: []v1.Container{{
			Name:      container,
			Resources: v1.ResourceRequirements{Requests: v1.ResourceList{v1.ResourceCPU: *request}},
		}}},
		Status: v1.PodStatus{
			Phase:      v1.PodPending,
			StartTime:  &created,
			Conditions: []v1.PodCondition{{Type: v1.PodReady, Status: v1.ConditionFalse, LastTransitionTime: created}},
		},
	}})
}

// advance puts in force what is due at a time: phases, readiness and the end of pods that leave.
func (f *fleet) advance(now time.Duration) {
	ready := max(seconds(f.scenario.PodPendingSeconds), seconds(f.scenario.PodReadySeconds))
	kept := f.pods[:0]
	for _, p := range f.pods {
		if p.leaving {
			if now < p.removed+seconds(f.scenario.PodTerminationSeconds) {
				kept = append(kept, p)
			}
			continue
		}
		kept = append(kept, p)
		status := &p.object.Status
		if now >= p.created+seconds(f.scenario.PodPendingSeconds) {
			status.Phase = v1.PodRunning
		}
		if condition := &status.Conditions[0]; condition.Status == v1.ConditionFalse && now >= p.created+ready {
			condition.Status = v1.ConditionTrue
			condition.LastTransitionTime = metav1.NewTime(f.start.Add(p.created + ready))
		}
	}
	f.pods = kept
}

// resize adds pods, or marks the newest ones deleted.
func (f *fleet) resize(now time.Duration, replicas int) {
	for range replicas - f.listed() {
		f.add(now)
	}
	for excess := f.listed() - replicas; excess > 0; excess-- {
		f.removeNewest(now)
	}
	f.advance(now)
}

func (f *fleet) removeNewest(now time.Duration) {
	for i := len(f.pods) - 1; i >= 0; i-- {
		if p := f.pods[i]; !p.leaving {
			deleted := metav1.NewTime(f.start.Add(now))
			p.leaving, p.removed, p.object.DeletionTimestamp = true, now, &deleted
			return
		}
	}
}

// listed counts pods that are not leaving.
func (f *fleet) listed() int {
	return f.count(func(*pod) bool { return true })
}

// ready counts pods that are ready and not leaving.
func (f *fleet) ready() int { return f.count((*pod).isReady) }

func (f *fleet) count(counts func(*pod) bool) int {
	n := 0
	for _, p := range f.pods {
		if !p.leaving && counts(p) {
			n++
		}
	}
	return n
}
