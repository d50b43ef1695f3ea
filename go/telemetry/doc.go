// Package telemetry makes OpenTelemetry traces of what a worker or a service does, and sends them
// to a collector over OTLP. A generated main links it, as [Driver], where the spec asks for
// `telemetry`; programs without it carry none of OpenTelemetry.
//
// # Spans
//
//	process NAME   consumer  one attempt at a task of queue NAME; child of the span that added it,
//	                         with a link to it; its outcome in capstan.task.outcome
//	send NAME      producer  Setup.Publish, Setup.Enqueue, POST /tasks
//	GET /photos    server    a request to a service or to POST /tasks; gRPC as package.Service/Method
//	GET            client    a request through [capstan/tracing.Transport]
//	any name       internal  [capstan/tracing.Section]
//
// Attributes follow OpenTelemetry's semantic conventions of the version in [semconv.SchemaURL].
// Handlers may use OpenTelemetry's own API: the global tracer provider and propagator are set.
//
// # Sampling
//
// A trace that began elsewhere is kept when it was kept there; of those that begin here, the
// contract's sampleRatio is. An attempt at a task whose producer made no trace begins one.
//
// # A collector that is away
//
// It never holds up or fails the work. Up to 2,048 ended spans wait; a batch that is not taken is
// sent again for a minute, after delays that double from 1 s to 30 s or as the collector says. What
// does not fit, is refused, or is left at the end of the flush budget is dropped and counted:
//
//	capstan_telemetry_spans_exported_total            taken by the collector
//	capstan_telemetry_spans_dropped_total{reason}     full, failed, refused, shutdown
//
// # Variables
//
// The contract decides. Of OpenTelemetry's standard variables these add to it: OTEL_SERVICE_NAME
// and OTEL_RESOURCE_ATTRIBUTES (attributes of the resource; they win), OTEL_EXPORTER_OTLP_HEADERS
// and OTEL_EXPORTER_OTLP_TRACES_HEADERS (name=value,… sent with each batch, such as a token from a
// Secret), and OTEL_SDK_DISABLED=true, which makes no spans and still carries contexts on. Others
// are not read.
package telemetry
