package queuetest

import (
	"errors"
	"testing"
	"time"

	"capstan/queue"
)

func obeysDelay(t *testing.T, f *fixture) {
	f.with("a", "b")
	a := f.fetch(1, "a")[0]
	delay := f.ackWait * 2 / 3
	began := time.Now()
	f.must(f.Nak(t.Context(), a, delay))
	f.must(f.Ack(t.Context(), f.fetch(2, "b")[0]))
	f.fetchAfter(began, delay, "a")
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
	began := time.Now()
	lost := f.fetch(1, "a")[0]
	again := f.fetchAfter(began, f.ackWait, "a")
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
	var renewed time.Time
	for range 8 { // often enough for a busy machine to be in time
		time.Sleep(f.ackWait / 4)
		renewed = time.Now()
		f.must(f.InProgress(t.Context(), d))
	}
	again := f.fetchAfter(renewed, f.ackWait, "a")
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
	began := time.Now()
	f.must(f.Nak(t.Context(), batch[1], f.ackWait/3))
	f.wantError(f.Nak(t.Context(), batch[1], 0), queue.ErrStale)
	f.fetchAfter(began, f.ackWait/3, "b")
}

func snoozes(t *testing.T, f *fixture) {
	f.with("a", "b")
	snoozer, ok := f.Queue.(queue.Snoozer)
	if !ok {
		t.Skip("not a queue.Snoozer")
	}
	delay := f.ackWait * 2 / 3
	a := f.fetch(1, "a")[0]
	began := time.Now()
	f.must(snoozer.Snooze(t.Context(), a, delay))
	f.must(f.Ack(t.Context(), f.fetch(2, "b")[0]))
	f.attempt(f.fetchAfter(began, delay, "a"), 1)
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
