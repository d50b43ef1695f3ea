package order

import (
	"errors"
	"fmt"
	"math/bits"

	"capstan/pool"
)

// PriorityConfig says what is urgent.
type PriorityConfig[T any] struct {
	// Of returns the class of a task: 0 is the most urgent, 1 comes after it, and so on.
	// Required. A task with a negative class is refused.
	Of func(task T) int

	// Overtakes is how many tasks of the next more urgent class may start before a task
	// although they were accepted after it; of a class that is k more urgent, k times as
	// many. It is what makes tasks age: nothing waits for ever. Required, 1 or more.
	Overtakes int
}

// ErrClass is returned, wrapped, by a submit of a task whose class is negative.
var ErrClass = errors.New("order: the class of a task must be 0 or more")

// Priority returns an order that starts urgent tasks first. A task takes the place that it
// would have if it had been accepted class × Overtakes tasks later than it was; so tasks
// of one class start in the order of acceptance. A submit and a start each cost O(log n)
// for n queued tasks, and allocate nothing once the queue has been as long before.
//
// Every field that is wrong is reported, joined.
func Priority[T any](config PriorityConfig[T]) (pool.Order[T], error) {
	var problems []error
	if config.Of == nil {
		problems = append(problems, errors.New("order: Of must be set, got nil"))
	}
	if config.Overtakes < 1 {
		problems = append(problems, fmt.Errorf("order: Overtakes must be 1 or more, got %d", config.Overtakes))
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return &priority[T]{of: config.Of, overtakes: uint64(config.Overtakes)}, nil
}

// priority is a binary heap. The place of a task never changes: others age by getting
// later places.
type priority[T any] struct {
	of        func(T) int
	overtakes uint64
	heap      []placed[T]
}

type placed[T any] struct {
	numbered[T]
	beyond, place uint64 // one number of 128 bits, since class × Overtakes may need them
}

// before says which of two starts first. Of two with the same place, that is the one
// accepted later, which is then the more urgent.
func (a placed[T]) before(b placed[T]) bool {
	if a.beyond != b.beyond {
		return a.beyond < b.beyond
	}
	return a.place < b.place || a.place == b.place && a.number > b.number
}

func (p *priority[T]) Push(task T, number uint64) error {
	class := p.of(task)
	if class < 0 {
		return fmt.Errorf("%w, got %d", ErrClass, class)
	}
	beyond, later := bits.Mul64(uint64(class), p.overtakes)
	place, carry := bits.Add64(number, later, 0)
	p.heap = append(p.heap, placed[T]{numbered[T]{task, number}, beyond + carry, place})
	p.rise(len(p.heap) - 1)
	return nil
}

func (p *priority[T]) Ready() int { return len(p.heap) }

func (p *priority[T]) Pop() (task T, number uint64) {
	first, end := p.heap[0], len(p.heap)-1
	p.heap[0], p.heap[end] = p.heap[end], placed[T]{} // the heap must not keep a task alive
	p.heap = p.heap[:end]
	p.sink(0)
	return first.task, first.number
}

func (p *priority[T]) Finish(T) {}

func (p *priority[T]) Rest() []T {
	var rest []numbered[T]
	for _, it := range p.heap {
		rest = append(rest, it.numbered)
	}
	p.heap = nil
	return byAcceptance(rest)
}

func (p *priority[T]) rise(at int) {
	for at > 0 {
		parent := (at - 1) / 2
		if !p.heap[at].before(p.heap[parent]) {
			return
		}
		p.heap[at], p.heap[parent] = p.heap[parent], p.heap[at]
		at = parent
	}
}

func (p *priority[T]) sink(at int) {
	for {
		first := at
		for child := 2*at + 1; child <= 2*at+2 && child < len(p.heap); child++ {
			if p.heap[child].before(p.heap[first]) {
				first = child
			}
		}
		if first == at {
			return
		}
		p.heap[at], p.heap[first] = p.heap[first], p.heap[at]
		at = first
	}
}
