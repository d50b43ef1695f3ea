package queue_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"capstan/queue"
)

func newMemory(t *testing.T, capacity int) *queue.Memory {
	t.Helper()
	q, err := queue.NewMemory(queue.MemoryConfig{Capacity: capacity, AckWait: time.Minute, ExitWhenIdle: true})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func enqueue(t *testing.T, q *queue.Memory, id string, want error) {
	t.Helper()
	if err := q.Enqueue(t.Context(), queue.Task{ID: id, Payload: []byte(`{}`)}); !errors.Is(err, want) {
		t.Fatalf("enqueue %q: error %v, want %v", id, err, want)
	}
}

func fetchOne(t *testing.T, q queue.Queue) queue.Delivery {
	t.Helper()
	batch, err := q.Fetch(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return batch[0]
}

func TestMemoryHoldsAtMostItsCapacity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory(t, 3)
		for _, id := range []string{"in flight", "delayed", "waiting"} {
			enqueue(t, q, id, nil)
		}
		held := fetchOne(t, q)
		if err := q.Nak(t.Context(), fetchOne(t, q), time.Hour); err != nil {
			t.Fatal(err)
		}
		enqueue(t, q, "one too many", queue.ErrFull)
		if err := q.Ack(t.Context(), held); err != nil {
			t.Fatal(err)
		}
		enqueue(t, q, "one too many", nil) // refused before, so it is not known
	})
}

func TestMemoryTakesAnIDOnce(t *testing.T) {
	q := newMemory(t, 10)
	enqueue(t, q, "page", nil)
	enqueue(t, q, "page", nil)
	if err := q.Ack(t.Context(), fetchOne(t, q)); err != nil {
		t.Fatal(err)
	}
	enqueue(t, q, "page", nil) // done, and still known
	if n, err := q.Backlog(t.Context()); err != nil || n != 0 {
		t.Fatalf("backlog %d, %v; want 0", n, err)
	}
	enqueue(t, q, "", nil)
	enqueue(t, q, "", nil)
	if a, b := fetchOne(t, q), fetchOne(t, q); a.ID == b.ID || a.ID == "" {
		t.Fatalf("tasks without an id are named %q and %q, want two names", a.ID, b.ID)
	}
}

func TestMemoryGivesNoNameTwice(t *testing.T) {
	q := newMemory(t, 6)
	enqueue(t, q, "task-1", nil)
	enqueue(t, q, "task-3", nil)
	enqueue(t, q, "", nil) // task-2
	enqueue(t, q, "", nil) // task-4
	enqueue(t, q, "task-4", queue.ErrNameTaken)
	enqueue(t, q, "task-04", nil)
	enqueue(t, q, "task-5", nil)
	enqueue(t, q, "", queue.ErrFull)
	batch, err := q.Fetch(t.Context(), 10)
	want := []string{"task-1", "task-3", "task-2", "task-4", "task-04", "task-5"}
	if got := names(batch); err != nil || !slices.Equal(got, want) {
		t.Fatalf("fetched %q, %v; want %q", got, err, want)
	}
	if err := q.Ack(t.Context(), batch[3]); err != nil {
		t.Fatal(err)
	}
	enqueue(t, q, "task-4", queue.ErrNameTaken) // also when it is done, as an id that came with a task
	enqueue(t, q, "task-6", nil)                // not given to the one that found no room
}

func TestMemoryTakesNothingOnceClosed(t *testing.T) {
	q := newMemory(t, 10)
	enqueue(t, q, "known", nil)
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	for _, task := range []queue.Task{{ID: "known"}, {ID: "new"}, {}, {Key: "k"}, {Payload: make([]byte, queue.LargestPayload+1)}} {
		if err := q.Enqueue(t.Context(), task); !errors.Is(err, queue.ErrClosed) {
			t.Errorf("enqueue %q: error %v, want ErrClosed", task.ID, err)
		}
	}
}

func TestMemoryWakesABlockedFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, err := queue.NewMemory(queue.MemoryConfig{Capacity: 1, AckWait: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		fetched := make(chan string)
		go func() { fetched <- fetchOne(t, q).ID }()
		synctest.Wait() // it waits although nothing is left: more may come
		enqueue(t, q, "late", nil)
		if id := <-fetched; id != "late" {
			t.Fatalf("fetched %q", id)
		}
	})
}

func TestMemoryTakesNothingOnceFetchHasToldTheEnd(t *testing.T) {
	q := newMemory(t, 10)
	enqueue(t, q, "only", nil)
	d := fetchOne(t, q)
	enqueue(t, q, "from its handler", nil) // not idle: it is in flight
	for _, d := range []queue.Delivery{d, fetchOne(t, q)} {
		if err := q.Ack(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	enqueue(t, q, "idle, and nobody was told", nil)
	if err := q.Ack(t.Context(), fetchOne(t, q)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := q.Fetch(t.Context(), 1); err != io.EOF {
			t.Fatalf("error %v, want io.EOF", err)
		}
		enqueue(t, q, "", queue.ErrClosed)
	}
}

func TestMemoryTellsTheEndOnlyWhenNothingIsUnsettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory(t, 10)
		for name, giveBack := range map[string]func(queue.Delivery) error{
			"naked":    func(d queue.Delivery) error { return q.Nak(t.Context(), d, time.Hour) },
			"snoozed":  func(d queue.Delivery) error { return q.Snooze(t.Context(), d, time.Hour) },
			"released": func(d queue.Delivery) error { return q.Release(t.Context(), d) },
			"expired":  func(queue.Delivery) error { return nil },
		} {
			enqueue(t, q, name, nil)
			if err := giveBack(fetchOne(t, q)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			again := fetchOne(t, q)
			if again.ID != name {
				t.Fatalf("fetched %q, want %q again", again.ID, name)
			}
			if err := q.Ack(t.Context(), again); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestMemoryKeepsTheLatestDeadLetters(t *testing.T) {
	q := newMemory(t, 2)
	for i := range 3 {
		enqueue(t, q, fmt.Sprint("task", i), nil)
		if err := q.Dead(t.Context(), fetchOne(t, q), fmt.Sprint("reason ", i)); err != nil {
			t.Fatal(err)
		}
	}
	dead := q.DeadLetters()
	if len(dead) != 2 || dead[0].ID != "task1" || dead[1].Reason != "reason 2" || dead[1].Attempts != 1 {
		t.Fatalf("dead letters %+v, want those of task1 and task2", dead)
	}
}

func TestMemoryFailsOnEveryBadField(t *testing.T) {
	_, err := queue.NewMemory(queue.MemoryConfig{})
	if err == nil || !strings.Contains(err.Error(), "Capacity") || !strings.Contains(err.Error(), "AckWait") {
		t.Fatalf("error %v, want both fields named", err)
	}
}

func ExampleMemory() {
	q, err := queue.NewMemory(queue.MemoryConfig{Capacity: 10, AckWait: time.Minute, ExitWhenIdle: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	_ = q.Enqueue(ctx, queue.Task{ID: "https://example.org/", Payload: []byte(`{"depth":0}`)})
	_ = q.Enqueue(ctx, queue.Task{ID: "https://example.org/", Payload: []byte(`{"depth":7}`)}) // known: ignored
	for {
		batch, err := q.Fetch(ctx, 5)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, d := range batch {
			fmt.Println(d.ID, d.Attempt, string(d.Payload))
			_ = q.Ack(ctx, d)
		}
	}
	// Output:
	// https://example.org/ 1 {"depth":0}
	// EOF
}

func TestMemoryKeepsATaskUntilItIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory(t, 10)
		later := time.Now().Add(time.Hour)
		for id, due := range map[string]time.Time{"later": later, "past": time.Now().Add(-time.Hour)} {
			if err := q.Enqueue(t.Context(), queue.Task{ID: id, Payload: []byte(`1`), NotBefore: due}); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []string{"past", "later"} {
			batch, err := q.Fetch(t.Context(), 10)
			if err != nil || len(batch) != 1 || batch[0].ID != want {
				t.Fatalf("fetched %v, %v; want %q alone", batch, err, want)
			}
			if err := q.Ack(t.Context(), batch[0]); err != nil {
				t.Fatal(err)
			}
		}
		if !time.Now().Equal(later) {
			t.Errorf("delivered %v from when it was due", time.Since(later))
		}
	})
}

func TestMemoryKeepsBackWhatIsDueBeyondAllCounting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory(t, 10)
		enqueue(t, q, "failed", nil)
		if err := q.Nak(t.Context(), fetchOne(t, q), math.MaxInt64); err != nil {
			t.Fatal(err)
		}
		enqueue(t, q, "snoozed", nil)
		if err := q.Snooze(t.Context(), fetchOne(t, q), math.MaxInt64); err != nil {
			t.Fatal(err)
		}
		if err := q.Enqueue(t.Context(), queue.Task{ID: "later", Payload: []byte(`1`), NotBefore: time.Unix(1<<60, 0)}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10000*time.Hour)
		defer cancel()
		if batch, err := q.Fetch(ctx, 10); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("fetched %v, %v", batch, err)
		}
	})
}

func TestMemoryKeepsTasksOfOneTimeInTheOrderOfEnqueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory(t, 100)
		due := time.Now().Add(time.Second)
		var want []string
		add := func(n int) {
			for range n {
				want = append(want, fmt.Sprint(len(want)))
				if err := q.Enqueue(t.Context(), queue.Task{ID: want[len(want)-1], Payload: []byte(`1`), NotBefore: due}); err != nil {
					t.Fatal(err)
				}
			}
		}
		add(20)
		time.Sleep(2 * time.Second)
		add(2) // due at once, behind those that are due for long
		batch, err := q.Fetch(t.Context(), 100)
		if got := names(batch); err != nil || !slices.Equal(got, want) {
			t.Fatalf("fetched %q, %v; want %q", got, err, want)
		}
		for _, d := range batch {
			if err := q.Nak(t.Context(), d, time.Second); err != nil {
				t.Fatal(err)
			}
		}
		batch, err = q.Fetch(t.Context(), 100)
		if got := names(batch); err != nil || !slices.Equal(got, want) {
			t.Fatalf("fetched %q, %v again; want %q", got, err, want)
		}
	})
}

func TestMemoryFailsToTakeAKey(t *testing.T) {
	q := newMemory(t, 1)
	if err := q.Enqueue(t.Context(), queue.Task{Key: "k", Payload: []byte(`1`)}); !errors.Is(err, queue.ErrUnsupported) {
		t.Errorf("error %v, want ErrUnsupported", err)
	}
}
