package pod

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Seconds is a histogram of durations: native for a scrape that takes it, and with classic buckets
// from 1 ms to 131 s.
func Seconds(name, help string, labels prometheus.Labels) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: name, Help: help, ConstLabels: labels,
		Buckets:                         prometheus.ExponentialBuckets(0.001, 2, 18),
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  160,
		NativeHistogramMinResetDuration: time.Hour,
	})
}

// Observe adds a duration; example, which may be nil, names the trace that it comes from.
func Observe(h prometheus.Histogram, d time.Duration, example prometheus.Labels) {
	if example == nil {
		h.Observe(d.Seconds())
		return
	}
	h.(prometheus.ExemplarObserver).ObserveWithExemplar(d.Seconds(), example)
}
