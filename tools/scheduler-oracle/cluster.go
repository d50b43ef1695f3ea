package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	corelisters "k8s.io/client-go/listers/core/v1"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/profile"
)

// cluster is a scheduler and the API server that it believes in.
type cluster struct {
	client    *fake.Clientset
	scheduler *scheduler.Scheduler
	pods      corelisters.PodLister
	// wanted is how many pods there are to be.
	wanted int
	// recreated counts pods that were deleted for others; their names come again, as a ReplicaSet's pods would.
	recreated atomic.Int64
	// leaving counts pods that were deleted and have not come again yet.
	leaving atomic.Int64
	// removing is set while a pod is deleted that is not to come again.
	removing atomic.Bool
}

var podsResource = corev1.SchemeGroupVersion.WithResource("pods")

func start(ctx context.Context, asked environment) (*cluster, error) {
	client := fake.NewSimpleClientset(asked.objects()...)
	c := &cluster{client: client}
	client.PrependReactor("create", "pods", bind(client))
	client.PrependReactor("delete", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		c.leaving.Add(1)
		return false, nil, nil
	})
	informers := scheduler.NewInformerFactory(client, 0, nil)
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	all := int32(100)
	sched, err := scheduler.New(ctx, client, informers, nil, profile.NewRecorderFactory(broadcaster),
		scheduler.WithPercentageOfNodesToScore(&all), scheduler.WithParallelism(2))
	if err != nil {
		return nil, err
	}
	c.scheduler, c.pods = sched, informers.Core().V1().Pods().Lister()
	if _, err := informers.Core().V1().Pods().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		DeleteFunc: func(gone any) { c.recreate(ctx, gone) },
	}); err != nil {
		return nil, err
	}
	informers.Start(ctx.Done())
	informers.WaitForCacheSync(ctx.Done())
	if err := sched.WaitForHandlersSync(ctx); err != nil {
		return nil, err
	}
	sched.SchedulingQueue.Run(klog.FromContext(ctx))
	context.AfterFunc(ctx, sched.SchedulingQueue.Close)
	return c, nil
}

// bind does what the API server does with a Binding.
func bind(client *fake.Clientset) clienttesting.ReactionFunc {
	return func(action clienttesting.Action) (bool, runtime.Object, error) {
		create, isCreate := action.(clienttesting.CreateAction)
		if !isCreate || action.GetSubresource() != "binding" {
			return false, nil, nil
		}
		binding := create.GetObject().(*corev1.Binding)
		found, err := client.Tracker().Get(podsResource, action.GetNamespace(), binding.Name)
		if err != nil {
			return true, nil, err
		}
		pod := found.(*corev1.Pod).DeepCopy()
		pod.Spec.NodeName = binding.Target.Name
		pod.Status.Conditions = nil
		return true, binding, client.Tracker().Update(podsResource, pod, pod.Namespace)
	}
}

// recreate brings a pod that was deleted for another one again, as its controller would.
func (c *cluster) recreate(ctx context.Context, gone any) {
	defer c.leaving.Add(-1)
	pod, isPod := gone.(*corev1.Pod)
	if !isPod || c.removing.Load() {
		return
	}
	again := pod.DeepCopy()
	again.ObjectMeta.ResourceVersion = ""
	again.UID = types.UID(fmt.Sprintf("%s-%d", pod.Name, c.recreated.Add(1)))
	again.Spec.NodeName = ""
	again.Status = corev1.PodStatus{}
	_, _ = c.client.CoreV1().Pods(again.Namespace).Create(ctx, again, metav1.CreateOptions{})
}

// alone asks about a pod that is the only one.
func (c *cluster) alone(ctx context.Context, pod corev1.Pod) (answer, error) {
	if err := c.place(ctx, []corev1.Pod{pod}); err != nil {
		return answer{}, err
	}
	answers, err := c.answers(ctx)
	if err != nil {
		return answer{}, err
	}
	found := answers[pod.Name]
	c.removing.Store(true)
	defer c.removing.Store(false)
	if err := c.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{}); err != nil {
		return answer{}, err
	}
	c.wanted--
	return found, c.until(ctx, func() bool { return len(c.list()) == c.wanted && c.isSettled() })
}

// place creates pods, all of them before the scheduler sees the first, and lets it work until it comes to rest.
func (c *cluster) place(ctx context.Context, pods []corev1.Pod) error {
	for i := range pods {
		pod := pods[i].DeepCopy()
		pod.UID = types.UID(pod.Name)
		if _, err := c.client.CoreV1().Pods(pod.Namespace).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
			return err
		}
		c.wanted++
		// A watch of the fake clientset holds a hundred changes, and panics at one more.
		if err := c.until(ctx, func() bool { return c.wanted-len(c.list()) < batch }); err != nil {
			return err
		}
	}
	for {
		// Everything that was done has arrived, and nothing is on its way.
		if err := c.until(ctx, c.isSettled); err != nil {
			return err
		}
		if active, backoff, _ := c.queued(); active+backoff == 0 {
			return nil
		}
		c.scheduler.ScheduleOne(ctx)
	}
}

// isSettled says whether every pod is either bound or in the queue.
func (c *cluster) isSettled() bool {
	active, backoff, unschedulable := c.queued()
	bound := 0
	for _, pod := range c.list() {
		if pod.Spec.NodeName != "" {
			bound++
		}
	}
	return bound+active+backoff+unschedulable == c.wanted && c.leaving.Load() == 0
}

// queued counts the pods of the scheduler's queues.
func (c *cluster) queued() (active, backoff, unschedulable int) {
	_, summary := c.scheduler.SchedulingQueue.PendingPods()
	_, _ = fmt.Sscanf(summary, "activeQ:%d; backoffQ:%d; unschedulableEntities:%d", &active, &backoff, &unschedulable)
	return active, backoff, unschedulable
}

func (c *cluster) list() []*corev1.Pod {
	all, _ := c.pods.List(labels.Everything())
	return all
}

// answers says of each pod where it is, as the API server has it: what informers know may be a moment older.
func (c *cluster) answers(ctx context.Context) (map[string]answer, error) {
	pods, err := c.client.CoreV1().Pods(metav1.NamespaceAll).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	found := map[string]answer{}
	for _, pod := range pods.Items {
		one := answer{Node: pod.Spec.NodeName}
		for _, condition := range pod.Status.Conditions {
			if one.Node == "" && condition.Type == corev1.PodScheduled {
				one.Message = condition.Message
			}
		}
		found[pod.Name] = one
	}
	return found, nil
}

// batch is how many pods may be on their way to the scheduler.
const batch = 50

// pause is how long the other goroutines of the scheduler get before they are asked again.
const pause = time.Millisecond / 2

// until waits for something that the scheduler's own goroutines bring about.
func (c *cluster) until(ctx context.Context, holds func() bool) error {
	for !holds() {
		select {
		case <-ctx.Done():
			active, backoff, unschedulable := c.queued()
			return fmt.Errorf("%w: of %d pods %d are active, %d in backoff, %d unschedulable",
				context.Cause(ctx), c.wanted, active, backoff, unschedulable)
		case <-time.After(pause):
		}
	}
	return nil
}
