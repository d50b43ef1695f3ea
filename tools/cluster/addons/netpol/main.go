// Command netpol enforces the NetworkPolicies of a cluster on its one real node, with nftables: it watches pods,
// namespaces and policies, and writes one table, capstan-netpol, which it removes when it is told to end.
//
// It relies on a network whose pods are routed through the host: traffic between pods passes the forward hook after
// kube-proxy has put a pod's address in place of a Service's, traffic from a pod to the host the input hook. Traffic
// from the host to its pods, such as probes, is always let through, open connections stay open, and only IPv4 is
// looked at.
//
//	netpol -kubeconfig FILE
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// settle is how long to wait for further changes after one: a rollout changes many pods at once.
const settle = 20 * time.Millisecond

func main() {
	kubeconfig := flag.String("kubeconfig", "", "path of a kubeconfig")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *kubeconfig); err != nil {
		fmt.Fprintf(os.Stderr, "netpol: %v\n", err)
		os.Exit(1)
	}
}

// run enforces policies until ctx ends.
func run(ctx context.Context, kubeconfig string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	watched := watched{
		pods:       factory.Core().V1().Pods().Lister(),
		namespaces: factory.Core().V1().Namespaces().Lister(),
		policies:   factory.Networking().V1().NetworkPolicies().Lister(),
	}
	changes := make(chan struct{}, 1)
	tell := func() {
		select {
		case changes <- struct{}{}:
		default:
		}
	}
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { tell() },
		UpdateFunc: func(any, any) { tell() },
		DeleteFunc: func(any) { tell() },
	}
	informed := []cache.SharedIndexInformer{
		factory.Core().V1().Pods().Informer(),
		factory.Core().V1().Namespaces().Informer(),
		factory.Networking().V1().NetworkPolicies().Informer(),
	}
	for _, one := range informed {
		if _, err := one.AddEventHandler(handler); err != nil {
			return err
		}
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	tell()
	return enforce(ctx, watched, changes, tell)
}

// enforce writes the table anew after each change, and removes it at the end.
func enforce(ctx context.Context, watched watched, changes <-chan struct{}, tell func()) error {
	former := ""
	for {
		select {
		case <-ctx.Done():
			return load("table ip " + table + "\ndelete table ip " + table + "\n")
		case <-changes:
		}
		time.Sleep(settle)
		seen, err := watched.snapshot()
		if err != nil {
			return err
		}
		rules := seen.rules()
		if rules == former {
			continue
		}
		if err := load(rules); err != nil {
			fmt.Println("nft does not take the rules:", err)
			time.AfterFunc(time.Second, tell)
			continue
		}
		former = rules
		fmt.Printf("%s enforces %d policies on %d pods\n", time.Now().UTC().Format(time.TimeOnly), len(seen.policies), len(seen.pods))
	}
}
