package kafka

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/queue"
)

// bare is a queue without a broker: the test hands it records.
func bare(t *testing.T) *Queue {
	t.Helper()
	q := &Queue{
		config: Config{Topic: "tasks", Group: "workers", Window: 1 << 30, AckWait: time.Hour, Log: slog.New(slog.DiscardHandler)},
		dirty:  make(chan struct{}, 1), room: make(chan struct{}, 1), changed: make(chan struct{}),
		paused: map[int32]bool{}, partitions: map[int32]*partition{}, orphans: map[int32]*partition{},
	}
	q.open, q.end = context.WithCancel(t.Context())
	t.Cleanup(q.end)
	return q
}

// run is a topic of one partition and what has become of its records.
type run struct {
	*testing.T
	random   *rand.Rand
	queue    *Queue
	keys     []string // of the records, by offset
	position int64    // of the next read
	flying   []queue.Delivery
	done     map[int64]int
	latest   map[string]int64 // offset of the key's latest settled task
}

func offsetOf(d queue.Delivery) int64 { return d.Receipt.(receipt).task.offset }

func (r *run) assign() {
	r.queue.assigned(r.Context(), nil, map[string][]int32{"tasks": {0}})
}

// committed is the offset that the broker would be told.
func (r *run) committed() int64 {
	if offset, found := r.queue.uncommitted()[0]; found {
		return offset.Offset
	}
	return -1
}

// step does something that may happen at any time.
func (r *run) step() {
	switch r.random.IntN(10) {
	case 0, 1, 2:
		for n := r.random.IntN(5); n > 0 && r.position < int64(len(r.keys)); n-- {
			r.queue.shelve(&kgo.Record{Topic: "tasks", Offset: r.position, Key: []byte(r.keys[r.position])})
			r.position++
		}
	case 3, 4, 5:
		batch, _, err := r.queue.take(1 + r.random.IntN(4))
		if err != nil {
			r.Fatal(err)
		}
		r.flying = append(r.flying, batch...)
		r.checkKeys()
	case 6, 7, 8:
		if d, found := r.land(); found {
			r.settle(d)
		}
	case 9:
		if d, found := r.land(); found {
			if err := r.queue.Release(r.Context(), d); err != nil {
				r.Fatal(err)
			}
		}
	}
	r.checkCommitted()
}

func (r *run) land() (d queue.Delivery, found bool) {
	if len(r.flying) == 0 {
		return d, false
	}
	at := r.random.IntN(len(r.flying))
	d = r.flying[at]
	r.flying = append(r.flying[:at], r.flying[at+1:]...)
	return d, true
}

func (r *run) settle(d queue.Delivery) {
	offset := offsetOf(d)
	if key := r.keys[offset]; key != "" {
		if latest, found := r.latest[key]; found && latest >= offset {
			r.Fatalf("task %d of key %s was done behind task %d", offset, key, latest)
		}
		r.latest[key] = offset
	}
	if err := r.queue.Ack(r.Context(), d); err != nil {
		r.Fatal(err)
	}
	r.done[offset]++
}

func (r *run) checkKeys() {
	busy := map[string]int64{}
	for _, d := range r.flying {
		key := d.Key
		if other, found := busy[key]; found && key != "" {
			r.Fatalf("tasks %d and %d of key %s are in flight at once", other, offsetOf(d), key)
		}
		busy[key] = offsetOf(d)
	}
}

func (r *run) checkCommitted() {
	for offset := range r.committed() {
		if r.done[offset] == 0 {
			r.Fatalf("%d is committed, and task %d is not done", r.committed(), offset)
		}
	}
}

// lose is an absence of the brokers: what is read again begins at any offset up to the committed one.
func (r *run) lose() {
	again := int64(0)
	if committed := r.committed(); committed > 0 {
		again = r.random.Int64N(committed + 1)
	}
	r.queue.lost(r.Context(), nil, map[string][]int32{"tasks": {0}})
	for range r.random.IntN(3) {
		if d, found := r.land(); found {
			r.settle(d) // while nobody knows whose it is
		}
	}
	r.assign()
	r.position = again
}

func TestWhateverHappensIsCommittedOnlyWhenAllBeforeItIsDone(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := &run{T: t, random: rand.New(rand.NewPCG(seed, 0)), queue: bare(t), done: map[int64]int{}, latest: map[string]int64{}}
			for range 40 {
				r.keys = append(r.keys, []string{"", "", "a", "b"}[r.random.IntN(4)])
			}
			r.assign()
			losses := r.random.IntN(3)
			for step := 0; len(r.done) < len(r.keys); step++ {
				if step > 5000 {
					t.Fatalf("%d of %d tasks were done", len(r.done), len(r.keys))
				}
				if losses > 0 && r.random.IntN(40) == 0 {
					losses--
					r.lose()
				}
				r.step()
			}
			for offset, n := range r.done {
				if n != 1 {
					t.Errorf("task %d was done %d times", offset, n)
				}
			}
			for r.position < int64(len(r.keys)) {
				r.step()
			}
			if committed := r.committed(); committed != int64(len(r.keys)) {
				t.Errorf("committed %d of %d", committed, len(r.keys))
			}
		})
	}
}
