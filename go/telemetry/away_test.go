package telemetry

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/telemetry/otlptest"
	"capstan/tracing"
	"capstan/worker"
)

// collector is one inside a synctest bubble: it answers each attempt.
type collector func(r *http.Request) (*http.Response, error)

func (c collector) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

func answer(code int, header http.Header) (*http.Response, error) {
	return &http.Response{StatusCode: code, Status: http.StatusText(code), Header: header, Body: http.NoBody}, nil
}

// openWith opens a tracer whose collector is c.
func openWith(t *testing.T, c collector) (spans func(n int), _ tracing.Tracer) {
	t.Helper()
	p := testProgram("http://collector:4318", 1)
	opened, err := openThrough(p, c)
	if err != nil {
		t.Fatal(err)
	}
	spans = func(n int) {
		for range n {
			_, end := opened.Task(t.Context(), queue.Delivery{ID: "1", Attempt: 1})
			end("done", "")
		}
	}
	return spans, opened
}

func TestABatchIsSentWhenItIsFullOrASecondOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		spans, o := openWith(t, func(*http.Request) (*http.Response, error) { sent.Add(1); return answer(200, nil) })
		defer flush(t, o)
		spans(1)
		time.Sleep(batchWait - time.Millisecond)
		synctest.Wait()
		if sent.Load() != 0 {
			t.Errorf("%d requests before a second had passed", sent.Load())
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if sent.Load() != 1 {
			t.Errorf("%d requests after a second", sent.Load())
		}
		spans(batchSize)
		synctest.Wait()
		if sent.Load() != 2 || counted(t, o, exportedName, "") != 1+batchSize {
			t.Errorf("%d requests, %v spans taken", sent.Load(), counted(t, o, exportedName, ""))
		}
	})
}

func TestABatchIsSentAgainAsTheCollectorAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var at []time.Duration
		spans, o := openWith(t, func(*http.Request) (*http.Response, error) {
			at = append(at, time.Since(began))
			switch len(at) {
			case 1:
				return nil, errors.New("connection refused")
			case 2:
				return answer(503, http.Header{"Retry-After": {"7"}})
			}
			return answer(200, nil)
		})
		defer flush(t, o)
		spans(3)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(at) != 3 || at[0] != batchWait || at[1]-at[0] != firstWait || at[2]-at[1] != 7*time.Second {
			t.Errorf("attempts at %v", at)
		}
		if counted(t, o, exportedName, "") != 3 {
			t.Error("not all spans were taken")
		}
	})
}

func TestFailsABatchAfterAMinuteOrAtOnceWhenNothingWouldChange(t *testing.T) {
	for code, least := range map[int]int{503: 6, 404: 1} {
		synctest.Test(t, func(t *testing.T) {
			attempts := 0
			spans, o := openWith(t, func(*http.Request) (*http.Response, error) { attempts++; return answer(code, nil) })
			defer flush(t, o)
			spans(3)
			time.Sleep(2 * patience)
			synctest.Wait()
			if attempts != least || counted(t, o, droppedName, "failed") != 3 {
				t.Errorf("%d: %d attempts, %v spans dropped", code, attempts, counted(t, o, droppedName, "failed"))
			}
		})
	}
}

func TestSpansBeyondTheBoundAreDroppedAndNobodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		spans, o := openWith(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		began := time.Now()
		spans(batchSize)
		synctest.Wait() // the first batch is on its way
		spans(mostWaiting + 5)
		if time.Since(began) != 0 {
			t.Errorf("the work waited %v", time.Since(began))
		}
		if got := counted(t, o, droppedName, "full"); got != 5 {
			t.Errorf("%v dropped, want 5", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := o.Close(ctx); err == nil || !strings.Contains(err.Error(), "2560 spans were not sent") {
			t.Errorf("closed with %v", err)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("closing took %v, the budget was 3 s", took)
		}
		if got := counted(t, o, droppedName, "shutdown"); got != batchSize+mostWaiting {
			t.Errorf("%v dropped at the end", got)
		}
	})
}

func TestWhatWaitsIsSentAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		spans, o := openWith(t, func(*http.Request) (*http.Response, error) { sent.Add(1); return answer(200, nil) })
		spans(batchSize + 1)
		flush(t, o)
		if got := counted(t, o, exportedName, ""); got != batchSize+1 || sent.Load() != 2 {
			t.Errorf("%v spans in %d requests", got, sent.Load())
		}
	})
}

func TestSpansThatTheCollectorRefusesAreCounted(t *testing.T) {
	collector := otlptest.Start(t)
	collector.Answer(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("\x0a\x09\x08\x02\x12\x05quota")) // partial_success{rejected_spans: 2, error_message: "quota"}
	})
	o := open(t, testProgram(collector.URL, 1))
	for range 3 {
		_, end := o.Task(t.Context(), queue.Delivery{})
		end("done", "")
	}
	flush(t, o)
	if refused, taken := counted(t, o, droppedName, "refused"), counted(t, o, exportedName, ""); refused != 2 || taken != 1 {
		t.Errorf("%v refused, %v taken", refused, taken)
	}
}

func TestAWorkerDoesNotNoticeThatTheCollectorIsAway(t *testing.T) {
	c := workerContract(t, "http://127.0.0.1:9", `, "exitWhenIdle": true, "seeds": ["1", "2", "3"]`)
	began := time.Now()
	log, reports := runWorker(t, t.Context(), c, func(context.Context, worker.Task[int]) error { return nil })
	if report := <-reports; report.Tasks.Done != 3 || report.ExitCode != 0 {
		t.Errorf("report %+v", report)
	}
	if took := time.Since(began); took > patience/2 { // the end may take the flush budget, and not as long as a batch is sent again
		t.Errorf("the end took %v", took)
	}
	if log.line("traces not complete") == nil {
		t.Error("nothing in the log")
	}
}

func TestHeadersForTheCollectorComeFromVariables(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20abc, x-tenant=acme,broken")
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "team=imaging,k8s.namespace.name=other")
	collector := otlptest.Start(t)
	o := open(t, testProgram(collector.URL, 1))
	_, end := o.Section(t.Context(), "work")
	end(errors.New("broken"))
	flush(t, o)
	if h := collector.Header(); h.Get("Authorization") != "Bearer abc" || h.Get("X-Tenant") != "acme" {
		t.Errorf("headers %v", h)
	}
	span := collector.Named("work")
	if span.Resource["team"] != "imaging" || span.Resource["k8s.namespace.name"] != "other" || span.Status != "ERROR" {
		t.Errorf("span %+v", span)
	}
}

func TestADisabledSDKMakesNoSpansAndPassesContextsOn(t *testing.T) {
	t.Setenv(disabledVariable, "true")
	o := open(t, testProgram("http://127.0.0.1:9", 1))
	ctx, end := o.Task(t.Context(), queue.Delivery{Headers: map[string]string{"traceparent": traceparent}})
	_, task, sent := o.Publish(ctx, tracing.Destination{}, queue.Task{})
	sent(nil)
	end("done", "")
	if task.Headers["traceparent"] != traceparent || len(o.Collectors()) != 0 {
		t.Errorf("headers %v, %d collectors", task.Headers, len(o.Collectors()))
	}
}

func TestFailsToOpenWithCertificatesThatAreNone(t *testing.T) {
	missing := "/nowhere/ca.pem"
	p := testProgram("https://collector:4318", 1)
	p.Telemetry.Otlp.Tls = &contract.Tls{CaFile: &missing}
	if _, err := Open(p); err == nil || !strings.Contains(err.Error(), "telemetry.otlp: tls.caFile: open /nowhere/ca.pem") {
		t.Errorf("opened with %v", err)
	}
}
