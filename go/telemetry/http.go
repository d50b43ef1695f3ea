package telemetry

import (
	"net"
	"net/http"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"capstan/tracing"
)

// methods are those that name a span as they are; any other is named HTTP, so that clients cannot
// make names without end.
var methods = map[string]struct{}{
	"GET": {}, "HEAD": {}, "POST": {}, "PUT": {}, "PATCH": {}, "DELETE": {}, "CONNECT": {}, "OPTIONS": {}, "TRACE": {}, "QUERY": {},
}

// Request implements [tracing.Tracer].
func (t *tracer) Request(r *http.Request) (*http.Request, func(code int, route string)) {
	ctx := t.propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	name, attributes := method(r.Method)
	attributes = append(attributes, semconv.URLPath(r.URL.Path), semconv.URLScheme(scheme(r)),
		semconv.NetworkProtocolVersion(strings.TrimPrefix(r.Proto, "HTTP/")))
	attributes = append(attributes, serverAddress(r.Host)...)
	if procedure := procedureOf(r); procedure != "" {
		name = procedure
		attributes = append(attributes, semconv.RPCMethod(procedure), semconv.RPCSystemNameGRPC)
	}
	ctx, span := t.spans.Start(tracing.NewContext(ctx, t), name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attributes...))
	return r.WithContext(ctx), func(code int, route string) {
		if path := routeOf(route); path != "" && procedureOf(r) == "" {
			span.SetName(name + " " + path)
			span.SetAttributes(semconv.HTTPRoute(path))
		}
		// The code of a gRPC answer is what its status stands for.
		if code == 0 || code >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
			span.SetAttributes(semconv.ErrorTypeKey.String(errorType(code)))
		}
		if code != 0 {
			span.SetAttributes(semconv.HTTPResponseStatusCode(code))
		}
		span.End()
	}
}

// Call implements [tracing.Tracer].
func (t *tracer) Call(r *http.Request) (*http.Request, func(code int, err error)) {
	name, attributes := method(r.Method)
	where := *r.URL
	where.User, where.RawQuery, where.Fragment = nil, "", "" // no secrets
	attributes = append(append(attributes, semconv.URLFull(where.String())), serverAddress(r.URL.Host)...)
	ctx, span := t.spans.Start(r.Context(), name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributes...))
	r = r.Clone(ctx)
	t.propagator.Inject(ctx, propagation.HeaderCarrier(r.Header))
	return r, func(code int, err error) {
		if err != nil {
			endWith(span, err)
			return
		}
		span.SetAttributes(semconv.HTTPResponseStatusCode(code))
		if code >= http.StatusBadRequest {
			span.SetStatus(codes.Error, "")
			span.SetAttributes(semconv.ErrorTypeKey.String(errorType(code)))
		}
		span.End()
	}
}

func method(name string) (string, []attribute.KeyValue) {
	if _, known := methods[name]; known {
		return name, []attribute.KeyValue{semconv.HTTPRequestMethodKey.String(name)}
	}
	return "HTTP", []attribute.KeyValue{semconv.HTTPRequestMethodOther, semconv.HTTPRequestMethodOriginal(name)}
}

func serverAddress(host string) []attribute.KeyValue {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return []attribute.KeyValue{semconv.ServerAddress(host)}
	}
	attributes := []attribute.KeyValue{semconv.ServerAddress(name)}
	if number, err := strconv.Atoi(port); err == nil {
		attributes = append(attributes, semconv.ServerPort(number))
	}
	return attributes
}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// routeOf is the path of a pattern of net/http: "GET example.com/photos/{id}" without method and host.
func routeOf(pattern string) string {
	if at := strings.IndexByte(pattern, '/'); at >= 0 {
		return pattern[at:]
	}
	return ""
}

// procedureOf is package.Service/Method of a gRPC request; empty for any other.
func procedureOf(r *http.Request) string {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
		return strings.TrimPrefix(r.URL.Path, "/")
	}
	return ""
}

func errorType(code int) string {
	if code == 0 {
		return "panic"
	}
	return strconv.Itoa(code)
}
