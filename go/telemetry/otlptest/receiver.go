// Package otlptest is a collector for tests: it takes traces over OTLP/HTTP on loopback, and keeps
// them.
package otlptest

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Receiver is a running collector.
type Receiver struct {
	// URL is its endpoint, as a contract names it.
	URL string

	t      testing.TB
	mu     sync.Mutex
	answer http.HandlerFunc
	spans  []Span
	header http.Header
}

// Span is one that came in.
type Span struct {
	// Name, Kind (such as CONSUMER) and Status (UNSET, OK, ERROR) of the span.
	Name, Kind, Status string
	// Trace, ID and Parent are in hexadecimal; Parent is empty for the first span of a trace.
	Trace, ID, Parent string
	// Links are the ids of the linked spans.
	Links []string
	// Attributes of the span, and of the resource that it belongs to.
	Attributes, Resource map[string]any
	// Start and End of the span.
	Start, End time.Time
}

// Start starts a collector, which ends with the test.
func Start(t testing.TB) *Receiver {
	r := &Receiver{t: t}
	server := httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(server.Close)
	r.URL = server.URL
	return r
}

// Answer lets f answer from now on instead of taking the spans; nil takes them again.
func (r *Receiver) Answer(f http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

// Spans are those that have come in, in the order of their coming.
func (r *Receiver) Spans() []Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Span(nil), r.spans...)
}

// Header is that of the latest request.
func (r *Receiver) Header() http.Header {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.header
}

// Named is the span of that name; the test fails unless there is exactly one.
func (r *Receiver) Named(name string) Span {
	r.t.Helper()
	var found []Span
	for _, s := range r.Spans() {
		if s.Name == name {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		r.t.Fatalf("%d spans are named %q in %+v", len(found), name, r.Spans())
	}
	return found[0]
}

func (r *Receiver) take(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.header = request.Header
	body, err := io.ReadAll(request.Body)
	var data tracepb.TracesData
	if err == nil {
		err = proto.Unmarshal(body, &data)
	}
	if err != nil || request.URL.Path != "/v1/traces" || request.Header.Get("Content-Type") != "application/x-protobuf" {
		r.t.Errorf("not OTLP: %s %s: %v", request.Method, request.URL, err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if r.answer != nil {
		r.answer(w, request)
		return
	}
	for _, resource := range data.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, s := range scope.Spans {
				r.spans = append(r.spans, spanOf(s, resource.Resource.GetAttributes()))
			}
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func spanOf(s *tracepb.Span, resource []*commonpb.KeyValue) Span {
	span := Span{
		Name: s.Name, Kind: s.Kind.String()[len("SPAN_KIND_"):], Status: s.Status.GetCode().String()[len("STATUS_CODE_"):],
		Trace: hex.EncodeToString(s.TraceId), ID: hex.EncodeToString(s.SpanId), Parent: hex.EncodeToString(s.ParentSpanId),
		Attributes: valuesOf(s.Attributes), Resource: valuesOf(resource),
		Start: time.Unix(0, int64(s.StartTimeUnixNano)), End: time.Unix(0, int64(s.EndTimeUnixNano)),
	}
	for _, link := range s.Links {
		span.Links = append(span.Links, hex.EncodeToString(link.SpanId))
	}
	return span
}

func valuesOf(attributes []*commonpb.KeyValue) map[string]any {
	values := make(map[string]any)
	for _, it := range attributes {
		switch v := it.Value.Value.(type) {
		case *commonpb.AnyValue_StringValue:
			values[it.Key] = v.StringValue
		case *commonpb.AnyValue_IntValue:
			values[it.Key] = int(v.IntValue)
		case *commonpb.AnyValue_DoubleValue:
			values[it.Key] = v.DoubleValue
		case *commonpb.AnyValue_BoolValue:
			values[it.Key] = v.BoolValue
		}
	}
	return values
}
