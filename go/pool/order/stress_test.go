package order_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"capstan/pool"
	"capstan/pool/order"
)

const (
	producers = 6
	each      = 3000
	keys      = 5
)

// numberedJob is a job of one producer, which numbers them for each key.
type numberedJob struct {
	producer, key, number int
}

// witness sees what the handlers of a pool do.
type witness struct {
	limit    int
	running  [keys]atomic.Int32
	last     [keys][producers]atomic.Int32
	ran      [producers][each]atomic.Int32
	overfull atomic.Int32
	unsorted atomic.Int32
}

func (w *witness) handle(_ context.Context, j *numberedJob) error {
	if int(w.running[j.key].Add(1)) > w.limit {
		w.overfull.Add(1)
	}
	if w.limit == 1 && w.last[j.key][j.producer].Swap(int32(j.number)) >= int32(j.number) {
		w.unsorted.Add(1)
	}
	w.ran[j.producer][j.number-1].Add(1)
	if j.number%3 == 0 {
		runtime.Gosched()
	}
	w.running[j.key].Add(-1)
	switch j.number % 20 {
	case 1:
		panic(j.number)
	case 2:
		runtime.Goexit()
	}
	return nil
}

// stress submits from several goroutines while the pool is resized, drains when that many
// tasks have been accepted, or with 0 when all have been submitted, and returns how many
// were accepted.
func (w *witness) stress(t *testing.T, o pool.Order[*numberedJob], deadline context.Context, drainAfter uint64) (accepted, refused int64, report pool.Report[*numberedJob]) {
	t.Helper()
	p, err := pool.New(pool.Config[*numberedJob]{
		Workers: 6, Queue: 20, Handle: w.handle, Order: o, IdleTimeout: time.Microsecond,
		MaxSize: 100, Size: func(j *numberedJob) int64 { return int64(j.key) },
	})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var took, turned atomic.Int64
	for producer := range producers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(producer), 2))
			for number := 1; number <= each; number++ {
				j := &numberedJob{producer, min(random.IntN(keys), random.IntN(keys)), number}
				err := p.Submit(context.Background(), j)
				switch {
				case err == nil:
					took.Add(1)
				case errors.Is(err, order.ErrKeyFull):
					turned.Add(1)
				case errors.Is(err, pool.ErrClosed):
					return
				default:
					t.Errorf("Submit: %v", err)
				}
				if number%50 == 0 {
					_ = p.Resize(1 + random.IntN(6))
				}
			}
		})
	}
	if drainAfter == 0 {
		all.Wait()
	}
	for p.Stats().Accepted < drainAfter {
		runtime.Gosched()
	}
	report = p.Drain(deadline)
	all.Wait()
	if s := p.Stats(); s.Accepted != uint64(took.Load()) || s.Busy == 0 && s.Size != 0 {
		t.Errorf("%d accepted, and %+v", took.Load(), s)
	}
	return took.Load(), turned.Load(), report
}

func (w *witness) check(t *testing.T, accepted int64, report pool.Report[*numberedJob]) {
	t.Helper()
	var ran int64
	for producer := range producers {
		for number := range each {
			times := int64(w.ran[producer][number].Load())
			if times > 1 {
				t.Errorf("a task ran %d times", times)
			}
			ran += times
		}
	}
	if ran+int64(len(report.Unstarted)) != accepted {
		t.Errorf("%d ran and %d did not start, of %d", ran, len(report.Unstarted), accepted)
	}
	if w.overfull.Load() > 0 || w.unsorted.Load() > 0 {
		t.Errorf("%d times too many of a key ran, %d times in the wrong order", w.overfull.Load(), w.unsorted.Load())
	}
}

func keyOfJob(j *numberedJob) int { return j.key }

func TestStressSerial(t *testing.T) {
	o, err := order.Serial(keyOfJob)
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{limit: 1}
	accepted, _, report := w.stress(t, o, bg, 0)
	if accepted != producers*each || !report.Complete() {
		t.Errorf("%d accepted, and %+v", accepted, report)
	}
	w.check(t, accepted, report)
}

func TestStressWithLimits(t *testing.T) {
	o, err := order.Fair(order.FairConfig[*numberedJob, int]{
		Key: keyOfJob, Running: func(int) int { return 2 }, Held: func(int) int { return 4 },
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{limit: 2}
	accepted, refused, report := w.stress(t, o, bg, 0)
	if refused == 0 || !report.Complete() {
		t.Errorf("%d refused, and %+v", refused, report)
	}
	w.check(t, accepted, report)
}

func TestStressWithADrainPastItsDeadline(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	unstarted := 0
	for range 5 {
		serial, err1 := order.Serial(keyOfJob)
		urgent, err2 := order.Priority(order.PriorityConfig[*numberedJob]{Of: keyOfJob, Overtakes: 10})
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		for limit, o := range map[int]pool.Order[*numberedJob]{1: serial, 6: urgent} {
			w := &witness{limit: limit}
			accepted, _, report := w.stress(t, o, ended, each)
			if len(report.Stuck) > 0 {
				t.Errorf("stuck: %v", report.Stuck)
			}
			w.check(t, accepted, report)
			unstarted += len(report.Unstarted)
		}
	}
	if unstarted == 0 {
		t.Error("no drain handed anything back")
	}
}
