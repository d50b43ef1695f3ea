package main

import (
	"math"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// BenchmarkHandle measures what a plan wants to know of each kind of photo:
// CPU time of one task (cpu-ms), and how far the resident set of the process
// grows while it runs, from a swept heap (peak-MB; Linux only).
func BenchmarkHandle(b *testing.B) {
	for _, path := range []string{
		"lake at dawn.jpg", "progressive dusk.jpg", "autumn lake.jpg", "tiny.jpg", "graphics/dawn.png", "web/ridge.webp",
	} {
		b.Run(path, func(b *testing.B) { benchmarkPhotos(b, []string{path}) })
	}
}

// BenchmarkExamples takes all good example photos in turn; one operation is one
// photo.
func BenchmarkExamples(b *testing.B) {
	var paths []string
	for _, path := range examplePaths(b) {
		if _, bad := reasons[path]; !bad {
			paths = append(paths, path)
		}
	}
	benchmarkPhotos(b, paths)
}

func benchmarkPhotos(b *testing.B, paths []string) {
	debug.FreeOSMemory()
	base := resetPeak()
	longest, cpu, tasks := time.Duration(0), cpuTime(), 0
	b.ReportAllocs()
	for b.Loop() {
		output := b.TempDir()
		for _, path := range paths {
			start := time.Now()
			if err := handle(b.Context(), task(examples, output, path)); err != nil {
				b.Fatal(err)
			}
			longest = max(longest, time.Since(start))
			tasks++
		}
	}
	b.ReportMetric((cpuTime()-cpu).Seconds()*1e3/float64(tasks), "cpu-ms/task")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(tasks), "ms/task")
	b.ReportMetric(float64(longest.Milliseconds()), "longest-ms")
	if peak := residentPeak(); !math.IsNaN(peak) {
		b.ReportMetric(peak-base, "peak-MB")
	}
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// resetPeak makes the kernel count the peak anew, from the resident set of now,
// which it returns in MB (proc(5), clear_refs).
func resetPeak() float64 {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return math.NaN()
	}
	return residentPeak()
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

func residentPeak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return math.NaN()
	}
	match := highWater.FindSubmatch(status)
	if match == nil {
		return math.NaN()
	}
	kilobytes, err := strconv.ParseFloat(string(match[1]), 64)
	if err != nil {
		return math.NaN()
	}
	return kilobytes / 1000
}
