package telemetry

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"capstan/contract"
	"capstan/queue"
	"capstan/telemetry/otlptest"
	"capstan/tracing"
)

const (
	w3c     = contract.TelemetryPropagatorsElemTracecontext
	baggage = contract.TelemetryPropagatorsElemBaggage
	single  = contract.TelemetryPropagatorsElemB3
	multi   = contract.TelemetryPropagatorsElemB3Multi
)

var carried = map[contract.TelemetryPropagatorsElem]map[string]string{
	w3c:    {"Traceparent": traceparent},
	single: {"b3": producerTrace + "-" + producerSpan + "-1"},
	multi:  {"X-B3-TraceId": producerTrace, "X-B3-SpanId": producerSpan, "X-B3-Sampled": "1"},
}

func TestContextsAreReadInEveryFormThatTheContractLists(t *testing.T) {
	for form, header := range carried {
		for _, known := range [][]contract.TelemetryPropagatorsElem{{form}, {baggage, w3c, single, multi}} {
			o := open(t, testProgram(otlptest.Start(t).URL, 0, known...))
			ctx, end := o.Task(t.Context(), queue.Delivery{ID: "1", Attempt: 1, Headers: header})
			end("done", "")
			if trace, _, sampled := o.IDs(ctx); trace != producerTrace || !sampled {
				t.Errorf("%s in %v: trace %s, kept %v", form, known, trace, sampled)
			}
		}
	}
}

func TestTheFirstFormThatIsThereCounts(t *testing.T) {
	header := maps.Clone(carried[w3c])
	header["b3"] = strings.Repeat("a", 32) + "-" + producerSpan + "-1"
	for first, want := range map[contract.TelemetryPropagatorsElem]string{w3c: producerTrace, single: strings.Repeat("a", 32)} {
		second := w3c
		if first == w3c {
			second = single
		}
		o := open(t, testProgram(otlptest.Start(t).URL, 1, first, second))
		ctx, end := o.Task(t.Context(), queue.Delivery{Headers: header})
		end("done", "")
		if trace, _, _ := o.IDs(ctx); trace != want {
			t.Errorf("%s first: trace %s, want %s", first, trace, want)
		}
	}
}

func TestAHeaderThatIsNotReadIsALineOfTheLog(t *testing.T) {
	log := new(logBuffer)
	p := testProgram(otlptest.Start(t).URL, 1, w3c, baggage)
	p.Log = slog.New(slog.NewJSONHandler(log, nil))
	o := open(t, p)
	_, end := o.Task(t.Context(), queue.Delivery{Headers: map[string]string{"baggage": strings.Repeat("k=v,", 9000)}})
	end("done", "")
	if line := log.line("telemetry: something is left out"); line == nil || !strings.Contains(line["error"].(string), "baggage") {
		t.Errorf("logged %v", line)
	}
}

func TestContextsAreWrittenInEveryFormAndNothingElseOfATaskChanges(t *testing.T) {
	o := open(t, testProgram(otlptest.Start(t).URL, 1, w3c, baggage, single, multi))
	ctx, end := o.Task(t.Context(), queue.Delivery{Headers: map[string]string{"traceparent": traceparent, "baggage": "tenant=acme"}})
	defer end("done", "")
	given := map[string]string{"priority": "low"}
	_, task, sent := o.Publish(ctx, tracing.Destination{System: "nats", Name: "thumbs"}, queue.Task{ID: "2", Payload: []byte("1"), Headers: given, Key: "k"})
	sent(nil)
	names := slices.Sorted(maps.Keys(task.Headers))
	if got := strings.Join(names, " "); got != "b3 baggage priority traceparent x-b3-sampled x-b3-spanid x-b3-traceid" {
		t.Errorf("headers %s", got)
	}
	if task.Headers["baggage"] != "tenant=acme" || !strings.Contains(task.Headers["b3"], producerTrace) || task.ID != "2" || task.Key != "k" {
		t.Errorf("task %+v", task)
	}
	if len(given) != 1 {
		t.Errorf("the caller's headers were written to: %v", given)
	}
}

func TestATraceIsKeptWhereItWasKeptAndElseByTheRatio(t *testing.T) {
	for _, c := range []struct {
		ratio  float64
		flags  string // of the producer's trace; empty: there is none
		keeps  bool
		passes string // flags that go on
	}{
		{0, "01", true, "01"}, {1, "00", false, "00"}, {0, "", false, "00"}, {1, "", true, "01"},
	} {
		collector := otlptest.Start(t)
		o := open(t, testProgram(collector.URL, c.ratio))
		var header map[string]string
		if c.flags != "" {
			header = map[string]string{"traceparent": traceparent[:len(traceparent)-2] + c.flags}
		}
		ctx, end := o.Task(t.Context(), queue.Delivery{Headers: header})
		_, task, sent := o.Publish(ctx, tracing.Destination{Name: "thumbs"}, queue.Task{})
		sent(nil)
		end("done", "")
		flush(t, o)
		if kept := len(collector.Spans()) == 2; kept != c.keeps || !strings.HasSuffix(task.Headers["traceparent"], "-"+c.passes) {
			t.Errorf("ratio %v after %q: %d spans, passes %q", c.ratio, c.flags, len(collector.Spans()), task.Headers["traceparent"])
		}
	}
}
