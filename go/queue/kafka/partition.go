package kafka

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
)

// state is where a task is in its life.
type state uint8

const (
	stateWaiting state = iota
	stateFlying
	stateSettled
)

// task is one record from its reading until all before it are settled. The queue's mutex guards it.
type task struct {
	partition  *partition
	offset     int64
	epoch      int32       // of the leader that it was read from
	record     *kgo.Record // nil once settled
	state      state
	deliveries int // tells a delivery from an earlier one of the same task
	dead       string
}

// partition is one that this member owns, for as long as it does; a later time has a new one. The
// queue's mutex guards it.
type partition struct {
	id        int32
	open      []*task // from the oldest that is not settled on
	next      int64   // everything before it is settled; -1: unknown
	epoch     int32   // of next
	committed int64   // next as the broker knows it; -1: not of our making
	read      int64   // offset after the latest record; -1: none yet
	waiting   int     // tasks that are not delivered
	flying    int
	// keys are those with a task that waits on the shelf or flies; the others of the key wait here.
	keys    map[string][]*task
	leaving bool          // no more is delivered
	landed  chan struct{} // of one that leaves: closed once nothing flies
	gone    bool          // deliveries are stale
	// Of one that came back behind a lost membership: everything before floor is settled, and so
	// are, or fly, the tasks of before, by their offset. It may not be committed.
	floor  int64
	before map[int64]*task
}

func newPartition(id int32) *partition {
	return &partition{id: id, next: -1, committed: -1, read: -1, keys: make(map[string][]*task)}
}

// comeBack takes over what is known of a partition from when it was lost.
func (p *partition) comeBack(lost *partition) {
	p.floor = max(lost.floor, lost.next)
	p.before = lost.before
	if p.before == nil {
		p.before = make(map[int64]*task)
	}
	for _, t := range lost.open {
		if t.state != stateWaiting {
			p.before[t.offset] = t
		}
	}
}

// known takes in a record that was delivered before the partition came back, and says whether it
// was. The offset to commit follows what is read, since somebody else may have been further.
func (p *partition) known(r *kgo.Record) bool {
	t := p.before[r.Offset]
	delete(p.before, r.Offset)
	if r.Offset < p.floor {
		t = &task{offset: r.Offset, epoch: r.LeaderEpoch, state: stateSettled}
	}
	if t == nil || t.state == stateWaiting {
		return false
	}
	t.partition = p
	p.open = append(p.open, t)
	if t.state == stateFlying {
		p.flying++
		if len(r.Key) > 0 {
			p.keys[string(r.Key)] = nil
		}
	}
	return true
}

// advance moves next over what is settled, and says whether it moved.
func (p *partition) advance() bool {
	moved := false
	for len(p.open) > 0 && p.open[0].state == stateSettled {
		p.next, p.epoch = p.open[0].offset+1, p.open[0].epoch
		p.open[0] = nil
		p.open = p.open[1:]
		moved = true
	}
	return moved
}

// unlock lets go of a task's key, and returns the next of it, which may be delivered now.
func (p *partition) unlock(key []byte) *task {
	if len(key) == 0 {
		return nil
	}
	behind := p.keys[string(key)]
	if len(behind) == 0 {
		delete(p.keys, string(key))
		return nil
	}
	p.keys[string(key)] = behind[1:]
	return behind[0]
}

// shelf has the tasks that can be delivered, in the order of their reading; those that were handed
// back come first.
type shelf struct {
	back  []*task // by offset
	first []*task
	bytes int
}

func sizeOf(t *task) int { return len(t.record.Key) + len(t.record.Value) }

func (s *shelf) len() int { return len(s.back) + len(s.first) }

func (s *shelf) add(t *task) {
	s.first = append(s.first, t)
	s.bytes += sizeOf(t)
}

func (s *shelf) putBack(t *task) {
	at, _ := slices.BinarySearchFunc(s.back, t.offset, func(it *task, offset int64) int {
		return int(it.offset - offset)
	})
	s.back = slices.Insert(s.back, at, t)
	s.bytes += sizeOf(t)
}

// take returns the next task, or nil.
func (s *shelf) take() *task {
	from := &s.first
	if len(s.back) > 0 {
		from = &s.back
	}
	if len(*from) == 0 {
		return nil
	}
	t := (*from)[0]
	(*from)[0] = nil
	*from = (*from)[1:]
	s.bytes -= sizeOf(t)
	return t
}

// clear removes the tasks of a partition.
func (s *shelf) clear(p *partition) {
	drop := func(t *task) bool {
		if t.partition != p {
			return false
		}
		s.bytes -= sizeOf(t)
		return true
	}
	s.back, s.first = slices.DeleteFunc(s.back, drop), slices.DeleteFunc(s.first, drop)
}
