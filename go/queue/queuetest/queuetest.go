// Package queuetest is the conformance suite of queue.Queue: every implementation passes it.
package queuetest

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"capstan/queue"
)

// AckWait is the ack wait that Open has to set where time is simulated.
const AckWait = 30 * time.Second

// Header is the header that each task of the suite has, with its id as the value, where the queue
// has the capability.
const Header = "Queuetest-Id"

// Open makes a queue that holds exactly one task for each id, in this order (which is also the
// order of the names), each with [Header], and ends when it is idle. The suite closes the queue.
type Open func(t *testing.T, ids ...string) queue.Queue

// Run runs the part of the suite that the capabilities promise. Time in it is simulated: open is
// called in a synctest bubble.
func Run(t *testing.T, capabilities queue.Capabilities, open Open) {
	run(t, capabilities, func(t *testing.T, test func(*testing.T, *fixture)) {
		synctest.Test(t, func(t *testing.T) {
			test(t, &fixture{T: t, open: open, ackWait: AckWait, settled: synctest.Wait})
		})
	})
}

// slack is how much later than promised something may come that a server times.
const slack = 2 * time.Second

// RunOnServer runs the suite on a queue whose server has a clock of its own, with an ack wait of
// ackWait, which open has to set. Such a queue promises an order of first deliveries only: tasks
// that failed or were released may come in any order.
func RunOnServer(t *testing.T, capabilities queue.Capabilities, ackWait time.Duration, open Open) {
	run(t, capabilities, func(t *testing.T, test func(*testing.T, *fixture)) {
		t.Parallel()
		test(t, &fixture{T: t, open: open, ackWait: ackWait, slack: slack, anyOrder: true, settled: func() {}})
	})
}

func run(t *testing.T, has queue.Capabilities, each func(*testing.T, func(*testing.T, *fixture))) {
	for _, c := range []struct {
		name     string
		test     func(*testing.T, *fixture)
		promised bool
	}{
		{"delivers every task in order, and io.EOF after the last is settled", deliversInOrder, true},
		{"never delivers more than asked for", respectsMax, true},
		{"waits while tasks are in flight, until the context ends", waitsForInFlight, true},
		{"counts the attempts that failed and not those released", countsAttempts, has.Attempts},
		{"delivers a failed task again after its delay and not before", obeysDelay, has.Delay},
		{"puts a failed task behind those that wait", losesPlace, has.AckEach},
		{"gives a released task its old place", keepsPlace, has.AckEach},
		{"delivers again when the lease runs out", redelivers, has.Heartbeat},
		{"keeps a lease alive that is renewed", renews, has.Heartbeat},
		{"takes an ack after the lease ran out", acksLate, has.Heartbeat},
		{"fails to settle twice", settlesOnce, has.AckEach},
		{"puts a snoozed task off without counting an attempt", snoozes, has.Attempts && has.Delay},
		{"takes many acknowledgements at once", acksBatches, has.AckEach},
		{"never delivers a dead task again", buries, true},
		{"counts in the backlog what waits, and nothing else", countsBacklog, has.Delay},
		{"ends blocked and later calls when closed", closes, true},
		{"gives every task to one of many fetchers", sharesOut, true},
		{"gives a delivery the headers of its task", carriesHeaders, has.Headers},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !c.promised {
				t.Skip("not a capability of this queue")
			}
			each(t, c.test)
		})
	}
}

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

// fetchAfter expects that a fetch blocks for exactly wait and then gives id.
func (f *fixture) fetchAfter(wait time.Duration, id string) queue.Delivery {
	f.Helper()
	before := time.Now()
	batch, err := f.Fetch(f.Context(), 1)
	f.must(err)
	// What the server began to time before this call is due a little earlier.
	early := min(f.slack, wait/2)
	if got := time.Since(before); got < wait-early || got > wait+f.slack || batch[0].ID != id {
		f.Fatalf("fetched %q after %v, want %q after %v", batch[0].ID, got, id, wait)
	}
	if got := batch[0].Waited; got < wait-early || got > wait+f.slack {
		f.Fatalf("a fetch that waited %v says %v", wait, got)
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

func carriesHeaders(t *testing.T, f *fixture) {
	f.with("a", "b")
	for _, d := range f.fetch(2, "a", "b") {
		if got := d.Headers[Header]; got != d.ID {
			t.Fatalf("header %q of task %q, want its id; headers %v", got, d.ID, d.Headers)
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

func obeysDelay(t *testing.T, f *fixture) {
	f.with("a", "b")
	a := f.fetch(1, "a")[0]
	delay := f.ackWait * 2 / 3
	f.must(f.Nak(t.Context(), a, delay))
	f.must(f.Ack(t.Context(), f.fetch(2, "b")[0]))
	f.fetchAfter(delay, "a")
}

func losesPlace(t *testing.T, f *fixture) {
	f.with("a", "b", "c")
	f.must(f.Nak(t.Context(), f.fetch(1, "a")[0], 0))
	f.fetchAll("b", "c", "a")
}

func keepsPlace(t *testing.T, f *fixture) {
	f.with("a", "b", "c")
	batch := f.fetch(2, "a", "b")
	f.must(f.Release(t.Context(), batch[1]))
	f.must(f.Release(t.Context(), batch[0]))
	f.fetchAll("a", "b", "c")
}

func redelivers(t *testing.T, f *fixture) {
	f.with("a")
	lost := f.fetch(1, "a")[0]
	again := f.fetchAfter(f.ackWait, "a")
	f.attempt(again, 2)
	f.wantError(f.Nak(t.Context(), lost, 0), queue.ErrStale)
	f.wantError(f.Release(t.Context(), lost), queue.ErrStale)
	f.wantError(f.InProgress(t.Context(), lost), queue.ErrStale)
	f.must(f.Ack(t.Context(), again))
	f.wantEnd()
}

func renews(t *testing.T, f *fixture) {
	f.with("a")
	d := f.fetch(1, "a")[0]
	for range 3 {
		time.Sleep(f.ackWait * 2 / 3)
		f.must(f.InProgress(t.Context(), d))
	}
	again := f.fetchAfter(f.ackWait, "a")
	f.attempt(again, 2)
}

func acksLate(t *testing.T, f *fixture) {
	f.with("a")
	late := f.fetch(1, "a")[0]
	time.Sleep(f.ackWait + f.ackWait/10)
	f.must(f.Ack(t.Context(), late))
	f.wantEnd()
}

func settlesOnce(t *testing.T, f *fixture) {
	f.with("a", "b")
	batch := f.fetch(2, "a", "b")
	f.must(f.Ack(t.Context(), batch[0]))
	f.wantError(f.Ack(t.Context(), batch[0]), queue.ErrStale)
	f.wantError(f.Dead(t.Context(), batch[0], "no"), queue.ErrStale)
	f.must(f.Nak(t.Context(), batch[1], f.ackWait/3))
	f.wantError(f.Nak(t.Context(), batch[1], 0), queue.ErrStale)
	f.fetchAfter(f.ackWait/3, "b")
}

func snoozes(t *testing.T, f *fixture) {
	f.with("a", "b")
	snoozer, ok := f.Queue.(queue.Snoozer)
	if !ok {
		t.Skip("not a queue.Snoozer")
	}
	delay := f.ackWait * 2 / 3
	f.must(snoozer.Snooze(t.Context(), f.fetch(1, "a")[0], delay))
	f.must(f.Ack(t.Context(), f.fetch(2, "b")[0]))
	f.attempt(f.fetchAfter(delay, "a"), 1)
}

func acksBatches(t *testing.T, f *fixture) {
	f.with("a", "b", "c", "d")
	acker, ok := f.Queue.(queue.BatchAcker)
	if !ok {
		t.Skip("not a queue.BatchAcker")
	}
	batch := f.fetch(3, "a", "b", "c")
	f.must(f.Ack(t.Context(), batch[1]))
	errs := acker.AckBatch(t.Context(), batch)
	if len(errs) != 3 || errs[0] != nil || !errors.Is(errs[1], queue.ErrStale) || errs[2] != nil {
		t.Fatalf("errors %v, want one, of the task that was settled before", errs)
	}
	if errs := acker.AckBatch(t.Context(), f.fetch(1, "d")); errs != nil {
		t.Fatalf("errors %v, want nil", errs)
	}
	f.wantEnd()
}

func buries(t *testing.T, f *fixture) {
	f.with("a")
	f.must(f.Dead(t.Context(), f.fetch(1, "a")[0], "corrupt"))
	f.wantEnd()
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
