package pool_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"capstan/pool"
)

// model says in plain words what a pool with a queue of less than sixteen holds after
// each call: no concurrency, no waking, no admission in steps.
type model struct {
	workers, queue           int
	running, queued, blocked []int
	refused                  int
}

func (m *model) free() int { return m.workers + m.queue - len(m.running) - len(m.queued) }

// settle moves tasks on as far as they can go.
func (m *model) settle() {
	for {
		switch {
		case len(m.blocked) > 0 && m.free() > 0:
			m.queued, m.blocked = append(m.queued, m.blocked[0]), m.blocked[1:]
		case len(m.queued) > 0 && len(m.running) < m.workers:
			m.running, m.queued = append(m.running, m.queued[0]), m.queued[1:]
		default:
			return
		}
	}
}

func (m *model) String() string {
	running := slices.Sorted(slices.Values(m.running)) // those that start together do so in any order
	return fmt.Sprintf("running %v, %d queued, %d blocked, %d refused", running, len(m.queued), len(m.blocked), m.refused)
}

// modelled is a pool and its model, led side by side.
type modelled struct {
	model
	gate    *gate
	pool    *pool.Pool[int]
	next    int
	cancels map[int]context.CancelFunc
	answers map[int]chan error
	refusal int // of the pool
}

func (m *modelled) String() string {
	s := m.pool.Stats()
	running := slices.Sorted(slices.Values(m.gate.running()))
	return fmt.Sprintf("running %v, %d queued, %d blocked, %d refused", running, s.Queued, s.Blocked, m.refusal)
}

// step does to both what the byte says.
func (m *modelled) step(t *testing.T, code byte) {
	argument := int(code >> 3)
	switch code & 7 {
	case 0, 1:
		m.try()
	case 2, 3:
		m.submit()
	case 4, 5:
		m.finish(argument)
	case 6:
		m.withdraw(argument)
	case 7:
		m.workers = 1 + argument%4
		if err := m.pool.Resize(m.workers); err != nil {
			t.Fatal(err)
		}
	}
	m.settle()
	synctest.Wait()
}

func (m *modelled) try() {
	id := m.next
	m.next++
	if len(m.model.blocked) == 0 && m.free() > 0 {
		m.queued = append(m.queued, id)
	} else {
		m.refused++
	}
	if errors.Is(m.pool.TrySubmit(id), pool.ErrFull) {
		m.refusal++
	}
}

func (m *modelled) submit() {
	id := m.next
	m.next++
	m.blocked = append(m.blocked, id)
	ctx, cancel := context.WithCancel(bg)
	m.cancels[id] = cancel
	m.answers[id] = submitting(ctx, m.pool, id)[id]
}

func (m *modelled) finish(which int) {
	if len(m.running) == 0 {
		return
	}
	i := which % len(m.running)
	id := m.running[i]
	m.running = slices.Delete(m.running, i, i+1)
	m.gate.finish(id, nil)
}

func (m *modelled) withdraw(which int) {
	if len(m.blocked) == 0 {
		return
	}
	i := which % len(m.blocked)
	m.cancels[m.blocked[i]]()
	m.blocked = slices.Delete(m.blocked, i, i+1)
}

func (m *modelled) compare(t *testing.T, at int) {
	t.Helper()
	if got, want := m.String(), m.model.String(); got != want {
		t.Fatalf("after step %d: %s; the model has %s", at, got, want)
	}
	if room := m.free(); len(m.blocked) == 0 && room > 0 {
		if got, err := m.pool.Room(bg, room); got != room || err != nil {
			t.Fatalf("after step %d: Room(%d) is %d, %v", at, room, got, err)
		}
	}
}

// close ends everything and checks the answers that Submit gave.
func (m *modelled) close(t *testing.T) {
	for _, id := range m.blocked {
		m.cancels[id]()
	}
	m.gate.finishAll(synctest.Wait)
	if report := m.pool.Drain(bg); !report.Complete() {
		t.Errorf("%+v", report)
	}
	started := m.gate.order()
	for id, answer := range m.answers {
		if err := <-answer; (err == nil) != slices.Contains(started, id) {
			t.Errorf("Submit of %d answered %v, and it started: %t", id, err, err != nil)
		}
		m.cancels[id]()
	}
}

func FuzzPoolDoesWhatTheModelSays(f *testing.F) {
	random := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		steps := make([]byte, 10+random.IntN(70))
		for i := range steps {
			steps[i] = byte(random.Uint32())
		}
		f.Add(byte(random.Uint32()), steps)
	}
	f.Fuzz(func(t *testing.T, size byte, steps []byte) {
		synctest.Test(t, func(t *testing.T) {
			g := newGate()
			m := &modelled{
				model:   model{workers: 1 + int(size&3), queue: int(size>>2) & 3},
				gate:    g,
				cancels: map[int]context.CancelFunc{},
				answers: map[int]chan error{},
			}
			m.pool = open(t, pool.Config[int]{Workers: m.workers, Queue: m.queue, Handle: g.handle})
			for at, code := range steps {
				m.step(t, code)
				m.compare(t, at)
			}
			m.close(t)
		})
	})
}
