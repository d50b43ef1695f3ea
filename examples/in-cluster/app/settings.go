package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	defaultDeadline = 2 * time.Minute
	// namespaceFile is where the kubelet tells a pod its namespace.
	namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"
	// The rights are asked one by one, which the default of 5 a second would draw out.
	requestsPerSecond = 50
)

// inputError is a mistake of who starts the program.
type inputError struct{ err error }

func (e *inputError) Error() string { return e.err.Error() }
func (e *inputError) Unwrap() error { return e.err }

type settings struct {
	// kubeconfig is a file; "" stands for the token of the pod.
	kubeconfig string
	deadline   time.Duration
}

func readSettings(variable func(string) string) (settings, error) {
	s := settings{kubeconfig: variable("KUBECONFIG"), deadline: defaultDeadline}
	text := variable("CREATOR_DEADLINE")
	if text == "" {
		return s, nil
	}
	deadline, err := time.ParseDuration(text)
	if err != nil || deadline <= 0 {
		return s, &inputError{fmt.Errorf("CREATOR_DEADLINE must be a positive duration such as 2m, got %q", text)}
	}
	s.deadline = deadline
	return s, nil
}

// connect gives a client, and the namespace that it works in.
func connect(s settings) (kubernetes.Interface, string, error) {
	config, namespace, err := s.cluster()
	if err != nil {
		return nil, "", &inputError{err}
	}
	config.QPS, config.Burst = requestsPerSecond, requestsPerSecond
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, "", &inputError{err}
	}
	return client, namespace, nil
}

func (s settings) cluster() (*rest.Config, string, error) {
	if s.kubeconfig == "" {
		return ownCluster()
	}
	rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: s.kubeconfig}
	file := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil)
	config, err := file.ClientConfig()
	if err != nil {
		return nil, "", fmt.Errorf("KUBECONFIG: %w", err)
	}
	namespace, _, err := file.Namespace()
	return config, namespace, err
}

func ownCluster() (*rest.Config, string, error) {
	config, err := rest.InClusterConfig()
	if err != nil {
		return nil, "", fmt.Errorf("not in a pod with a token: %w; outside set KUBECONFIG", err)
	}
	namespace, err := os.ReadFile(namespaceFile)
	return config, strings.TrimSpace(string(namespace)), err
}
