package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type node struct {
	*testing.T
	*follower
}

func newNode(t *testing.T, maxFiles int) node {
	f := newFollower(config{folder: t.TempDir(), maxFiles: maxFiles}, slog.New(slog.DiscardHandler), newMetrics(prometheus.NewRegistry()))
	t.Cleanup(f.close)
	return node{t, f}
}

// write appends to the log of a container.
func (n node) write(pod, container, text string) string {
	n.Helper()
	path := filepath.Join(n.folder, "darkroom_"+pod+"_0123", container, "0.log")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		n.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		n.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		n.Fatal(err)
	}
	return path
}

func (n node) read() {
	n.Helper()
	if err := n.round(); err != nil {
		n.Fatal(err)
	}
}

// wants expects counts of a container's stream.
func (n node) wants(pod, container, stream string, lines, bytes float64) {
	n.Helper()
	labels := []string{"darkroom", pod, container, stream}
	if l, b := testutil.ToFloat64(n.metrics.lines.WithLabelValues(labels...)), testutil.ToFloat64(n.metrics.bytes.WithLabelValues(labels...)); l != lines || b != bytes {
		n.Fatalf("%s/%s %s has %v lines, %v bytes; want %v, %v", pod, container, stream, l, b, lines, bytes)
	}
}

func line(stream, flag, text string) string {
	return fmt.Sprintf("2026-11-25T10:00:00.123456789Z %s %s %s\n", stream, flag, text)
}

func TestTailCountsWhatIsWrittenWhileItRuns(t *testing.T) {
	n := newNode(t, 10)
	n.write("develop-1", "develop", line("stdout", "F", "before"))
	n.read()
	n.write("develop-1", "develop", line("stdout", "F", "hello")+line("stderr", "F", "oh")+line("stdout", "P", "ab")+line("stdout", "F", "c"))
	n.write("upload-1", "upload", line("stdout", "F", "")+"no such line\n"+line("stdout", "F", "new"))
	n.read()
	n.wants("develop-1", "develop", "stdout", 2, 5+3)
	n.wants("develop-1", "develop", "stderr", 1, 2)
	n.wants("upload-1", "upload", "stdout", 2, 3)
	if got := testutil.ToFloat64(n.metrics.unparseable); got != 1 {
		t.Errorf("%v lines are not in the format", got)
	}
	head := strings.TrimSuffix(line("stdout", "F", "half"), "\n")
	n.write("upload-1", "upload", head)
	n.read()
	n.wants("upload-1", "upload", "stdout", 2, 3+4)
	n.write("upload-1", "upload", " and half\n"+line("stdout", "F", strings.Repeat("x", 3*chunk)))
	n.read()
	n.wants("upload-1", "upload", "stdout", 4, 3+13+3*chunk)
}

func TestTailFollowsARotation(t *testing.T) {
	n := newNode(t, 10)
	n.read()
	path := n.write("develop-1", "develop", line("stdout", "F", "one"))
	n.read()
	n.write("develop-1", "develop", line("stdout", "F", "two"))
	if err := os.Rename(path, path+".20261125-100000"); err != nil {
		t.Fatal(err)
	}
	n.write("develop-1", "develop", line("stdout", "F", "three"))
	n.read()
	n.wants("develop-1", "develop", "stdout", 3, 11)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	n.write("develop-1", "develop", line("stdout", "F", ""))
	n.read()
	n.wants("develop-1", "develop", "stdout", 4, 11)
}

func TestTailForgetsPodsThatAreGone(t *testing.T) {
	n := newNode(t, 10)
	n.read()
	path := n.write("job-1", "sweep", line("stdout", "F", "done"))
	n.read()
	if got := testutil.CollectAndCount(n.metrics.lines); got != 1 {
		t.Fatalf("%d series", got)
	}
	if err := os.RemoveAll(filepath.Dir(filepath.Dir(path))); err != nil {
		t.Fatal(err)
	}
	n.read()
	if got := testutil.CollectAndCount(n.metrics.lines); got != 0 || len(n.files) != 0 {
		t.Fatalf("%d series and %d files are left", got, len(n.files))
	}
}

func TestTailFollowsNoMoreFilesThanItMay(t *testing.T) {
	n := newNode(t, 3)
	for i := range 5 {
		n.write(fmt.Sprintf("pod-%d", i), "main", line("stdout", "F", "x"))
	}
	n.read()
	if followed, leftOut := testutil.ToFloat64(n.metrics.followed), testutil.ToFloat64(n.metrics.leftOut); followed != 3 || leftOut != 2 {
		t.Fatalf("%v followed, %v left out", followed, leftOut)
	}
}

func TestTailFailsWithoutItsFolderAndWithBadVariables(t *testing.T) {
	f := newFollower(config{folder: filepath.Join(t.TempDir(), "none"), maxFiles: 1}, slog.New(slog.DiscardHandler), newMetrics(prometheus.NewRegistry()))
	if err := f.round(); err == nil {
		t.Error("no error without the folder")
	}
	for name, value := range map[string]string{"TAIL_INTERVAL": "often", "TAIL_MAX_FILES": "0"} {
		_, err := readConfig(func(asked string) string {
			if asked == name {
				return value
			}
			return ""
		})
		if err == nil || !strings.HasPrefix(err.Error(), name+": wanted") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if c, err := readConfig(func(string) string { return "" }); err != nil || c.interval != 2*time.Second || c.folder != "/var/log/pods" {
		t.Errorf("defaults %+v, %v", c, err)
	}
}
