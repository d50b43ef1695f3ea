package queue_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"capstan/queue"
)

// taskOverheadBytes and the share below are what lib/plan/held-tasks.ts counts for a task beside
// its payload; a test there compares the numbers.
const taskOverheadBytes = 512

func plannedBytes(payloadBytes int) int { return payloadBytes*5/4 + taskOverheadBytes }

// heapOf is the growth of the live heap over fill.
func heapOf(fill func()) int {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&before)
	fill()
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return int(after.HeapAlloc) - int(before.HeapAlloc)
}

func sizedMemory(t *testing.T, capacity, payloadBytes int) *queue.Memory {
	t.Helper()
	q, err := queue.NewMemory(queue.MemoryConfig{Capacity: capacity, PayloadBytes: payloadBytes, AckWait: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// fillUp enqueues until nothing more is taken, and puts a half of it in flight and then off for
// a while, so that every part of the queue has grown.
func fillUp(t *testing.T, q *queue.Memory, capacity int, id func(int) string, payload []byte) {
	t.Helper()
	for i := range capacity {
		if err := q.Enqueue(t.Context(), queue.Task{ID: id(i), Payload: payload}); err != nil {
			t.Fatal(err)
		}
	}
	batch, err := q.Fetch(t.Context(), capacity)
	if err != nil || len(batch) != capacity {
		t.Fatalf("fetched %d, %v", len(batch), err)
	}
	for _, d := range batch[:capacity/2] {
		if err := q.Nak(t.Context(), d, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
}

// The sizes lie just above size classes of Go's allocator, where most is lost to rounding.
func TestMemoryHoldsAFullQueueWithinWhatIsPlanned(t *testing.T) {
	for _, size := range []int{32, 33, 129, 513, 1024, 1025, 2305, 3457, 4097, 8193, 32769, 40961, 1 << 20} {
		for name, id := range map[string]func(int) string{
			"without ids":   func(int) string { return "" },
			"half of it id": func(i int) string { return fmt.Sprintf("%0*d", size/2, i) },
		} {
			t.Run(fmt.Sprint(size, " bytes ", name), func(t *testing.T) {
				capacity := max(40, min(20_000, 1<<25/size))
				q := sizedMemory(t, capacity, size)
				payload := bytes.Repeat([]byte("x"), size-len(id(0)))
				grown := heapOf(func() { fillUp(t, q, capacity, id, payload) })
				if most := capacity * plannedBytes(size); grown > most {
					t.Errorf("%d tasks take %d bytes, %d each; planned are %d each", capacity, grown, grown/capacity, plannedBytes(size))
				}
				runtime.KeepAlive(q)
				runtime.KeepAlive(payload)
			})
		}
	}
}

func TestMemoryKeepsNoMoreThanTheTaskOfALargeAllocation(t *testing.T) {
	const capacity = 100
	q := sizedMemory(t, capacity, 64)
	grown := heapOf(func() {
		for i := range capacity {
			large := fmt.Sprintf("%07d%s", i, strings.Repeat("x", 1<<16))
			payload := append(make([]byte, 0, 1<<16), "{}"...)
			if err := q.Enqueue(t.Context(), queue.Task{ID: large[:7], Payload: payload}); err != nil {
				t.Fatal(err)
			}
		}
	})
	if most := capacity * plannedBytes(64); grown > most {
		t.Errorf("%d tasks take %d bytes, planned are %d", capacity, grown, most)
	}
	runtime.KeepAlive(q)
}

func TestMemoryFailsOnATaskOverItsBound(t *testing.T) {
	q := sizedMemory(t, 10, 8)
	for _, c := range []struct {
		id, payload string
		want        error
	}{
		{"", "12345678", nil},
		{"", "123456789", queue.ErrTooLarge},
		{"four", "1234", nil},
		{"five5", "1234", queue.ErrTooLarge},
		{strings.Repeat("i", 9), "", queue.ErrTooLarge},
	} {
		err := q.Enqueue(t.Context(), queue.Task{ID: c.id, Payload: []byte(c.payload)})
		if !errors.Is(err, c.want) {
			t.Errorf("id %q, payload %q: error %v, want %v", c.id, c.payload, err, c.want)
		}
		if c.want != nil && !strings.Contains(err.Error(), "wanted 8 bytes or fewer of payload, headers and id, got 9") {
			t.Errorf("error %q does not say bound and size", err)
		}
	}
	if n, err := q.Backlog(t.Context()); err != nil || n != 2 {
		t.Errorf("backlog %d, %v; want the 2 that were taken", n, err)
	}
	if err := q.Enqueue(t.Context(), queue.Task{ID: "five5", Payload: []byte("1")}); err != nil {
		t.Errorf("an id that was refused before is known: %v", err)
	}
}

func TestMemoryTakesAMebibyteUnlessTold(t *testing.T) {
	q := newMemory(t, 2)
	if err := q.Enqueue(t.Context(), queue.Task{Payload: make([]byte, queue.LargestPayload)}); err != nil {
		t.Error(err)
	}
	if err := q.Enqueue(t.Context(), queue.Task{Payload: make([]byte, queue.LargestPayload+1)}); !errors.Is(err, queue.ErrTooLarge) {
		t.Errorf("error %v, want ErrTooLarge", err)
	}
	for _, bad := range []int{-1, queue.LargestPayload + 1} {
		_, err := queue.NewMemory(queue.MemoryConfig{Capacity: 1, AckWait: time.Second, PayloadBytes: bad})
		if err == nil || !strings.Contains(err.Error(), "PayloadBytes") {
			t.Errorf("PayloadBytes %d: error %v, want the field named", bad, err)
		}
	}
}
