package queuetest

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"capstan/queue"
)

func deliversInOrder(t *testing.T, f *fixture) {
	f.with("a", "b", "c")
	for _, d := range f.fetch(10, "a", "b", "c") {
		f.attempt(d, 1)
		if d.DeadReason != "" {
			t.Fatalf("%q came with a reason to be dead: %s", d.ID, d.DeadReason)
		}
		f.must(f.Ack(t.Context(), d))
	}
	f.wantEnd()
}

// spaced are ids that differ in white space alone, in their order.
var spaced = []string{" a", "a", "a ", "b\nc", "b\rc", "b c"}

func keepsIDs(t *testing.T, f *fixture) {
	f.with(spaced...)
	for _, d := range f.fetch(len(spaced), spaced...) {
		f.must(f.Ack(t.Context(), d))
	}
	f.wantEnd()
}

func carriesHeaders(t *testing.T, f *fixture) {
	f.with(spaced...)
	for _, d := range f.fetch(len(spaced), spaced...) {
		if want := map[string]string{Header: d.ID}; !maps.Equal(d.Headers, want) {
			t.Fatalf("headers %q, want %q", d.Headers, want)
		}
	}
}

func respectsMax(t *testing.T, f *fixture) {
	f.with("a", "b", "c")
	f.fetch(2, "a", "b")
	f.fetch(2, "c")
}

func waitsForInFlight(t *testing.T, f *fixture) {
	f.with("a")
	f.fetch(1, "a")
	ctx, cancel := context.WithTimeout(t.Context(), f.ackWait/2)
	defer cancel()
	_, err := f.Fetch(ctx, 1)
	f.wantError(err, context.DeadlineExceeded)
}

func countsAttempts(t *testing.T, f *fixture) {
	f.with("a")
	d := f.fetch(1, "a")[0]
	f.must(f.Nak(t.Context(), d, 0))
	d = f.fetch(1, "a")[0]
	f.attempt(d, 2)
	f.must(f.Release(t.Context(), d))
	f.attempt(f.fetch(1, "a")[0], 2)
}

func countsBacklog(t *testing.T, f *fixture) {
	f.with("a", "b", "c")
	want := func(n int) {
		t.Helper()
		got, err := f.Backlog(t.Context())
		f.must(err)
		if got != n {
			t.Fatalf("backlog %d, want %d", got, n)
		}
	}
	want(3)
	batch := f.fetch(2, "a", "b")
	want(1)
	f.must(f.Nak(t.Context(), batch[0], time.Minute))
	want(2)
	f.must(f.Ack(t.Context(), batch[1]))
	want(2)
	f.must(f.Dead(t.Context(), f.fetch(1, "c")[0], "corrupt"))
	want(1)
	if idle, err := f.Idle(t.Context()); idle || err != nil {
		t.Fatalf("idle is %v, %v while a task waits for its delay", idle, err)
	}
}

func closes(t *testing.T, f *fixture) {
	f.with("a")
	d := f.fetch(1, "a")[0]
	blocked := make(chan error)
	go func() {
		_, err := f.Fetch(t.Context(), 1)
		blocked <- err
	}()
	f.settled()
	f.must(f.Close())
	f.wantError(<-blocked, queue.ErrClosed)
	f.wantError(f.Ack(t.Context(), d), queue.ErrClosed)
	f.wantError(f.Release(t.Context(), d), queue.ErrClosed)
	_, err := f.Backlog(t.Context())
	f.wantError(err, queue.ErrClosed)
	_, err = f.Idle(t.Context())
	f.wantError(err, queue.ErrClosed)
	f.must(f.Close())
}

func sharesOut(t *testing.T, f *fixture) {
	var names []string
	for i := range 60 {
		names = append(names, "task"+strconv.Itoa(100+i))
	}
	f.with(names...)
	var (
		mu   sync.Mutex
		seen []string
		all  sync.WaitGroup
	)
	for range 5 {
		all.Go(func() {
			for {
				batch, err := f.Fetch(t.Context(), 3)
				if errors.Is(err, io.EOF) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				for _, d := range batch {
					mu.Lock()
					seen = append(seen, d.ID)
					mu.Unlock()
					if err := f.Ack(t.Context(), d); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	slices.Sort(seen)
	if !slices.Equal(seen, names) {
		t.Fatalf("%d deliveries of %d tasks: %q", len(seen), len(names), seen)
	}
}
