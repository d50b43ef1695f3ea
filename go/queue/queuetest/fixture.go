package queuetest

import (
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"capstan/queue"
)

// fixture is a queue under test, and what may be expected of its clock and order.
type fixture struct {
	*testing.T
	open     Open
	ackWait  time.Duration
	slack    time.Duration // 0: times are exact
	anyOrder bool          // of what was delivered before
	settled  func()        // waits until every goroutine is blocked, where that can be known
	queue.Queue
}

func (f *fixture) with(ids ...string) *fixture {
	f.Helper()
	f.Queue = f.open(f.T, ids...)
	f.Cleanup(func() { _ = f.Close() })
	return f
}

// fetch expects exactly these tasks at once.
func (f *fixture) fetch(max int, want ...string) []queue.Delivery {
	f.Helper()
	before := time.Now()
	batch, err := f.Fetch(f.Context(), max)
	f.must(err)
	if got := ids(batch); !slices.Equal(got, want) {
		f.Fatalf("fetched %q, want %q", got, want)
	}
	if waited := time.Since(before); waited > f.slack || batch[0].Waited > f.slack {
		f.Fatalf("fetch waited %v, and said %v, for tasks that were there", waited, batch[0].Waited)
	}
	return batch
}

// fetchAll expects these tasks, in this order unless the queue promises none.
func (f *fixture) fetchAll(want ...string) {
	f.Helper()
	if !f.anyOrder {
		f.fetch(len(want), want...)
		return
	}
	var got []string
	for len(got) < len(want) {
		batch, err := f.Fetch(f.Context(), len(want))
		f.must(err)
		got = append(got, ids(batch)...)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		f.Fatalf("fetched %q, want %q", got, want)
	}
}

// fetchAfter expects that a fetch blocks until exactly wait after began, which is when the test was about
// to do what is timed, and then gives id.
func (f *fixture) fetchAfter(began time.Time, wait time.Duration, id string) queue.Delivery {
	f.Helper()
	rest := max(0, wait-time.Since(began))
	batch, err := f.Fetch(f.Context(), 1)
	f.must(err)
	if got := time.Since(began); got < wait-min(f.slack, rounding) || got > wait+f.slack || batch[0].ID != id {
		f.Fatalf("fetched %q after %v, want %q after %v", batch[0].ID, got, id, wait)
	}
	if got := batch[0].Waited; got < rest-min(f.slack, wait/2) || got > wait+f.slack {
		f.Fatalf("a fetch that waited %v says %v", rest, got)
	}
	return batch[0]
}

func (f *fixture) attempt(d queue.Delivery, want int) {
	f.Helper()
	if d.Attempt != want {
		f.Fatalf("attempt %d of %q, want %d", d.Attempt, d.ID, want)
	}
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) wantError(got, want error) {
	f.Helper()
	if !errors.Is(got, want) {
		f.Fatalf("error %v, want %v", got, want)
	}
}

func (f *fixture) wantEnd() {
	f.Helper()
	batch, err := f.Fetch(f.Context(), 1)
	if !errors.Is(err, io.EOF) || len(batch) > 0 {
		f.Fatalf("fetch gave %q, %v; want io.EOF", ids(batch), err)
	}
}

func ids(batch []queue.Delivery) []string {
	names := make([]string, len(batch))
	for i, d := range batch {
		names[i] = d.ID
	}
	return names
}
