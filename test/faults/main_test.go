package faults

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var (
	reportPath = flag.String("report", "", "file for the table of results")
	brokers    = flag.String("brokers", "", "names of brokers with commas; empty: all")
)

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
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

// onBrokers runs a play on a broker of its own of each kind.
func onBrokers(t *testing.T, fault string, run func(*play)) {
	t.Helper()
	t.Parallel()
	for _, kind := range kinds {
		if *brokers != "" && !slices.Contains(strings.Split(*brokers, ","), kind.name) {
			continue
		}
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			run(newPlay(t, fault, kind.start(t)))
		})
	}
}

// long leaves a test out of the quick pass.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("not in the quick pass")
	}
}
