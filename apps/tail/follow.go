package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// chunk is the buffer of a read; the rest of a longer line is only counted.
	chunk = 64 << 10
	// roundBytes bounds what one file may take of a round, so that a chatty pod starves no other.
	roundBytes = 8 << 20
)

// metrics are the counters, by pod.
type metrics struct {
	lines, bytes          *prometheus.CounterVec
	followed, leftOut     prometheus.Gauge
	failures, unparseable prometheus.Counter
}

var podLabels = []string{"namespace", "pod", "container", "stream"}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		lines:       prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tail_lines_total", Help: "Lines of a container's log."}, podLabels),
		bytes:       prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tail_bytes_total", Help: "Bytes of a container's log, as the container wrote them."}, podLabels),
		followed:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "tail_files", Help: "Log files that are followed."}),
		leftOut:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "tail_files_left_out", Help: "Log files beyond TAIL_MAX_FILES."}),
		failures:    prometheus.NewCounter(prometheus.CounterOpts{Name: "tail_read_failures_total", Help: "Reads of log files that failed."}),
		unparseable: prometheus.NewCounter(prometheus.CounterOpts{Name: "tail_unparseable_lines_total", Help: "Lines that are not in the CRI's format."}),
	}
	r.MustRegister(m.lines, m.bytes, m.followed, m.leftOut, m.failures, m.unparseable)
	return m
}

// source is a container, as the path of its log names it: NAMESPACE_POD_UID/CONTAINER/N.log.
type source struct{ namespace, pod, container string }

func sourceOf(podFolder, container string) (source, bool) {
	parts := strings.Split(podFolder, "_")
	if len(parts) != 3 {
		return source{}, false
	}
	return source{parts[0], parts[1], container}, true
}

// file is one log that is followed. It stays open, so that what is written before a rotation is read
// after it.
type file struct {
	source
	*os.File
	reader *bufio.Reader
	inLine bool   // the last chunk ended within a line
	stream string // of that line
}

// follower reads all logs in rounds, one after another: one goroutine, one chunk at a time.
type follower struct {
	config
	log     *slog.Logger
	metrics *metrics
	files   map[string]*file // by path
	begun   bool
}

func newFollower(c config, log *slog.Logger, m *metrics) *follower {
	return &follower{config: c, log: log, metrics: m, files: make(map[string]*file)}
}

// round finds new logs, reads what is new in all, and leaves those that are gone.
func (f *follower) round() error {
	found, err := f.find()
	if err != nil {
		return err
	}
	leftOut := 0
	for path, from := range found {
		if f.files[path] == nil && !f.open(path, from) {
			leftOut++
		}
	}
	f.begun = true
	for path, file := range f.files {
		f.read(file)
		if _, still := found[path]; !still {
			f.leave(path)
			continue
		}
		f.followRotation(path, file)
	}
	f.forgetPods()
	f.metrics.followed.Set(float64(len(f.files)))
	f.metrics.leftOut.Set(float64(leftOut))
	return nil
}

// find lists the current logs.
func (f *follower) find() (map[string]source, error) {
	pods, err := os.ReadDir(f.folder)
	if err != nil {
		return nil, err
	}
	found := make(map[string]source)
	for _, pod := range pods {
		containers, err := os.ReadDir(filepath.Join(f.folder, pod.Name()))
		if err != nil {
			continue // gone meanwhile, or a file
		}
		for _, container := range containers {
			from, ok := sourceOf(pod.Name(), container.Name())
			if !ok {
				continue
			}
			logs, err := filepath.Glob(filepath.Join(f.folder, pod.Name(), container.Name(), "*.log"))
			if err != nil {
				continue
			}
			for _, path := range logs {
				found[path] = from
			}
		}
	}
	return found, nil
}

// open follows a log: from its end when it was there before this program, from its start otherwise.
// It says no when there are too many.
func (f *follower) open(path string, from source) bool {
	if len(f.files) >= f.maxFiles {
		return false
	}
	opened, err := os.Open(path)
	if err == nil && !f.begun {
		_, err = opened.Seek(0, io.SeekEnd)
	}
	if err != nil {
		f.fail(path, err)
		return true
	}
	f.files[path] = &file{source: from, File: opened, reader: bufio.NewReaderSize(opened, chunk)}
	return true
}

func (f *follower) fail(path string, err error) {
	if !errors.Is(err, fs.ErrNotExist) {
		f.metrics.failures.Inc()
		f.log.Warn("log not read", "path", path, "error", err)
	}
}

// read counts what is new in a log, up to the bound of a round.
func (f *follower) read(in *file) {
	for taken := 0; taken < roundBytes; {
		part, err := in.reader.ReadSlice('\n')
		taken += len(part)
		if len(part) > 0 {
			f.count(in, part)
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if !errors.Is(err, io.EOF) {
				f.fail(in.Name(), err)
			}
			return
		}
	}
}

// count takes a line, or a part of one: `TIME STREAM F|P TEXT`, where P means that the container's
// line goes on in the next.
func (f *follower) count(in *file, part []byte) {
	whole := bytes.HasSuffix(part, []byte("\n"))
	text := bytes.TrimSuffix(part, []byte("\n"))
	isFull := true
	if !in.inLine {
		fields := bytes.SplitN(text, []byte(" "), 4)
		if len(fields) < 3 || string(fields[1]) != "stdout" && string(fields[1]) != "stderr" {
			f.metrics.unparseable.Inc()
			in.stream = ""
		} else {
			in.stream, isFull, text = string(fields[1]), string(fields[2]) == "F", nil
			if len(fields) == 4 {
				text = fields[3]
			}
		}
	}
	in.inLine = !whole
	if in.stream == "" {
		return
	}
	labels := []string{in.namespace, in.pod, in.container, in.stream}
	f.metrics.bytes.WithLabelValues(labels...).Add(float64(len(text)))
	if whole && isFull {
		f.metrics.lines.WithLabelValues(labels...).Inc()
	}
}

// followRotation goes on with a new file of the same name once the old one is read.
func (f *follower) followRotation(path string, in *file) {
	now, err := os.Stat(path)
	if err != nil {
		f.fail(path, err)
		return
	}
	was, err := in.Stat()
	if err != nil {
		f.fail(path, err)
		return
	}
	offset, err := in.Seek(0, io.SeekCurrent)
	if err == nil && os.SameFile(was, now) && now.Size() >= offset {
		return
	}
	f.read(in) // what came between the read and the rotation
	in.Close()
	delete(f.files, path)
	if f.open(path, in.source) {
		if next := f.files[path]; next != nil {
			f.read(next)
		}
	}
}

func (f *follower) leave(path string) {
	f.files[path].Close()
	delete(f.files, path)
}

// forgetPods drops the series of containers of which no log is left.
func (f *follower) forgetPods() {
	present := make(map[source]bool, len(f.files))
	for _, in := range f.files {
		present[in.source] = true
	}
	for from := range f.known() {
		if !present[from] {
			labels := prometheus.Labels{"namespace": from.namespace, "pod": from.pod, "container": from.container}
			f.metrics.lines.DeletePartialMatch(labels)
			f.metrics.bytes.DeletePartialMatch(labels)
		}
	}
}

// known are the containers that have series.
func (f *follower) known() map[source]bool {
	known := make(map[source]bool)
	series := make(chan prometheus.Metric, 64)
	go func() {
		f.metrics.bytes.Collect(series)
		close(series)
	}()
	for metric := range series {
		known[labelsOf(metric)] = true
	}
	return known
}

func (f *follower) close() {
	for path := range f.files {
		f.leave(path)
	}
}
