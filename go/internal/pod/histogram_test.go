package pod

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/encoding/protodelim"
)

// What Prometheus asks for with scrape_native_histograms, and without.
const (
	acceptProto = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3"
	acceptOpen  = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4"
)

// scrape is what a scrape of one histogram gets: 100 tasks of 10 ms, the last of them traced.
func scrape(t *testing.T, accept string) (kind, body string) {
	t.Helper()
	h := Seconds("capstan_task_duration_seconds", "Handler time.", prometheus.Labels{"worker": "develop"})
	for range 99 {
		Observe(h, 10*time.Millisecond, nil)
	}
	Observe(h, 10*time.Millisecond, prometheus.Labels{"trace_id": "4bf9", "span_id": "00f0"})
	registry := prometheus.NewRegistry()
	registry.MustRegister(h)
	probes := NewProbes(NewPhase())
	probes.ServeMetrics(registry)
	request := httptest.NewRequest("GET", "/metrics", nil)
	request.Header.Set("Accept", accept)
	answer := httptest.NewRecorder()
	probes.ServeHTTP(answer, request)
	return answer.Header().Get("Content-Type"), answer.Body.String()
}

func TestAScrapeThatTakesNativeHistogramsGetsThemAndTheClassicBuckets(t *testing.T) {
	kind, body := scrape(t, acceptProto)
	if !strings.HasPrefix(kind, "application/vnd.google.protobuf") {
		t.Fatalf("answered in %s", kind)
	}
	reader := strings.NewReader(body)
	for {
		var family dto.MetricFamily
		err := protodelim.UnmarshalFrom(reader, &family)
		if errors.Is(err, io.EOF) {
			t.Fatal("no such metric")
		}
		if err != nil {
			t.Fatal(err)
		}
		if family.GetName() != "capstan_task_duration_seconds" {
			continue
		}
		h := family.Metric[0].GetHistogram()
		if h.GetSampleCount() != 100 || len(h.PositiveSpan) != 1 || h.GetSchema() != 3 || len(h.PositiveDelta) != 1 || h.PositiveDelta[0] != 100 {
			t.Errorf("no native histogram of one bucket with 100 tasks: %v", h)
		}
		if len(h.Bucket) != 18 {
			t.Errorf("%d classic buckets", len(h.Bucket))
		}
		if len(h.Exemplars) != 1 || h.Exemplars[0].Label[0].GetName() == "" {
			t.Errorf("exemplars %v", h.Exemplars)
		}
		return
	}
}

func TestAScrapeOfTextGetsClassicBucketsAndInOpenMetricsTheTrace(t *testing.T) {
	const bucket = `capstan_task_duration_seconds_bucket{worker="develop",le="0.016"} 100`
	kind, body := scrape(t, acceptOpen)
	if !strings.HasPrefix(kind, "application/openmetrics-text") || !strings.Contains(body, bucket+" # {") || !strings.Contains(body, `trace_id="4bf9"`) {
		t.Errorf("%s:\n%s", kind, body)
	}
	kind, body = scrape(t, "text/plain")
	if !strings.HasPrefix(kind, "text/plain") || !strings.Contains(body, bucket+"\n") {
		t.Errorf("%s:\n%s", kind, body)
	}
}
