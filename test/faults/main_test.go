package faults

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"capstan/queue/kafka/kafkatest"
)

var (
	reportPath = flag.String("report", "", "file for the table of results")
	brokers    = flag.String("brokers", "", "names of brokers with commas; empty: all")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if name := unknownBroker(); name != "" {
		fmt.Fprintf(os.Stderr, "-brokers: no play would run on %q\n", name)
		os.Exit(2)
	}
	code := m.Run()
	kafkatest.Stop()
	if programFolder != "" {
		_ = os.RemoveAll(programFolder)
	}
	if *reportPath != "" {
		if err := table.write(*reportPath); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// onBrokers runs a play on each kind of broker, which it leaves in peace.
func onBrokers(t *testing.T, fault string, run func(*play)) {
	t.Helper()
	onEach(t, fault, false, run)
}

// onOwnBrokers runs a play on each kind of broker, which it harms.
func onOwnBrokers(t *testing.T, fault string, run func(*play)) {
	t.Helper()
	onEach(t, fault, true, run)
}

func onEach(t *testing.T, fault string, own bool, run func(*play)) {
	t.Helper()
	t.Parallel()
	for _, kind := range kinds {
		if !isWanted(kind.name) {
			continue
		}
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			run(newPlay(t, fault, kind.start(t, own)))
		})
	}
}

// unknownBroker is a name that -brokers has, and no broker; empty: there is none.
func unknownBroker() string {
	var known []string
	for _, kind := range kinds {
		known = append(known, kind.name)
	}
	for name := range strings.SplitSeq(*brokers, ",") {
		if *brokers != "" && !slices.Contains(known, name) {
			return name
		}
	}
	return ""
}

func isWanted(broker string) bool {
	return *brokers == "" || slices.Contains(strings.Split(*brokers, ","), broker)
}

// wantBroker leaves out a test that is about one kind of broker where that is not wanted.
func wantBroker(t *testing.T, name string) {
	t.Helper()
	if !isWanted(name) {
		t.Skipf("not on %s", *brokers)
	}
}

// asRoot leaves out, with a line in the report, a play that only root on Linux can stage, and with programs
// that CI installs.
func asRoot(t *testing.T, fault string, programs ...string) {
	t.Helper()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		table.leaveOut(fault, "all", "needs root on Linux")
		t.Skip("skipped: needs root on Linux")
	}
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			table.leaveOut(fault, "all", "needs "+program)
			t.Skipf("skipped: %v", err)
		}
	}
}

// long leaves a test out of the quick pass.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("not in the quick pass")
	}
}
