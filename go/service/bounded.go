package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"connectrpc.com/connect"

	"capstan/contract"
	"capstan/internal/pod"
	"capstan/tracing"
)

// protocol is one of the contract's.
type protocol = contract.ServiceContractProtocolsElem

const (
	protocolHTTP    = contract.ServiceContractProtocolsElemHttp
	protocolGRPC    = contract.ServiceContractProtocolsElemGrpc
	protocolGRPCWeb = contract.ServiceContractProtocolsElemGrpcWeb
)

// bounded answers requests within the bounds of the contract.
type bounded struct {
	config  *contract.ServiceContract
	next    http.Handler
	gate    *gate
	metrics *metrics
	tracer  tracing.Tracer
	log     *slog.Logger
	errors  *connect.ErrorWriter
	// retryAfter is the hint that goes with 503, in seconds.
	retryAfter string
	handled    atomic.Int64
}

func newBounded(c *contract.ServiceContract, next http.Handler, g *gate, m *metrics, t tracing.Tracer, log *slog.Logger) *bounded {
	return &bounded{
		config: c, next: next, gate: g, metrics: m, tracer: t, log: log,
		// Without it every POST of JSON would count as Connect's.
		errors:     connect.NewErrorWriter(connect.WithRequireConnectProtocolHeader()),
		retryAfter: strconv.Itoa(int(max(1, math.Ceil(c.Queue.MaxWaitSeconds)))),
	}
}

// ServeHTTP implements [http.Handler].
func (b *bounded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := &recorder{ResponseWriter: w}
	spoken := protocolOf(r)
	r, end := b.tracer.Request(r)
	defer func() {
		b.metrics.answered(answer, spoken)
		end(answer.code(), answer.route)
	}()
	switch {
	case !slices.Contains(b.config.Protocols, spoken):
		http.Error(answer, fmt.Sprintf("this service does not speak %s", spoken), http.StatusUnsupportedMediaType)
		return
	case spoken == protocolHTTP && r.ContentLength > int64(b.config.Request.MaxBodyBytes):
		b.refuseSize(answer, r)
		return
	}
	came := time.Now()
	if err := b.gate.enter(r.Context()); err != nil {
		b.refuse(answer, r, err)
		return
	}
	pod.Observe(b.metrics.waited, time.Since(came), nil)
	defer b.gate.leave()
	b.handle(answer, r, spoken)
}

// handle runs the handler in its slot.
func (b *bounded) handle(w *recorder, r *http.Request, spoken protocol) {
	b.handled.Add(1)
	limit := contract.Seconds(b.config.Request.MaxSeconds)
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	r = r.WithContext(ctx)
	if spoken == protocolHTTP { // Connect bounds each message of the others
		r.Body = http.MaxBytesReader(w.ResponseWriter, r.Body, int64(b.config.Request.MaxBodyBytes))
	}
	began := time.Now()
	defer func() {
		w.route = r.Pattern // the innermost that r has matched
		pod.Observe(b.metrics.duration, time.Since(began), tracing.Exemplar(ctx, b.tracer))
	}()
	defer b.recover(w, r)
	b.next.ServeHTTP(w, r)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && !w.began {
		b.fail(w, r, connect.CodeDeadlineExceeded, http.StatusServiceUnavailable, fmt.Sprintf("the request took more than %v", limit))
	}
}

// recover turns a panic into an answer. One that comes after the answer began ends the connection,
// so that the client does not take half of it for all.
func (b *bounded) recover(w *recorder, r *http.Request) {
	value := recover()
	if value == nil {
		return
	}
	if value == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(value)
	}
	b.metrics.panics.Inc()
	b.log.ErrorContext(r.Context(), "handler panicked", "method", r.Method, "path", r.URL.Path, "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
	if w.began {
		panic(http.ErrAbortHandler)
	}
	b.fail(w, r, connect.CodeInternal, http.StatusInternalServerError, "internal error")
}

func (b *bounded) refuse(w *recorder, r *http.Request, why error) {
	switch {
	case errors.Is(why, errFull):
		b.metrics.refused.WithLabelValues("full").Inc()
	case errors.Is(why, errWaited):
		b.metrics.refused.WithLabelValues("waited").Inc()
	}
	w.Header().Set("Retry-After", b.retryAfter)
	b.fail(w, r, connect.CodeResourceExhausted, http.StatusServiceUnavailable, why.Error())
}

func (b *bounded) refuseSize(w *recorder, r *http.Request) {
	w.Header().Set("Connection", "close") // rather than to read all of it
	text := fmt.Sprintf("the body is over %d bytes", b.config.Request.MaxBodyBytes)
	b.fail(w, r, connect.CodeResourceExhausted, http.StatusRequestEntityTooLarge, text)
}

// fail answers in the protocol of the request.
func (b *bounded) fail(w *recorder, r *http.Request, code connect.Code, status int, text string) {
	if !b.errors.IsSupported(r) {
		http.Error(w, text, status)
		return
	}
	failure := connect.NewError(code, errors.New(text))
	if err := b.errors.Write(w, r, failure); err != nil {
		b.log.DebugContext(r.Context(), "answer not written", "error", err)
	}
	w.status = status
}

// protocolOf tells protocols apart by the content type; Connect's own is plain HTTP.
func protocolOf(r *http.Request) protocol {
	switch kind := r.Header.Get("Content-Type"); {
	case strings.HasPrefix(kind, "application/grpc-web"):
		return protocolGRPCWeb
	case strings.HasPrefix(kind, "application/grpc"):
		return protocolGRPC
	}
	return protocolHTTP
}

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	began  bool
	route  string // the pattern that the request matched
}

// Unwrap lets http.ResponseController reach what is below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// WriteHeader implements [http.ResponseWriter].
func (r *recorder) WriteHeader(status int) {
	r.ResponseWriter.WriteHeader(status) // panics on what is no status: then nothing began
	if status >= 200 && !r.began {
		r.began, r.status = true, status
	}
}

// Write implements [http.ResponseWriter].
func (r *recorder) Write(p []byte) (int, error) {
	if !r.began {
		r.began, r.status = true, http.StatusOK
	}
	return r.ResponseWriter.Write(p)
}

// Flush implements [http.Flusher], which handlers of streams ask for.
func (r *recorder) Flush() {
	if !r.began {
		r.began, r.status = true, http.StatusOK
	}
	_ = http.NewResponseController(r.ResponseWriter).Flush()
}

// code is the HTTP status, or what the gRPC status in the trailers stands for.
func (r *recorder) code() int {
	if r.status == 0 {
		return http.StatusOK
	}
	header := r.Header()
	for _, name := range []string{"Grpc-Status", http.TrailerPrefix + "Grpc-Status"} {
		if number, err := strconv.Atoi(header.Get(name)); err == nil && number != 0 && r.status == http.StatusOK {
			return httpStatus(number)
		}
	}
	return r.status
}

// httpStatus is the HTTP code that a gRPC status stands for (google.rpc.Code).
func httpStatus(grpc int) int {
	switch connect.Code(grpc) {
	case connect.CodeCanceled:
		return 499
	case connect.CodeInvalidArgument, connect.CodeFailedPrecondition, connect.CodeOutOfRange:
		return http.StatusBadRequest
	case connect.CodeDeadlineExceeded:
		return http.StatusGatewayTimeout
	case connect.CodeNotFound:
		return http.StatusNotFound
	case connect.CodeAlreadyExists, connect.CodeAborted:
		return http.StatusConflict
	case connect.CodePermissionDenied:
		return http.StatusForbidden
	case connect.CodeResourceExhausted:
		return http.StatusTooManyRequests
	case connect.CodeUnimplemented:
		return http.StatusNotImplemented
	case connect.CodeUnavailable:
		return http.StatusServiceUnavailable
	case connect.CodeUnauthenticated:
		return http.StatusUnauthorized
	}
	return http.StatusInternalServerError
}
