package main

import (
	"cmp"
	"slices"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
)

// watched is what the API server tells all the time.
type watched struct {
	pods       corelisters.PodLister
	namespaces corelisters.NamespaceLister
	policies   networkinglisters.NetworkPolicyLister
}

// cluster is all that rules depend on, at one moment.
type cluster struct {
	// pods have an address of their own.
	pods []*core.Pod
	// namespaces holds the labels of each.
	namespaces map[string]map[string]string
	policies   []*networking.NetworkPolicy
}

// snapshot gives what is known now, in an order that does not depend on the moment.
func (w watched) snapshot() (cluster, error) {
	pods, err := w.pods.List(labels.Everything())
	if err != nil {
		return cluster{}, err
	}
	namespaces, err := w.namespaces.List(labels.Everything())
	if err != nil {
		return cluster{}, err
	}
	policies, err := w.policies.List(labels.Everything())
	if err != nil {
		return cluster{}, err
	}
	seen := cluster{namespaces: map[string]map[string]string{}, policies: slices.Clone(policies)}
	for _, pod := range pods {
		if hasAddress(pod) {
			seen.pods = append(seen.pods, pod)
		}
	}
	for _, one := range namespaces {
		seen.namespaces[one.Name] = one.Labels
	}
	slices.SortFunc(seen.pods, func(a, b *core.Pod) int { return cmp.Compare(a.Status.PodIP, b.Status.PodIP) })
	slices.SortFunc(seen.policies, func(a, b *networking.NetworkPolicy) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return seen, nil
}

func hasAddress(pod *core.Pod) bool {
	hasEnded := pod.Status.Phase == core.PodSucceeded || pod.Status.Phase == core.PodFailed
	return pod.Status.PodIP != "" && !pod.Spec.HostNetwork && !hasEnded
}

// peers are the pods and blocks of addresses that a rule speaks of. No peers mean everybody.
func (c cluster) peers(namespace string, wanted []networking.NetworkPolicyPeer) (pods []*core.Pod, blocks []*networking.IPBlock) {
	for _, peer := range wanted {
		if peer.IPBlock != nil {
			blocks = append(blocks, peer.IPBlock)
			continue
		}
		for _, pod := range c.pods {
			if c.isPeer(peer, namespace, pod) {
				pods = append(pods, pod)
			}
		}
	}
	return pods, blocks
}

func (c cluster) isPeer(peer networking.NetworkPolicyPeer, namespace string, pod *core.Pod) bool {
	if peer.NamespaceSelector == nil && pod.Namespace != namespace {
		return false
	}
	if peer.NamespaceSelector != nil && !selects(peer.NamespaceSelector, c.namespaces[pod.Namespace]) {
		return false
	}
	return peer.PodSelector == nil || selects(peer.PodSelector, pod.Labels)
}

// selects tells whether a selector selects labels. The API server has refused selectors that cannot be read.
func selects(selector *meta.LabelSelector, of map[string]string) bool {
	read, err := meta.LabelSelectorAsSelector(selector)
	return err == nil && read.Matches(labels.Set(of))
}
