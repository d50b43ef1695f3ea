package main

import (
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// labelsOf reads a series' container back.
func labelsOf(metric prometheus.Metric) (from source) {
	var written dto.Metric
	if metric.Write(&written) != nil {
		return source{}
	}
	for _, label := range written.Label {
		switch label.GetName() {
		case "namespace":
			from.namespace = label.GetValue()
		case "pod":
			from.pod = label.GetValue()
		case "container":
			from.container = label.GetValue()
		}
	}
	return from
}
