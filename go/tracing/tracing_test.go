package tracing_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"capstan/tracing"
)

// recorder is a tracer that notes what it is told.
type recorder struct {
	tracing.None
	notes []string
}

func (*recorder) IDs(context.Context) (string, string, bool) { return "4bf9", "00f0", true }

func (r *recorder) Section(ctx context.Context, name string) (context.Context, func(error)) {
	r.notes = append(r.notes, "begin "+name)
	return ctx, func(err error) { r.notes = append(r.notes, "end "+name) }
}

func (r *recorder) Call(q *http.Request) (*http.Request, func(int, error)) {
	q = q.Clone(q.Context())
	q.Header.Set("Traceparent", "sent along")
	return q, func(code int, err error) {
		if err != nil {
			r.notes = append(r.notes, err.Error())
			return
		}
		r.notes = append(r.notes, http.StatusText(code))
	}
}

func TestLinesOfTheLogNameTheirTrace(t *testing.T) {
	var text bytes.Buffer
	plain := slog.New(slog.NewJSONHandler(&text, nil))
	log := tracing.Log(plain.With("worker", "develop"), &recorder{})
	log.With("id", 1).InfoContext(t.Context(), "developing")
	if line := text.String(); !strings.Contains(line, `"worker":"develop","id":1,"trace_id":"4bf9","span_id":"00f0"`) {
		t.Error(line)
	}
	if tracing.Log(plain, tracing.None{}) != plain {
		t.Error("a log without a tracer was wrapped")
	}
}

func TestWithoutATracerNothingIsAdded(t *testing.T) {
	ctx := tracing.NewContext(t.Context(), tracing.None{})
	if ctx != t.Context() {
		t.Error("the context was wrapped")
	}
	within, end := tracing.Section(ctx, "decode")
	end(errors.New("broken"))
	if trace, span := tracing.IDs(within); trace != "" || span != "" || tracing.Exemplar(ctx, tracing.None{}) != nil {
		t.Errorf("ids %q, %q", trace, span)
	}
	if n := testing.AllocsPerRun(100, func() { _, end := tracing.Section(ctx, "decode"); end(nil) }); n != 0 {
		t.Errorf("a section costs %v allocations", n)
	}
}

type base func(*http.Request) (*http.Response, error)

func (f base) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestARequestEndsWithItsBody(t *testing.T) {
	r := &recorder{}
	ctx := tracing.NewContext(t.Context(), r)
	given, err := http.NewRequestWithContext(ctx, "GET", "http://catalog/", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := tracing.Transport{Base: base(func(q *http.Request) (*http.Response, error) {
		if q.Header.Get("Traceparent") == "" || given.Header.Get("Traceparent") != "" {
			t.Error("the context is to go with a copy of the request")
		}
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	})}
	answer, err := client.RoundTrip(given)
	if err != nil || len(r.notes) != 0 {
		t.Fatalf("%v, notes %v: its body is not read yet", err, r.notes)
	}
	answer.Body.Close()
	answer.Body.Close()
	refusing := tracing.Transport{Base: base(func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") })}
	if _, err := refusing.RoundTrip(given); err == nil {
		t.Error("no error")
	}
	if got := strings.Join(r.notes, ", "); got != "OK, refused" {
		t.Errorf("notes %s", got)
	}
}
