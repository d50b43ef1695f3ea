package pool

// ring is a FIFO queue that grows to the largest size it has held and is then free
// of allocations. The zero value is ready for use.
type ring[T any] struct {
	slots  []T // length is zero or a power of two
	popped uint64
	pushed uint64
}

const ringStart = 16

func (r *ring[T]) len() int { return int(r.pushed - r.popped) }

func (r *ring[T]) isFull() bool { return r.len() == len(r.slots) }

// put adds a value. The ring must not be full.
func (r *ring[T]) put(v T) {
	r.slots[r.pushed&uint64(len(r.slots)-1)] = v
	r.pushed++
}

// pop takes the oldest value. The ring must not be empty.
func (r *ring[T]) pop() T {
	slot := &r.slots[r.popped&uint64(len(r.slots)-1)]
	v := *slot
	var zero T
	*slot = zero // the ring must not keep a finished task alive
	r.popped++
	return v
}

func (r *ring[T]) grow() {
	slots := make([]T, max(ringStart, 2*len(r.slots)))
	for i := r.popped; i != r.pushed; i++ {
		slots[i&uint64(len(slots)-1)] = r.slots[i&uint64(len(r.slots)-1)]
	}
	r.slots = slots
}
