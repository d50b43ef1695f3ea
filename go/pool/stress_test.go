package pool_test

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
)

const (
	stressWorkers   = 8
	stressQueue     = 5
	stressProducers = 8
	stressTasks     = 4000 // for each producer
	stressKinds     = 16   // task % stressKinds says what its handler does
)

// stress is one run in which everything happens at once: four ways to submit,
// contexts that end, resizes, panics, Goexits, errors and a drain.
type stress struct {
	*recorder
	pool      *pool.Pool[int]
	withdrawn atomic.Int64 // submits ended by their context
	full      atomic.Int64 // refusals by TrySubmit
}

func (s *stress) handle(_ context.Context, id int) error {
	s.start(id)
	if id%3 == 0 {
		runtime.Gosched()
	}
	s.end(id)
	switch id % stressKinds {
	case 1:
		panic(id)
	case 2:
		runtime.Goexit()
	case 3:
		return errPlanted
	}
	return nil
}

// done checks that each outcome is what the handler made it.
func (s *stress) done(t *testing.T) func(id int, err error) {
	return func(id int, err error) {
		s.report(id)
		var panicked *pool.PanicError
		var right bool
		switch id % stressKinds {
		case 1:
			right = errors.As(err, &panicked) && panicked.Value == any(id)
		case 2:
			right = errors.Is(err, pool.ErrGoexit)
		case 3:
			right = errors.Is(err, errPlanted)
		default:
			right = err == nil
		}
		if !right {
			t.Errorf("task %d is reported with %v", id, err)
		}
	}
}

// produce submits the tasks from..to-1, each in a way drawn at random, until the pool
// is closed.
func (s *stress) produce(random *rand.Rand, from, to int) {
	for id := from; id < to; {
		var err error
		switch random.IntN(8) {
		case 0:
			err = s.try(id)
			id++
		case 1:
			err = s.submitImpatiently(random, id)
			id++
		case 2:
			id, err = s.submitBatch(id, min(to, id+1+random.IntN(2*stressQueue)))
		case 3:
			_, err = s.pool.Room(bg, 1)
		default:
			if err = s.pool.Submit(bg, id); err == nil {
				s.accept(id)
			}
			id++
		}
		if errors.Is(err, pool.ErrClosed) {
			return
		}
	}
}

func (s *stress) try(id int) error {
	err := s.pool.TrySubmit(id)
	if err == nil {
		s.accept(id)
	} else if errors.Is(err, pool.ErrFull) {
		s.full.Add(1)
	}
	return err
}

// submitImpatiently races the end of the context against the acceptance.
func (s *stress) submitImpatiently(random *rand.Rand, id int) error {
	ctx, cancel := context.WithCancel(bg)
	defer cancel()
	turns := random.IntN(4)
	go func() {
		for range turns {
			runtime.Gosched()
		}
		cancel()
	}()
	err := s.pool.Submit(ctx, id)
	if err == nil {
		s.accept(id)
	} else if errors.Is(err, context.Canceled) {
		s.withdrawn.Add(1)
	}
	return err
}

func (s *stress) submitBatch(from, to int) (next int, err error) {
	batch := sequence(from, to-from)
	accepted, err := s.pool.SubmitBatch(bg, batch)
	for _, id := range batch[:accepted] {
		s.accept(id)
	}
	return to, err
}

// resize changes the size all the time, until stop is closed.
func (s *stress) resize(random *rand.Rand, stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
			_ = s.pool.Resize(1 + random.IntN(stressWorkers)) // ErrClosed near the end
			runtime.Gosched()
		}
	}
}

// runStress runs producers and a resizer; drain is called when drainAfter tasks have
// been accepted, or all have been submitted.
func runStress(t *testing.T, seed uint64, drainAfter int, drain func(*pool.Pool[int]) pool.Report[int]) (*stress, pool.Report[int]) {
	s := &stress{recorder: newRecorder(stressProducers * stressTasks)}
	s.pool = open(t, pool.Config[int]{
		Workers: stressWorkers, Queue: stressQueue, Handle: s.handle, Done: s.done(t),
		IdleTimeout: time.Microsecond, CancelGrace: time.Nanosecond, StuckAfter: time.Hour,
	})
	var producers, resizer sync.WaitGroup
	for i := range stressProducers {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		producers.Go(func() { s.produce(random, i*stressTasks, (i+1)*stressTasks) })
	}
	stop := make(chan struct{})
	resizer.Go(func() { s.resize(rand.New(rand.NewPCG(seed, stressProducers)), stop) })
	if drainAfter == 0 {
		producers.Wait()
	}
	for s.pool.Stats().Accepted < uint64(drainAfter) {
		runtime.Gosched()
	}
	report := drain(s.pool)
	close(stop)
	producers.Wait()
	resizer.Wait()
	s.handBack(report.Unstarted)
	s.handBack(report.Stuck)
	return s, report
}

// settled waits until no handler and no Done is running any more.
func (s *stress) settled() pool.Stats {
	for s.pool.Stats().Busy > 0 {
		runtime.Gosched()
	}
	return s.pool.Stats()
}

func (s *stress) check(t *testing.T, report pool.Report[int], least int) {
	t.Helper()
	stats := s.settled()
	h := s.history(stressWorkers, stressQueue)
	for _, violation := range h.violations() {
		t.Error(violation)
	}
	accepted, ran := 0, 0
	for _, task := range h.tasks {
		if task.accepted {
			accepted++
		}
		ran += task.starts
	}
	if accepted < least || s.withdrawn.Load() < 10 || s.full.Load() < 10 {
		t.Errorf("too little happened: %d accepted, %d withdrawn, %d full", accepted, s.withdrawn.Load(), s.full.Load())
	}
	if ran != accepted-len(report.Unstarted) {
		t.Errorf("%d tasks ran, of %d accepted and %d unstarted", ran, accepted, len(report.Unstarted))
	}
	if stats.Accepted != uint64(accepted) || stats.Completed != uint64(ran) {
		t.Errorf("%d accepted and %d ran, and %+v", accepted, ran, stats)
	}
	if stats.PeakBusy > stressWorkers || stats.Panicked == 0 || stats.Failed == 0 {
		t.Errorf("%+v", stats)
	}
}

func TestStressWithACleanDrain(t *testing.T) {
	s, report := runStress(t, 1, 0, func(p *pool.Pool[int]) pool.Report[int] { return p.Drain(bg) })
	if !report.Complete() {
		t.Errorf("%+v", report)
	}
	s.check(t, report, stressProducers*stressTasks*3/4)
}

func TestStressWithADrainPastItsDeadline(t *testing.T) {
	ended, cancel := context.WithCancel(bg)
	cancel()
	unstarted := 0
	for seed := range uint64(10) {
		const least = stressTasks
		s, report := runStress(t, seed, least, func(p *pool.Pool[int]) pool.Report[int] {
			other := make(chan pool.Report[int], 1)
			go func() { other <- p.Drain(bg) }()
			report := p.Drain(ended)
			if second := <-other; len(second.Unstarted) != len(report.Unstarted) || len(second.Stuck) != len(report.Stuck) {
				t.Errorf("two drains, two reports: %+v and %+v", report, second)
			}
			return report
		})
		s.check(t, report, least)
		unstarted += len(report.Unstarted)
	}
	if unstarted == 0 {
		t.Error("no drain handed anything back")
	}
}

func TestStressKeepsTheOrder(t *testing.T) {
	const tasks = 20_000
	r := newRecorder(tasks)
	p := open(t, pool.Config[int]{
		Workers: 1, Queue: 7,
		Handle: func(_ context.Context, id int) error {
			r.start(id)
			r.end(id)
			return nil
		},
		Done: func(id int, _ error) { r.report(id) },
	})
	for id := 0; id < tasks; {
		if n := 1 + id%5; n > 3 && id+n <= tasks {
			submitAll(t, p, sequence(id, n)...)
			for i := range n {
				r.accept(id + i)
			}
			id += n
			continue
		}
		if err := p.Submit(bg, id); err != nil {
			t.Fatal(err)
		}
		r.accept(id)
		id++
	}
	p.Drain(bg)
	h := r.history(1, 7)
	h.inOrder = true
	for _, violation := range h.violations() {
		t.Error(violation)
	}
	if ran := len(h.starts()); ran != tasks {
		t.Errorf("%d of %d tasks ran", ran, tasks)
	}
}

// sequence returns the n integers from `from` on.
func sequence(from, n int) []int {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = from + i
	}
	return ids
}
