// The scheduler-oracle program asks the real kube-scheduler what it makes of pods and nodes.
//
// Standard input has one environment a line, as JSON (see environment). For each, in order, standard output has one
// line of JSON (see outcome). The scheduler of k8s.io/kubernetes runs in this process with its default plugins and
// percentageOfNodesToScore 100, against a fake clientset: nothing is simulated but the API server.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/klog/v2"
)

// maxLine bounds one environment.
const maxLine = 256 << 20

// deadline bounds one environment: the scheduler takes fractions of a second for one.
const deadline = 20 * time.Second

func main() {
	klog.InitFlags(nil)
	_ = flag.Set("logtostderr", "false")
	_ = flag.Set("stderrthreshold", "FATAL")
	klog.SetOutput(io.Discard)
	// Victims are gone when a scheduling cycle ends: nobody has to guess whether some are still to go.
	if err := utilfeature.DefaultMutableFeatureGate.Set("SchedulerAsyncPreemption=false"); err != nil {
		fmt.Fprintln(os.Stderr, "scheduler-oracle:", err)
		os.Exit(1)
	}
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "scheduler-oracle:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	encoder := json.NewEncoder(out)
	for lines.Scan() {
		var asked environment
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			return fmt.Errorf("a line of the input is no environment: %w", err)
		}
		found, err := settle(asked)
		if err != nil {
			return fmt.Errorf("%s: %w", asked.Name, err)
		}
		if err := encoder.Encode(found); err != nil {
			return err
		}
	}
	return lines.Err()
}

func settle(asked environment) (outcome, error) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), deadline, errors.New("the scheduler did not come to rest"))
	defer cancel()
	cluster, err := start(ctx, asked)
	if err != nil {
		return outcome{}, err
	}
	found := outcome{Name: asked.Name, Alone: map[string]answer{}}
	for _, pod := range asked.Alone {
		if found.Alone[pod.Name], err = cluster.alone(ctx, pod); err != nil {
			return outcome{}, err
		}
	}
	for _, round := range asked.Rounds {
		if err := cluster.place(ctx, round); err != nil {
			return outcome{}, err
		}
	}
	found.PushedOut = cluster.recreated.Load()
	found.Pods, err = cluster.answers(ctx)
	return found, err
}
