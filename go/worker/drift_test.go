package worker

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"capstan/contract"
	"capstan/queue"
)

// drifting is a queue whose settings somebody changes.
type drifting struct {
	queue.Queue
	found func() ([]queue.Difference, error)
}

func (d drifting) Drift(context.Context) ([]queue.Difference, error) { return d.found() }

func TestReadinessNamesTheSettingThatWasChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		r := newRig(t, endless(testConfig(t, 0)), func(context.Context, Task[int]) error { return nil })
		r.wrap = func(q queue.Queue) queue.Queue {
			return drifting{q, func() ([]queue.Difference, error) {
				switch since := time.Since(began); {
				case since < time.Minute:
					return nil, nil
				case since < 3*time.Minute:
					return []queue.Difference{{Field: "max_ack_pending", Wanted: "70", Got: "7"}}, nil
				case since < 5*time.Minute:
					return nil, errors.New("no answer") // says nothing new
				}
				return nil, nil
			}}
		}
		r.start()
		at := func(since time.Duration, status int, part string) {
			t.Helper()
			time.Sleep(time.Until(began.Add(since)))
			if got, text := r.get("/readyz"); got != status || !strings.Contains(text, part) {
				t.Errorf("after %v readiness answers %d %s, want %d with %q", since, got, text, status, part)
			}
			if got, text := r.get("/healthz"); got != 200 {
				t.Errorf("after %v liveness answers %d %s", since, got, text)
			}
		}
		at(50*time.Second, 200, "ok")
		at(2*time.Minute, 503, "max_ack_pending: wanted 70, got 7")
		at(4*time.Minute, 503, "max_ack_pending: wanted 70, got 7")
		at(6*time.Minute, 200, "ok")
		if lines := r.log.lines(t, "settings of the source were changed; restart the worker to make them again"); len(lines) != 1 {
			t.Errorf("logged %v", lines)
		}
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, 0)
	})
}
