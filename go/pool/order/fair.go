package order

import (
	"errors"
	"fmt"

	"capstan/pool"
)

// FairConfig says what shares the workers, and how. The functions but Key are asked once
// each time that a key comes into the pool, and again after its last task has ended.
type FairConfig[T any, K comparable] struct {
	// Key returns what a task belongs to, such as its tenant. Required. A task whose key is
	// not equal to itself, as NaN is not, is refused with ErrKey.
	Key func(task T) K

	// Running returns how many tasks of the key may run at the same time. nil means as
	// many as there are workers.
	Running func(key K) int

	// Held returns how many tasks of the key may be in the pool, queued and running. The
	// next one is refused with ErrKeyFull, at once: it does not wait, since those behind
	// it would have to wait as well. nil means that a key may fill the pool.
	Held func(key K) int

	// Weight returns how many tasks of the key start in one turn, 1 or more. nil, or less
	// than 1, means 1.
	Weight func(key K) int
}

// ErrKeyFull is returned, wrapped, by a submit of a task whose key holds as many tasks as
// it may, or may not run any.
var ErrKeyFull = errors.New("order: the key of the task is full")

// ErrKey is returned, wrapped, by a submit of a task whose key is not equal to itself, such as NaN.
var ErrKey = errors.New("order: the key of the task is not equal to itself")

// Fair returns an order in which keys take turns: a key with a thousand queued tasks
// delays another with one by a single turn. Tasks of one key start in the order of
// acceptance. A submit and a start each cost O(1), whatever the number of keys, and
// allocate nothing once as many keys and tasks have been inside before. A key with nothing
// in the pool takes no memory in use.
//
// A configuration without Key is refused.
func Fair[T any, K comparable](config FairConfig[T, K]) (pool.Order[T], error) {
	if config.Key == nil {
		return nil, errors.New("order: Key must be set, got nil")
	}
	return &fair[T, K]{config: config, strands: map[K]*strand[T]{}}, nil
}

// Serial returns an order in which the tasks of one key run one after another, in the
// order of acceptance, and those of different keys at the same time. A key has no worker
// of its own: whichever is free takes the next task of a key that has none running. Keys
// take turns, as in Fair. The end of a task is the end of Done.
//
// Serial needs a key.
func Serial[T any, K comparable](key func(task T) K) (pool.Order[T], error) {
	return Fair(FairConfig[T, K]{Key: key, Running: func(K) int { return 1 }})
}

type fair[T any, K comparable] struct {
	config  FairConfig[T, K]
	strands map[K]*strand[T] // of the keys with something in the pool
	ready   int              // sum of what the strands can start
	// Strands that can start something, in the order of their turns.
	first, last *strand[T]

	spareStrands *strand[T]
	spareLinks   *link[T]
}

// strand is what the pool holds of one key.
type strand[T any] struct {
	queue                       links[T]
	running, held               int
	maxRunning, maxHeld, weight int
	started                     int // in this turn
	hasTurn                     bool
	next                        *strand[T]
}

// startable is how many of its tasks could start now.
func (s *strand[T]) startable() int { return max(0, min(s.queue.len, s.maxRunning-s.running)) }

func (f *fair[T, K]) Push(task T, number uint64) error {
	key := f.config.Key(task)
	s := f.strands[key]
	if s == nil {
		if key != key { // NaN, or something with one in it: no map finds it again
			return fmt.Errorf("%w: %v", ErrKey, key)
		}
		s = f.newStrand(key)
	}
	if s.maxRunning < 1 || s.held >= s.maxHeld {
		held, limit := s.held, s.maxHeld
		f.forgetIfEmpty(key, s)
		if s.maxRunning < 1 {
			return fmt.Errorf("%w: it may not run any", ErrKeyFull)
		}
		return fmt.Errorf("%w: it holds %d of %d", ErrKeyFull, held, limit)
	}
	before := s.startable()
	s.held++
	s.queue.push(f.newLink(task, number))
	f.update(s, before)
	return nil
}

func (f *fair[T, K]) Ready() int { return f.ready }

func (f *fair[T, K]) Pop() (task T, number uint64) {
	s := f.first
	before := s.startable()
	at := s.queue.pop()
	s.running++
	s.started++
	f.ready += s.startable() - before
	if s.startable() == 0 || s.started >= s.weight {
		f.endTurn(s)
	}
	task, number = at.task, at.number
	f.recycle(at)
	return task, number
}

func (f *fair[T, K]) Finish(task T) {
	key := f.config.Key(task)
	s := f.strands[key]
	before := s.startable()
	s.running--
	s.held--
	f.update(s, before)
	f.forgetIfEmpty(key, s)
}

func (f *fair[T, K]) Rest() []T {
	var rest []numbered[T]
	for key, s := range f.strands {
		for s.queue.len > 0 {
			at := s.queue.pop()
			rest = append(rest, at.numbered)
			f.recycle(at)
			s.held--
		}
		s.hasTurn, s.next, s.started = false, nil, 0
		f.forgetIfEmpty(key, s)
	}
	f.ready, f.first, f.last = 0, nil, nil
	return byAcceptance(rest)
}

// update gives s a turn if it can start something, having been able to start `before`.
func (f *fair[T, K]) update(s *strand[T], before int) {
	f.ready += s.startable() - before
	if s.startable() > 0 && !s.hasTurn {
		f.giveTurn(s)
	}
}

func (f *fair[T, K]) giveTurn(s *strand[T]) {
	s.hasTurn, s.started, s.next = true, 0, nil
	if f.last == nil {
		f.first = s
	} else {
		f.last.next = s
	}
	f.last = s
}

// endTurn takes the turn from the first strand, and gives it the last if it can start more.
func (f *fair[T, K]) endTurn(s *strand[T]) {
	f.first = s.next
	if f.first == nil {
		f.last = nil
	}
	s.hasTurn, s.next = false, nil
	if s.startable() > 0 {
		f.giveTurn(s)
	}
}
