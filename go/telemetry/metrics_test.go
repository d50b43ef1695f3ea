package telemetry

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"capstan/internal/metricsdoc"
)

func TestTheTableOfMetricsIsThatOfTelemetry(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(open(t, testProgram("http://127.0.0.1:9", 1)).Collectors()...)
	metricsdoc.Check(t, "Telemetry", registry)
}
