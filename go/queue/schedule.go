package queue

import (
	"cmp"
	"container/heap"
	"context"
	"io"
	"sync"
	"time"
)

// state is where an item stands.
type state int

const (
	waiting  state = iota // in ready
	delayed               // in timed, due when it may wait again
	inFlight              // in timed, due when its lease runs out
	settled               // in neither
)

// task is what a schedule is given.
type task struct {
	id         string
	payload    []byte
	headers    packed
	published  time.Time // zero: not known
	attempts   int       // that count before the first delivery
	alone      bool      // delivered only while nothing else is in flight or could be
	deadReason string    // see Delivery.DeadReason
}

// item is one unsettled task.
type item struct {
	task
	order uint64 // place among the waiting
	state state
	due   time.Time
	lease *lease
	index int // in its heap
}

// lease is one delivery of an item; its address tells it from the item's other deliveries.
type lease struct{ item *item }

// schedule is what Memory and Folder share: who waits, who is delayed, who is in flight and
// until when. It owns no goroutine and no timer: time passes when somebody calls it, and a
// blocked next waits for the earliest due time itself.
type schedule struct {
	ackWait  time.Duration
	capacity int // unsettled items; 0 means no bound

	mu            sync.Mutex
	exitWhenIdle  bool
	ready         itemHeap
	timed         itemHeap
	unsettled     int
	ordinary      int // unsettled items that need not run alone
	inFlight      int
	aloneInFlight bool
	sequence      uint64
	changed       chan struct{} // closed and renewed when a blocked next has to look again
	ended         bool          // next has said that no task will come
	closed        bool
}

func newSchedule(ackWait time.Duration, capacity int, exitWhenIdle bool) *schedule {
	return &schedule{
		ackWait: ackWait, capacity: capacity, exitWhenIdle: exitWhenIdle,
		ready:   itemHeap{before: func(a, b *item) bool { return a.alone == b.alone && a.order < b.order || !a.alone && b.alone }},
		timed:   itemHeap{before: dueBefore},
		changed: make(chan struct{}),
	}
}

// dueBefore keeps those that are due at the same time in order.
func dueBefore(a, b *item) bool {
	return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.order, b.order)) < 0
}

// add makes a task wait at the end of the order, if it is due, or else when it is; tasks that run
// alone come after all others. Once next has returned io.EOF it takes none, as nobody would run it.
func (s *schedule) add(t task, due time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.ended {
		return ErrClosed
	}
	if s.capacity > 0 && s.unsettled >= s.capacity {
		return ErrFull
	}
	s.unsettled++
	if !t.alone {
		s.ordinary++
	}
	now := time.Now()
	s.advance(now) // those that were due before keep their places before it
	it := &item{task: t, order: s.place()}
	s.waitUntil(it, due, now)
	s.wake()
	return nil
}

// taking is the error that add would fail with whatever the task.
func (s *schedule) taking() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.ended {
		return ErrClosed
	}
	return nil
}

// next blocks until it can deliver up to max items. At the time until (zero: never) it returns
// empty-handed, without an error.
func (s *schedule) next(ctx context.Context, max int, until time.Time) ([]Delivery, error) {
	var empty time.Time // since when no task was there
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		batch, due, changed, err := s.poll(max)
		if err != nil {
			return nil, err
		}
		if len(batch) > 0 {
			if !empty.IsZero() {
				addWaited(batch, time.Since(empty))
			}
			return batch, nil
		}
		if empty.IsZero() {
			empty = time.Now()
		}
		if !until.IsZero() {
			if !time.Now().Before(until) {
				return nil, nil
			}
			if due.IsZero() || until.Before(due) {
				due = until
			}
		}
		await(ctx, changed, due)
	}
}

// poll takes what can be delivered now. If that is nothing it says when the next item is due
// and gives the channel that is closed when something changes before.
func (s *schedule) poll(max int) (batch []Delivery, due time.Time, changed <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, time.Time{}, nil, ErrClosed
	}
	now := time.Now()
	s.advance(now)
	if batch = s.take(max, now); len(batch) > 0 {
		return batch, time.Time{}, nil, nil
	}
	if s.exitWhenIdle && s.unsettled == 0 {
		s.ended = true
		return nil, time.Time{}, nil, io.EOF
	}
	if len(s.timed.items) > 0 {
		due = s.timed.items[0].due
	}
	return nil, due, s.changed, nil
}

func addWaited(batch []Delivery, waited time.Duration) {
	for i := range batch {
		batch[i].Waited += waited
	}
}

func await(ctx context.Context, changed <-chan struct{}, due time.Time) {
	var alarm <-chan time.Time
	if !due.IsZero() {
		timer := time.NewTimer(time.Until(due))
		defer timer.Stop()
		alarm = timer.C
	}
	select {
	case <-ctx.Done():
	case <-changed:
	case <-alarm:
	}
}

// advance makes wait what is due: delays that are over, and leases that ran out.
func (s *schedule) advance(now time.Time) {
	for len(s.timed.items) > 0 && !s.timed.items[0].due.After(now) {
		it := s.timed.items[0]
		s.withdraw(it)
		it.order = s.place()
		s.wait(it)
	}
}

// take puts up to max of the waiting in flight.
func (s *schedule) take(max int, now time.Time) []Delivery {
	var batch []Delivery
	for len(batch) < max && s.deliverable() {
		it := heap.Pop(&s.ready).(*item)
		it.count(1)
		it.state, it.due, it.lease = inFlight, now.Add(s.ackWait), &lease{it}
		heap.Push(&s.timed, it)
		s.inFlight++
		s.aloneInFlight = it.alone
		batch = append(batch, Delivery{
			ID: it.id, Payload: it.payload, Headers: it.headers.unpack(), Published: it.published,
			Attempt: it.attempts, DeadReason: it.deadReason, Receipt: it.lease,
		})
	}
	return batch
}

// count counts an attempt, unless the task is not to be tried.
func (t *task) count(n int) {
	if t.deadReason == "" {
		t.attempts += n
	}
}

// deliverable says whether the first of the waiting may go now.
func (s *schedule) deliverable() bool {
	if len(s.ready.items) == 0 || s.aloneInFlight {
		return false
	}
	return !s.ready.items[0].alone || s.inFlight == 0 && s.ordinary == 0
}

// finish settles d's task for good, also when its lease ran out.
func (s *schedule) finish(d Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	it := leased(d)
	if it == nil || it.state == settled {
		return ErrStale
	}
	s.withdraw(it)
	s.unsettled--
	if !it.alone {
		s.ordinary--
	}
	s.wake()
	return nil
}

// retry makes d's task wait again after delay, at the end of the order.
func (s *schedule) retry(d Delivery, delay time.Duration) error {
	return s.update(d, func(it *item, now time.Time) {
		s.withdraw(it)
		it.order = s.place()
		s.waitUntil(it, now.Add(delay), now)
	})
}

// release makes d's task wait again at its old place, as if it had not been delivered.
func (s *schedule) release(d Delivery) error {
	return s.update(d, func(it *item, _ time.Time) {
		s.withdraw(it)
		it.count(-1)
		s.wait(it)
	})
}

// snooze is release until delay has passed; the task loses its place.
func (s *schedule) snooze(d Delivery, delay time.Duration) error {
	return s.update(d, func(it *item, now time.Time) {
		s.withdraw(it)
		it.count(-1)
		it.order = s.place()
		s.waitUntil(it, now.Add(delay), now)
	})
}

// extend renews d's lease.
func (s *schedule) extend(d Delivery) error {
	return s.update(d, func(it *item, now time.Time) {
		it.due = now.Add(s.ackWait)
		heap.Fix(&s.timed, it.index)
	})
}

// held says whether d is the delivery that its task is in flight with, or else whether the
// task is settled.
func (s *schedule) held(d Delivery) (current, done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance(time.Now())
	it := leased(d)
	if it == nil {
		return false, false
	}
	return it.state == inFlight && it.lease == d.Receipt, it.state == settled
}

// update changes the item that d holds the lease of.
func (s *schedule) update(d Delivery, change func(it *item, now time.Time)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	now := time.Now()
	s.advance(now)
	it := leased(d)
	if it == nil || it.state != inFlight || d.Receipt != it.lease {
		return ErrStale
	}
	change(it, now)
	s.wake()
	return nil
}

func (s *schedule) backlog() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, ErrClosed
	}
	s.advance(time.Now())
	return s.unsettled - s.inFlight, nil
}

func (s *schedule) idle() (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false, ErrClosed
	}
	return s.unsettled == 0, nil
}

func (s *schedule) endWhenIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exitWhenIdle = true
	s.wake()
}

func (s *schedule) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		s.wake()
	}
}

// wait puts a loose item among the waiting.
func (s *schedule) wait(it *item) {
	it.state = waiting
	heap.Push(&s.ready, it)
}

// waitUntil puts a loose item among the waiting, or keeps it back until due.
func (s *schedule) waitUntil(it *item, due, now time.Time) {
	if !due.After(now) {
		s.wait(it)
		return
	}
	it.state, it.due = delayed, due
	heap.Push(&s.timed, it)
}

// withdraw makes an item loose, wherever it is.
func (s *schedule) withdraw(it *item) {
	switch it.state {
	case waiting:
		heap.Remove(&s.ready, it.index)
	case inFlight:
		s.inFlight--
		s.aloneInFlight = s.aloneInFlight && !it.alone
		it.lease = nil
		heap.Remove(&s.timed, it.index)
	case delayed:
		heap.Remove(&s.timed, it.index)
	}
	it.state = settled
}

// place is the next place at the end of the order.
func (s *schedule) place() uint64 {
	s.sequence++
	return s.sequence
}

// wake makes every blocked next look again.
func (s *schedule) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// leased is the item that d was a delivery of, nil if d is not of this kind of queue.
func leased(d Delivery) *item {
	if l, ok := d.Receipt.(*lease); ok && l != nil {
		return l.item
	}
	return nil
}
