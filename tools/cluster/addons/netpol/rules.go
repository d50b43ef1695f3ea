package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// table is the name of the table that holds all rules.
const table = "capstan-netpol"

// load has nft carry out a script, in one transaction.
func load(script string) error {
	command := exec.Command("nft", "-f", "-")
	command.Stdin = strings.NewReader(script)
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(said)))
	}
	return nil
}

// rules is the script that replaces the table: a chain for each direction in which a pod is isolated, which lets
// through what a policy allows and drops the rest.
func (c cluster) rules() string {
	var chains, out, in strings.Builder
	for _, pod := range c.pods {
		egress, isolatedOut := c.allowedOut(pod)
		ingress, isolatedIn := c.allowedIn(pod)
		if isolatedOut {
			c.chain(&chains, &out, "out", "saddr", pod, egress)
		}
		if isolatedIn {
			c.chain(&chains, &in, "in", "daddr", pod, ingress)
		}
	}
	const head = "type filter hook %s priority 0; policy accept;\n\t\tct state established,related accept\n"
	var script strings.Builder
	fmt.Fprintf(&script, "table ip %[1]s\ndelete table ip %[1]s\ntable ip %[1]s {\n%[2]s", table, chains.String())
	fmt.Fprintf(&script, "\tchain forward {\n\t\t"+head+"%s%s\t}\n", "forward", out.String(), in.String())
	fmt.Fprintf(&script, "\tchain input {\n\t\t"+head+"%s\t}\n}\n", "input", out.String())
	return script.String()
}

func (c cluster) chain(chains, jumps *strings.Builder, direction, field string, pod *core.Pod, allowed []string) {
	name := direction + "_" + strings.ReplaceAll(pod.Status.PodIP, ".", "_")
	fmt.Fprintf(chains, "\tchain %s { # %s/%s\n", name, pod.Namespace, pod.Name)
	for _, rule := range allowed {
		fmt.Fprintf(chains, "\t\t%s\n", rule)
	}
	fmt.Fprint(chains, "\t\tcounter drop\n\t}\n")
	fmt.Fprintf(jumps, "\t\tip %s %s jump %s\n", field, pod.Status.PodIP, name)
}

func (c cluster) allowedOut(pod *core.Pod) (rules []string, isIsolated bool) {
	for _, policy := range c.policiesFor(pod, networking.PolicyTypeEgress) {
		isIsolated = true
		for _, rule := range policy.Spec.Egress {
			rules = append(rules, c.allow(policy.Namespace, "daddr", nil, rule.To, rule.Ports)...)
		}
	}
	return rules, isIsolated
}

func (c cluster) allowedIn(pod *core.Pod) (rules []string, isIsolated bool) {
	for _, policy := range c.policiesFor(pod, networking.PolicyTypeIngress) {
		isIsolated = true
		for _, rule := range policy.Spec.Ingress {
			rules = append(rules, c.allow(policy.Namespace, "saddr", pod, rule.From, rule.Ports)...)
		}
	}
	return rules, isIsolated
}

func (c cluster) policiesFor(pod *core.Pod, direction networking.PolicyType) (found []*networking.NetworkPolicy) {
	for _, policy := range c.policies {
		selected := policy.Namespace == pod.Namespace && selects(&policy.Spec.PodSelector, pod.Labels)
		if selected && slices.Contains(policy.Spec.PolicyTypes, direction) {
			found = append(found, policy)
		}
	}
	return found
}

// allow gives the rules that let through what one rule of a policy allows. The field is the address of the peer. The
// receiver is the pod whose ports have the names; nil means that the peer receives.
func (c cluster) allow(namespace, field string, receiver *core.Pod, peers []networking.NetworkPolicyPeer, ports []networking.NetworkPolicyPort) (rules []string) {
	emit := func(address string, receiver *core.Pod) {
		for _, matched := range matches(ports, receiver) {
			rules = append(rules, strings.Join(strings.Fields(address+" "+matched+" return"), " "))
		}
	}
	if len(peers) == 0 {
		emit("", receiver)
		if receiver == nil && hasNames(ports) {
			for _, pod := range c.pods {
				emit("ip daddr "+pod.Status.PodIP, pod)
			}
		}
		return rules
	}
	pods, blocks := c.peers(namespace, peers)
	for _, pod := range pods {
		emit("ip "+field+" "+pod.Status.PodIP, receiverOf(receiver, pod))
	}
	for _, block := range blocks {
		if strings.Contains(block.CIDR, ":") {
			continue
		}
		address := "ip " + field + " " + block.CIDR
		for _, except := range block.Except {
			address += " ip " + field + " != " + except
		}
		emit(address, receiver)
	}
	return rules
}

// receiverOf is the pod that receives: the selected one, or its peer.
func receiverOf(selected, peer *core.Pod) *core.Pod {
	if selected != nil {
		return selected
	}
	return peer
}

// matches gives what nft matches the ports of a rule by. No ports mean all; a name is looked up in the receiver.
func matches(ports []networking.NetworkPolicyPort, receiver *core.Pod) (found []string) {
	if len(ports) == 0 {
		return []string{""}
	}
	for _, port := range ports {
		protocol := "tcp"
		if port.Protocol != nil {
			protocol = strings.ToLower(string(*port.Protocol))
		}
		switch {
		case port.Port == nil:
			found = append(found, "meta l4proto "+protocol)
		case port.Port.Type == intstr.String:
			found = append(found, named(port.Port.StrVal, protocol, receiver)...)
		case port.EndPort != nil:
			found = append(found, fmt.Sprintf("%s dport %d-%d", protocol, port.Port.IntVal, *port.EndPort))
		default:
			found = append(found, fmt.Sprintf("%s dport %d", protocol, port.Port.IntVal))
		}
	}
	return found
}

func named(name, protocol string, receiver *core.Pod) (found []string) {
	if receiver == nil {
		return nil
	}
	for _, container := range receiver.Spec.Containers {
		for _, port := range container.Ports {
			if port.Name == name && strings.EqualFold(string(port.Protocol), protocol) {
				found = append(found, fmt.Sprintf("%s dport %d", protocol, port.ContainerPort))
			}
		}
	}
	return found
}

func hasNames(ports []networking.NetworkPolicyPort) bool {
	return slices.ContainsFunc(ports, func(port networking.NetworkPolicyPort) bool {
		return port.Port != nil && port.Port.Type == intstr.String
	})
}
