package queuetest

import "testing"

func tellsIdle(t *testing.T, f *fixture) {
	f.with("a", "b")
	want := func(want bool, when string) {
		t.Helper()
		idle, err := f.Idle(t.Context())
		f.must(err)
		if idle != want {
			t.Fatalf("idle is %v while %s", idle, when)
		}
	}
	want(false, "all tasks wait")
	batch := f.fetch(2, "a", "b")
	want(false, "all tasks are in flight")
	f.must(f.Ack(t.Context(), batch[0]))
	want(false, "one task is in flight")
	f.must(f.Dead(t.Context(), batch[1], "corrupt"))
	want(true, "no task is left")
}
