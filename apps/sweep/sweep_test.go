package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"capstan/contract"
	"capstan/worker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sweepTree runs the program over two trees and returns what is left.
func sweepTree(t *testing.T, settings map[string]string, files map[string]time.Duration) (left []string, report contract.WorkerReport) {
	t.Helper()
	root := t.TempDir()
	for name, age := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(file, when, when); err != nil {
			t.Fatal(err)
		}
	}
	in, out := filepath.Join(root, "in"), filepath.Join(root, "out")
	config, err := contract.Parse([]byte(`{
		"contract": 1, "name": "sweep", "pool": {"slots": 4}, "fetch": {"factor": 2, "maxPrefetch": 4},
		"source": {"memory": {"capacity": 1000, "exitWhenIdle": true, "seeds": ["{\"of\":\"originals\"}", "{\"of\":\"outputs\"}"]}},
		"task": {"maxSeconds": 60, "ackWaitSeconds": 120, "maxAttempts": 2, "backoff": {"initialSeconds": 0, "maxSeconds": 0, "factor": 1, "jitter": 0}},
		"shutdown": {"lameDuckSeconds": 0, "drainSeconds": 5, "flushSeconds": 2}, "http": {"metricsPort": 0, "host": "127.0.0.1"}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	config.Settings, config.Folders = settings, &contract.Folders{Input: &in, Output: &out}
	report, err = worker.Run(context.Background(), config, New, worker.Options{Log: slog.New(slog.DiscardHandler), Listen: net.Listen})
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(root, path)
			left = append(left, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(left)
	return left, report
}

const day = 24 * time.Hour

func tree() map[string]time.Duration {
	return map[string]time.Duration{
		"in/new.jpg":                   day,
		"in/2025/old.jpg":              40 * day,
		"in/.upload.tmp":               2 * day,
		"in/.fresh.tmp":                time.Hour,
		"out/new.jpg.thumb.jpg":        day,
		"out/new.jpg.json":             day,
		"out/2025/old.jpg.thumb.jpg":   40 * day,
		"out/2025/old.jpg.json":        40 * day,
		"out/a/b/gone.jpg.thumb.jpg":   day,
		"out/a/b/gone.jpg.json":        day,
		"out/a/somebody else's.txt":    400 * day,
		"out/.state/in-flight/new.jpg": 400 * day,
	}
}

func TestSweepRemovesWhatHasNoOriginalOrIsTooOld(t *testing.T) {
	left, report := sweepTree(t, map[string]string{"olderThanDays": "30"}, tree())
	want := []string{
		"in/.fresh.tmp", "in/new.jpg", "out/.state/in-flight/new.jpg", "out/a/somebody else's.txt", "out/new.jpg.json", "out/new.jpg.thumb.jpg",
	}
	if !slices.Equal(left, want) {
		t.Errorf("left %q\nwant %q", left, want)
	}
	if report.ExitCode != 0 || report.Tasks.Done != 2+1+3 || report.Tasks.Dead != 0 {
		t.Errorf("ended with %+v", report)
	}
}

func TestSweepKeepsOldOriginalsUnlessItIsTold(t *testing.T) {
	left, _ := sweepTree(t, nil, tree())
	for _, name := range []string{"in/2025/old.jpg", "out/2025/old.jpg.json", "out/2025/old.jpg.thumb.jpg"} {
		if !slices.Contains(left, name) {
			t.Errorf("%s is gone", name)
		}
	}
	if slices.Contains(left, "out/a/b/gone.jpg.json") {
		t.Error("an output without an original stayed")
	}
}

func TestADryRunRemovesNothing(t *testing.T) {
	left, report := sweepTree(t, map[string]string{"olderThanDays": "30", "dryRun": "true"}, tree())
	if len(left) != len(tree()) || report.Tasks.Done != 6 {
		t.Errorf("left %q; ended with %+v", left, report)
	}
}

func TestSweepFailsWithBadSettings(t *testing.T) {
	for name, setup := range map[string]worker.Setup{
		"olderThanDays":   {Settings: map[string]string{"olderThanDays": "soon"}},
		"dryRun":          {Settings: map[string]string{"dryRun": "perhaps"}},
		"folders.input":   {},
		"open originals:": {Input: filepath.Join(t.TempDir(), "none"), Output: filepath.Join(t.TempDir(), "none")},
	} {
		if _, err := New(setup); err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(name, "open originals:")) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
