package worker

import (
	"context"
	"sync"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/tracing"
)

const (
	// ackBatches is how many batches of acknowledgements are on their way at once: while one waits
	// for its confirmation, the next gather. More than one, so that a broker that leaves some
	// unanswered does not hold up the rest.
	ackBatches = 4
	// ackBatch bounds one batch.
	ackBatch = 512
	// ackLinger is how long a batch of acknowledgements gathers: nobody waits for them, and a batch
	// costs little more than one.
	ackLinger = 2 * time.Millisecond
	// singleSettles is how many calls that settle one delivery each are on their way at once.
	singleSettles = 16
)

// settlement is a flight and what is to become of it.
type settlement struct {
	flight  *flight
	verdict verdict
}

// settler tells the queue what became of deliveries, so that no slot waits for a confirmation:
// acknowledgements in batches where the queue takes them, all else a few at a time. What is not
// confirmed stays in flights, so it is bounded as those are, and its lease is renewed.
//
// A queue inside the process has nothing to wait for, and is told at once.
type settler struct {
	engine *engine
	acks   lane
	others lane
	direct bool

	ctx context.Context // of all calls to the queue
	end context.CancelFunc
}

func newSettler(e *engine) *settler {
	s := &settler{engine: e}
	s.ctx, s.end = context.WithCancel(context.Background())
	s.others = newLane(singleSettles, 1, func(batch []settlement) { s.tell(batch[0]) })
	acker, takesBatches := batchAcker(e.queue)
	s.acks = newLane(singleSettles, 1, func(batch []settlement) { s.tell(batch[0]) })
	if takesBatches {
		s.acks = newLane(ackBatches, ackBatch, func(batch []settlement) { s.ack(acker, batch) })
		s.acks.linger = ackLinger
	}
	s.direct = !takesBatches && !e.shared
	return s
}

// batchAcker is a queue that takes batches, inside of a source too.
func batchAcker(q queue.Queue) (queue.BatchAcker, bool) {
	if opened, isSource := q.(*source); isSource {
		q = opened.Queue
	}
	acker, takesBatches := q.(queue.BatchAcker)
	return acker, takesBatches
}

// take settles a flight, now or soon. It blocks only for a queue inside the process.
func (s *settler) take(f *flight, v verdict) {
	it := settlement{f, v}
	switch {
	case s.direct:
		s.tell(it)
	case v.outcome == outcomeDone, v.outcome == outcomeAlreadyDone:
		s.acks.add(it)
	default:
		s.others.add(it)
	}
}

// flush returns when everything that was taken is settled, or given up.
func (s *settler) flush() {
	s.others.wait()
	s.acks.wait()
}

// limited is the context of one call: longer than the ack wait nobody waits for an answer.
func (s *settler) limited() (context.Context, context.CancelFunc) {
	return context.WithTimeout(s.ctx, contract.Seconds(s.engine.config.Task.AckWaitSeconds))
}

func (s *settler) ack(acker queue.BatchAcker, batch []settlement) {
	deliveries := make([]queue.Delivery, len(batch))
	for i, it := range batch {
		deliveries[i] = it.flight.delivery
	}
	ctx, cancel := s.limited()
	defer cancel()
	errs := acker.AckBatch(ctx, deliveries)
	for i, it := range batch {
		var err error
		if errs != nil {
			err = errs[i]
		}
		s.engine.settled(it, err)
	}
}

func (s *settler) tell(it settlement) {
	ctx, cancel := s.limited()
	defer cancel()
	var err error
	switch q, d, v := s.engine.queue, it.flight.delivery, it.verdict; v.outcome {
	case outcomeDone, outcomeAlreadyDone:
		err = q.Ack(ctx, d)
	case outcomeDead:
		err = q.Dead(ctx, d, v.letter())
	case outcomeRetried:
		err = q.Nak(ctx, d, v.delay)
	case outcomeReleased:
		err = q.Release(ctx, d)
	case outcomeSnoozed:
		err = q.(queue.Snoozer).Snooze(ctx, d, v.delay)
	}
	s.engine.settled(it, err)
}

// settled books what the queue has confirmed. What it has not is delivered again when the lease
// runs out.
func (e *engine) settled(it settlement, err error) {
	f, v := it.flight, it.verdict
	if err != nil {
		e.metrics.unsettled.Inc()
		e.log.ErrorContext(f.logContext(), "task not settled", "id", f.delivery.ID, "outcome", v.outcome, "attempt", f.delivery.Attempt, "error", err)
	} else {
		e.tally.settled(f, v, time.Now())
		e.metrics.settled(f, v, tracing.Exemplar(f.logContext(), e.tracer))
		e.logFinished(f, v)
	}
	e.flights.drop(f)
	if e.trial.goesOn.Load() {
		e.trial.notice()
	}
}

// lane runs settlements in batches, the oldest first, a few batches at once. One batch gathers at a
// time: several would share what comes between them.
type lane struct {
	most, batch int
	linger      time.Duration // how long a batch gathers
	run         func([]settlement)

	mu        *sync.Mutex
	idle      *sync.Cond // nothing waits or runs
	waiting   []settlement
	gathering bool // somebody is about to take what waits
	running   int
}

func newLane(most, batch int, run func([]settlement)) lane {
	mu := new(sync.Mutex)
	return lane{most: most, batch: batch, run: run, mu: mu, idle: sync.NewCond(mu)}
}

func (l *lane) add(it settlement) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, it)
	l.gather()
}

// gather has somebody take what waits, unless nothing does, somebody will, or all are under way.
func (l *lane) gather() {
	if len(l.waiting) > 0 && !l.gathering && l.running < l.most {
		l.gathering = true
		l.running++
		go l.work()
	}
}

// work runs batches until none waits, or somebody else gathers the next.
func (l *lane) work() {
	for goesOn := true; goesOn; goesOn = l.again() {
		if l.linger > 0 {
			time.Sleep(l.linger)
		}
		l.run(l.next())
	}
}

// next takes a batch, of which there is one.
func (l *lane) next() []settlement {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.waiting), l.batch)
	batch := l.waiting[:n:n]
	if l.waiting = l.waiting[n:]; len(l.waiting) == 0 {
		l.waiting = nil
	}
	l.gathering = false
	l.gather()
	return batch
}

// again says whether the caller is to gather the next batch; otherwise it ends.
func (l *lane) again() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) > 0 && !l.gathering {
		l.gathering = true
		return true
	}
	if l.running--; l.running == 0 {
		l.idle.Broadcast()
	}
	return false
}

func (l *lane) wait() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.running > 0 {
		l.idle.Wait()
	}
}
