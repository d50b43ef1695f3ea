package main

import (
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func pod(name, address string, port int32) *core.Pod {
	return &core.Pod{
		ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "shop", Labels: map[string]string{"app": name}},
		Spec: core.PodSpec{Containers: []core.Container{{
			Ports: []core.ContainerPort{{Name: "http", ContainerPort: port, Protocol: core.ProtocolTCP}},
		}}},
		Status: core.PodStatus{PodIP: address, Phase: core.PodRunning},
	}
}

func apps(name string) *meta.LabelSelector {
	return &meta.LabelSelector{MatchLabels: map[string]string{"app": name}}
}

func policy(app string, spec networking.NetworkPolicySpec) *networking.NetworkPolicy {
	spec.PodSelector = *apps(app)
	return &networking.NetworkPolicy{ObjectMeta: meta.ObjectMeta{Name: app, Namespace: "shop"}, Spec: spec}
}

func of(policies ...*networking.NetworkPolicy) cluster {
	return cluster{
		pods:       []*core.Pod{pod("front", "10.0.0.1", 8080), pod("back", "10.0.0.2", 9000)},
		namespaces: map[string]map[string]string{"shop": {}},
		policies:   policies,
	}
}

func expectRules(t *testing.T, c cluster, wanted, unwanted []string) {
	t.Helper()
	rules := c.rules()
	for _, want := range wanted {
		if !strings.Contains(rules, want) {
			t.Errorf("want %q in\n%s", want, rules)
		}
	}
	for _, never := range unwanted {
		if strings.Contains(rules, never) {
			t.Errorf("%q in\n%s", never, rules)
		}
	}
}

func TestPodsWithoutPolicyAreOpen(t *testing.T) {
	expectRules(t, of(), nil, []string{"drop", "jump"})
}

func TestIngressIsLookedUpInTheSelectedPod(t *testing.T) {
	named := intstr.FromString("http")
	c := of(policy("back", networking.NetworkPolicySpec{
		PolicyTypes: []networking.PolicyType{networking.PolicyTypeIngress},
		Ingress: []networking.NetworkPolicyIngressRule{{
			From:  []networking.NetworkPolicyPeer{{PodSelector: apps("front")}},
			Ports: []networking.NetworkPolicyPort{{Port: &named}},
		}},
	}))
	expectRules(t, c,
		[]string{"ip daddr 10.0.0.2 jump in_10_0_0_2", "ip saddr 10.0.0.1 tcp dport 9000 return", "counter drop"},
		[]string{"dport 8080", "jump out_"})
}

func TestEgressIsLookedUpInThePeer(t *testing.T) {
	named := intstr.FromString("http")
	c := of(policy("front", networking.NetworkPolicySpec{
		PolicyTypes: []networking.PolicyType{networking.PolicyTypeEgress},
		Egress: []networking.NetworkPolicyEgressRule{{
			To:    []networking.NetworkPolicyPeer{{PodSelector: apps("back")}},
			Ports: []networking.NetworkPolicyPort{{Port: &named}},
		}},
	}))
	expectRules(t, c, []string{"ip saddr 10.0.0.1 jump out_10_0_0_1", "ip daddr 10.0.0.2 tcp dport 9000 return"}, []string{"jump in_"})
}

func TestNobodyIsAllowedByAPolicyWithoutRules(t *testing.T) {
	c := of(policy("back", networking.NetworkPolicySpec{
		PolicyTypes: []networking.PolicyType{networking.PolicyTypeIngress, networking.PolicyTypeEgress},
	}))
	expectRules(t, c, []string{"jump in_10_0_0_2", "jump out_10_0_0_2"}, []string{"return"})
}

func TestASelectorThatSelectsNobodyAllowsNobody(t *testing.T) {
	c := of(policy("back", networking.NetworkPolicySpec{
		PolicyTypes: []networking.PolicyType{networking.PolicyTypeIngress},
		Ingress:     []networking.NetworkPolicyIngressRule{{From: []networking.NetworkPolicyPeer{{PodSelector: apps("none")}}}},
	}))
	expectRules(t, c, []string{"counter drop"}, []string{"return"})
}

func TestBlocksKeepTheirExceptions(t *testing.T) {
	c := of(policy("front", networking.NetworkPolicySpec{
		PolicyTypes: []networking.PolicyType{networking.PolicyTypeEgress},
		Egress: []networking.NetworkPolicyEgressRule{{
			To: []networking.NetworkPolicyPeer{{IPBlock: &networking.IPBlock{CIDR: "0.0.0.0/0", Except: []string{"10.0.0.0/8"}}}},
		}},
	}))
	expectRules(t, c, []string{"ip daddr 0.0.0.0/0 ip daddr != 10.0.0.0/8 return"}, nil)
}
