package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"capstan/queue"
	"capstan/test/faults/agreement"
)

// ledger is the producer's account.
type ledger struct {
	mu        sync.Mutex
	published map[string]bool // tried
	confirmed map[string]bool // the broker has said that it has them
	retries   int             // publications that failed, or were not answered
}

func newLedger() *ledger {
	return &ledger{published: make(map[string]bool), confirmed: make(map[string]bool)}
}

func (l *ledger) try(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.published[id] = true
}

func (l *ledger) note(id string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.retries++
	} else {
		l.confirmed[id] = true
	}
}

func (l *ledger) ids() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.confirmed))
}

func (l *ledger) counts() (confirmed, retries int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.confirmed), l.retries
}

// load is what a producer publishes.
type load struct {
	// tasks is how many; 0: until [play.enough].
	tasks int
	every time.Duration // between two tasks
	task  func(i int) agreement.Payload
	// addresses of the broker, if not its own.
	addresses []string
	// attempts bounds the publications of one task; 0: until it is confirmed.
	attempts int
	prefix   string
}

// producers is how many tasks are published at once.
const producers = 4

// publish publishes the load, until stop ends. A task that is not confirmed is published again, with
// the same id, until it is.
func (p *play) publish(ctx, stop context.Context, l load) error {
	target := p.broker.target(l.addresses)
	publisher, err := p.broker.driver().OpenPublisher(ctx, "producer", &target, discard)
	if err != nil {
		return err
	}
	defer publisher.Close()
	next := make(chan agreement.Payload)
	var running sync.WaitGroup
	for range producers {
		running.Go(func() {
			for task := range next {
				p.publishOne(ctx, publisher, task, l.attempts)
			}
		})
	}
	ticker := time.NewTicker(max(l.every, time.Microsecond))
	defer ticker.Stop()
	for i := 0; (l.tasks == 0 || i < l.tasks) && ctx.Err() == nil && stop.Err() == nil; i++ {
		task := l.task(i)
		task.ID = fmt.Sprintf("%s%05d", l.prefix, i)
		next <- task
		<-ticker.C
	}
	close(next)
	running.Wait()
	return ctx.Err()
}

func (p *play) publishOne(ctx context.Context, to queue.Publisher, task agreement.Payload, attempts int) {
	text, err := json.Marshal(task)
	if err != nil {
		panic(err)
	}
	p.ledger.try(task.ID)
	for n := 1; ctx.Err() == nil; n++ {
		err := to.Publish(ctx, queue.Task{ID: task.ID, Payload: text})
		p.ledger.note(task.ID, err)
		if err == nil || n == attempts {
			return
		}
		pause(ctx, retryPause)
	}
}

// retryPause is between two publications of one task.
const retryPause = 100 * time.Millisecond

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
