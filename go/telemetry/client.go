package telemetry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"capstan/contract"
	"capstan/queue/driver"
)

const (
	// attemptTimeout is for one request to the collector.
	attemptTimeout = 10 * time.Second
	// patience is for a batch, from its first attempt to its last.
	patience  = time.Minute
	firstWait = time.Second
	mostWait  = 30 * time.Second
	// mostAnswer bounds what is read of an answer.
	mostAnswer = 64 << 10
)

// headerVariables name headers for the collector; the later one wins.
var headerVariables = []string{"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"}

// client sends spans as OTLP over HTTP (protobuf). It implements otlptrace.Client. OpenTelemetry's own
// links gRPC, six megabytes of it.
type client struct {
	url     string
	header  http.Header
	http    *http.Client
	refused func(spans int, why string)
}

func newClient(c contract.Otlp, log *slog.Logger) (*client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 1
	settings, err := driver.TLSFilesOf(c.Tls).Config()
	if err != nil {
		return nil, err
	}
	transport.TLSClientConfig = settings
	header := http.Header{"Content-Type": {"application/x-protobuf"}, "User-Agent": {"capstan-otlp"}}
	for _, variable := range headerVariables {
		addHeaders(header, variable, log)
	}
	return &client{
		url: strings.TrimSuffix(c.Endpoint, "/") + "/v1/traces", header: header,
		http:    &http.Client{Transport: transport, Timeout: attemptTimeout},
		refused: func(int, string) {},
	}, nil
}

func addHeaders(header http.Header, variable string, log *slog.Logger) {
	for pair := range strings.SplitSeq(os.Getenv(variable), ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, value, found := strings.Cut(pair, "=")
		decoded, err := url.PathUnescape(strings.TrimSpace(value))
		if !found || err != nil {
			// The pair may hold a secret.
			log.Warn("telemetry: a header is left out: wanted name=value, the value percent-encoded", "variable", variable)
			continue
		}
		header.Set(strings.TrimSpace(name), decoded)
	}
}

// Start implements otlptrace.Client.
func (c *client) Start(context.Context) error { return nil }

// Stop implements otlptrace.Client.
func (c *client) Stop(context.Context) error { return nil }

// UploadTraces implements otlptrace.Client. It blocks until the collector has the spans, says that it
// will not take them, patience is over, or ctx ends.
func (c *client) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	// The request message has the one field of this one, by the same number.
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return fmt.Errorf("encode spans: %w", err)
	}
	began := time.Now()
	for wait := firstWait; ; wait = min(2*wait, mostWait) {
		hint, err := c.try(ctx, body)
		var temporary *temporaryError
		if err == nil || !errors.As(err, &temporary) {
			return err
		}
		delay := max(wait, hint)
		if time.Since(began)+delay > patience {
			return err
		}
		timer := time.NewTimer(delay)
		select {
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-timer.C:
		}
	}
}

// temporaryError is one that another attempt may not meet.
type temporaryError struct{ err error }

func (e *temporaryError) Error() string { return e.err.Error() }
func (e *temporaryError) Unwrap() error { return e.err }

// try makes one attempt. hint is how long the collector asks to be left alone.
func (c *client) try(ctx context.Context, body []byte) (hint time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header = c.header.Clone()
	answer, err := c.http.Do(request)
	if err != nil {
		return 0, &temporaryError{err}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		if n, why := rejected(text); n > 0 {
			c.refused(n, why)
		}
		return 0, nil
	case code == http.StatusTooManyRequests, code == http.StatusBadGateway, code == http.StatusServiceUnavailable, code == http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return time.Duration(seconds) * time.Second, &temporaryError{errors.Join(fmt.Errorf("%s answers %s", c.url, answer.Status), err)}
	default:
		return 0, fmt.Errorf("%s answers %s. Check telemetry's endpoint, and its headers", c.url, answer.Status)
	}
}

// rejected reads partial_success of an ExportTraceServiceResponse: rejected_spans and error_message.
func rejected(answer []byte) (spans int, why string) {
	for _, partial := range fields(answer, 1) {
		for _, count := range fields(partial, 1) {
			n, _ := protowire.ConsumeVarint(count)
			spans += int(n)
		}
		for _, text := range fields(partial, 2) {
			why = string(text)
		}
	}
	return spans, why
}

// fields are the values of a field of a message: what is in it of one with a length, the varint as it
// stands of a number.
func fields(message []byte, number protowire.Number) [][]byte {
	var found [][]byte
	for len(message) > 0 {
		n, kind, size := protowire.ConsumeTag(message)
		if size < 0 {
			return found
		}
		message = message[size:]
		size = protowire.ConsumeFieldValue(n, kind, message)
		if size < 0 {
			return found
		}
		value := message[:size]
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(value)
		}
		if n == number {
			found = append(found, value)
		}
		message = message[size:]
	}
	return found
}
