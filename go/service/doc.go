// Package service runs handlers of requests behind one bound: over HTTP/1.1, HTTP/2 without TLS,
// gRPC and gRPC-Web on one port. At most pool.slots requests are handled at once; queue.length more
// wait for a slot, in their order, for queue.maxWaitSeconds; others are refused at once, so that a
// pod that is full says so while it can still do its work.
//
// A program hands its handlers to [Main]:
//
//	func New(setup service.Setup) (service.Handlers, error) { … }
//	func main() { service.Main(New) }
//
// # Answers that handlers do not give
//
//	413  the body is over request.maxBodyBytes, as far as its length is known; reading on fails
//	415  a protocol that the contract does not list
//	500  the handler panicked; the stack is in the log
//	503  no slot, with Retry-After; or the handler let request.maxSeconds pass and wrote nothing
//
// Clients of gRPC, gRPC-Web and Connect get RESOURCE_EXHAUSTED, INTERNAL and DEADLINE_EXCEEDED
// instead, in their own protocol.
//
// # Ending
//
// On the first SIGTERM or SIGINT readiness goes off, and for shutdown.lameDuckSeconds requests are
// served as before, until no endpoint leads here. Then nothing more is accepted, and requests have
// shutdown.drainSeconds to finish; after that their contexts end, and with half of
// shutdown.flushSeconds their connections. A second signal skips to that. [Run] lists the exit codes.
//
// # Probes and metrics
//
// On http.metricsPort, as those of a worker: /startupz, /readyz, /healthz and /metrics with
//
//	capstan_requests_in_flight            requests that are handled now
//	capstan_requests_waiting              requests that wait for a slot
//	capstan_requests_total{code,protocol} answers; a gRPC status counts as the HTTP code that it stands for
//	capstan_requests_refused_total{reason} full: the waiting room was; waited: too long in it
//	capstan_request_duration_seconds      time in the handler
//	capstan_request_panics_total
//	capstan_service_slots                 the bound
//	capstan_service_utilization           in flight ÷ bound, mean of the last 15 s
//
// all with the label `service`.
package service

// IsAtLeastVersion0_1 is a handshake: a generated main refers to the newest such constant that it
// relies on, so that it does not compile against a runtime that is too old.
const IsAtLeastVersion0_1 = true
