package oracle

import (
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	autoscalinglisters "k8s.io/client-go/listers/autoscaling/v2"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

// informer stands in for a synced cache. Its one event is the handler's, which the run sends; without resyncs the
// controller's own queue alone decides when the next sync is.
type informer struct {
	cache.SharedIndexInformer
	handler cache.ResourceEventHandler
}

func (i *informer) AddEventHandlerWithResyncPeriod(handler cache.ResourceEventHandler, _ time.Duration) (cache.ResourceEventHandlerRegistration, error) {
	i.handler = handler
	return nil, nil
}

func (i *informer) HasSynced() bool { return true }

func (i *informer) GetStore() cache.Store { return cache.NewStore(cache.MetaNamespaceKeyFunc) }

// autoscalerInformer shows the controller the HPA of a world.
type autoscalerInformer struct {
	*world
	informer
}

func (i *autoscalerInformer) Informer() cache.SharedIndexInformer { return &i.informer }

func (i *autoscalerInformer) Lister() autoscalinglisters.HorizontalPodAutoscalerLister {
	return autoscalerLister{world: i.world}
}

type autoscalerLister struct {
	autoscalinglisters.HorizontalPodAutoscalerNamespaceLister
	*world
}

func (l autoscalerLister) HorizontalPodAutoscalers(string) autoscalinglisters.HorizontalPodAutoscalerNamespaceLister {
	return l
}

func (l autoscalerLister) List(labels.Selector) ([]*autoscalingv2.HorizontalPodAutoscaler, error) {
	return []*autoscalingv2.HorizontalPodAutoscaler{l.hpa}, nil
}

func (l autoscalerLister) Get(string) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	return l.hpa, nil
}

// podInformer shows the controller the pods of a world.
type podInformer struct {
	*world
	informer
}

func (i *podInformer) Informer() cache.SharedIndexInformer { return &i.informer }

func (i *podInformer) Lister() corelisters.PodLister { return podLister{world: i.world} }

type podLister struct {
	corelisters.PodListerExpansion
	corelisters.PodNamespaceListerExpansion
	*world
}

func (l podLister) Pods(string) corelisters.PodNamespaceLister { return l }

func (l podLister) List(labels.Selector) ([]*v1.Pod, error) {
	pods := make([]*v1.Pod, 0, len(l.fleet.pods))
	for _, p := range l.fleet.pods {
		pods = append(pods, p.object)
	}
	return pods, nil
}

func (l podLister) Get(name string) (*v1.Pod, error) {
	return nil, apierrors.NewNotFound(v1.Resource("pods"), name)
}
