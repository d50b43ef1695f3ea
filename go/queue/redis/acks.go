package redis

import (
	"context"
	"sync"
	"time"

	"capstan/queue"
	"capstan/queue/driver"
)

var _ queue.BatchAcker = (*Queue)(nil)

const (
	// mostAcks bounds the tasks of one request: a script takes some thousands of arguments.
	mostAcks = 1000
	// ackSpacing is the least time between two requests: under load, acknowledgements meet in few
	// of them. One that comes after a while waits for nothing.
	ackSpacing = time.Millisecond
)

// Ack implements [queue.Queue]. What other goroutines acknowledge at the same time is sent along.
func (q *Queue) Ack(ctx context.Context, d queue.Delivery) error {
	call := ackCall{ctx: ctx, receipts: []*receipt{d.Receipt.(*receipt)}}
	q.acks.settle(&call)
	return call.err(0)
}

// AckBatch implements [queue.BatchAcker].
func (q *Queue) AckBatch(ctx context.Context, batch []queue.Delivery) []error {
	call := ackCall{ctx: ctx, receipts: make([]*receipt, len(batch))}
	for i, d := range batch {
		call.receipts[i] = d.Receipt.(*receipt)
	}
	q.acks.settle(&call)
	return call.errs
}

// acks sends acknowledgements: while one request is on its way, those that come meet in the next.
type acks struct {
	queue *Queue

	mu      sync.Mutex
	waiting []*ackRequest
	sending bool
	sent    time.Time // when the latest request was
}

// ackCall is what one caller acknowledges.
type ackCall struct {
	ctx      context.Context
	receipts []*receipt
	errs     []error // of each; nil: none
}

func (c *ackCall) err(i int) error {
	if c.errs == nil {
		return nil
	}
	return c.errs[i]
}

func (c *ackCall) fail(i int, err error) {
	if c.errs == nil {
		c.errs = make([]error, len(c.receipts))
	}
	c.errs[i] = err
}

// ackRequest is the part of a call that the server is to be told of. done is closed once stale and
// err are in place.
type ackRequest struct {
	ctx     context.Context
	numbers []any
	stale   []int // places in numbers of those that were settled before
	err     error
	done    chan struct{}
}

// settle tells the server of a call, and waits until it has heard, or the call or the queue ends.
func (a *acks) settle(call *ackCall) {
	if a.queue.open.Err() != nil {
		for i := range call.receipts {
			call.fail(i, queue.ErrClosed)
		}
		return
	}
	places := make([]int, 0, len(call.receipts))
	request := &ackRequest{ctx: call.ctx, numbers: make([]any, 0, len(call.receipts)), done: make(chan struct{})}
	for i, r := range call.receipts {
		if !r.settled.take() {
			call.fail(i, queue.ErrStale)
			continue
		}
		places, request.numbers = append(places, i), append(request.numbers, r.number)
	}
	if len(places) == 0 {
		return
	}
	if err := a.send(request); err != nil {
		for _, i := range places {
			call.receipts[i].settled.undo()
			call.fail(i, err)
		}
		return
	}
	for _, place := range request.stale {
		call.fail(places[place], queue.ErrStale)
	}
}

// send puts a request in line and waits for it. One that is given up may come through all the same.
func (a *acks) send(r *ackRequest) error {
	a.mu.Lock()
	a.waiting = append(a.waiting, r)
	if !a.sending {
		a.sending = a.queue.beside(a.run)
	}
	a.mu.Unlock()
	select {
	case <-r.done:
		return r.err
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-a.queue.open.Done():
		return queue.ErrClosed
	}
}

// run sends until nobody waits.
func (a *acks) run() {
	for {
		a.gather()
		requests := a.next()
		if requests == nil {
			return
		}
		a.queue.tell(requests)
		for _, r := range requests {
			close(r.done)
		}
	}
}

// gather waits until the next request may be sent.
func (a *acks) gather() {
	a.mu.Lock()
	left := ackSpacing - time.Since(a.sent)
	a.mu.Unlock()
	if left > 0 {
		_ = driver.Pause(a.queue.open, left)
	}
}

// next takes requests off the line, as many as go together; nil ends the sending.
func (a *acks) next() []*ackRequest {
	a.mu.Lock()
	defer a.mu.Unlock()
	n, tasks := 0, 0
	for n < len(a.waiting) && (n == 0 || tasks+len(a.waiting[n].numbers) <= mostAcks) {
		tasks += len(a.waiting[n].numbers)
		n++
	}
	if n == 0 || a.queue.open.Err() != nil {
		a.sending, a.waiting = false, nil
		return nil
	}
	a.sent = time.Now()
	taken := a.waiting[:n:n]
	a.waiting = a.waiting[n:]
	return taken
}

// tell tells the server of all of them, again until it has heard or nobody waits for it: hearing
// it twice does no harm.
func (q *Queue) tell(requests []*ackRequest) {
	if len(requests) == 1 && len(requests[0].numbers) <= mostAcks {
		requests[0].stale, requests[0].err = q.tellNumbers(requests, requests[0].numbers)
		return
	}
	var numbers []any
	for _, r := range requests {
		numbers = append(numbers, r.numbers...)
	}
	var (
		stale []int
		err   error
	)
	for from := 0; from < len(numbers) && err == nil; from += mostAcks {
		var some []int
		some, err = q.tellNumbers(requests, numbers[from:min(from+mostAcks, len(numbers))])
		for _, place := range some {
			stale = append(stale, from+place)
		}
	}
	from := 0
	for _, r := range requests {
		r.err = err
		for _, place := range stale {
			if place >= from && place < from+len(r.numbers) {
				r.stale = append(r.stale, place-from)
			}
		}
		from += len(r.numbers)
	}
}

// tellNumbers returns the places of those that were settled before.
func (q *Queue) tellNumbers(requests []*ackRequest, numbers []any) (stale []int, err error) {
	arguments := append([]any{q.config.Group}, numbers...)
	for unsure := false; ; unsure = true {
		answer, err := ackScript.Run(q.open, q.client, []string{q.keys.stream, q.keys.retry, q.keys.attempts}, arguments...).Slice()
		switch {
		case isGone(err):
			return everyPlace(len(numbers)), nil
		case err == nil && unsure:
			return nil, nil // settled before: by the try that was not answered
		case err == nil:
			for _, place := range answer {
				n, _ := place.(int64)
				stale = append(stale, int(n))
			}
			return stale, nil
		case !isPassing(err) || !isAwaited(requests) || driver.Pause(q.open, again) != nil:
			return nil, explain(err)
		}
	}
}

func everyPlace(n int) []int {
	places := make([]int, n)
	for i := range places {
		places[i] = i
	}
	return places
}

// isAwaited says whether anybody still waits for one of the requests.
func isAwaited(requests []*ackRequest) bool {
	for _, r := range requests {
		if r.ctx.Err() == nil {
			return true
		}
	}
	return false
}
