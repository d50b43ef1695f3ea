package worker

import (
	"sync"
	"time"

	"capstan/contract"
)

// breakerState is where a breaker stands, and the value of capstan_breaker_state.
type breakerState int

const (
	breakerClosed breakerState = iota
	breakerProbing
	breakerOpen
)

// String is the state as the log names it.
func (s breakerState) String() string { return [...]string{"closed", "probing", "open"}[s] }

// evidence is what an attempt says about what it calls.
type evidence int

const (
	noEvidence evidence = iota // handed back, or an error that is its own input's
	succeeded
	failed
)

// breaker stops fetching while what handlers call is failing. Open, it lets nothing through; when
// its time is over it probes with a few tasks, and closes or opens again by what comes of them.
// Safe for concurrent use.
type breaker struct {
	onChange func(breakerState) // called with the mutex held

	mu      sync.Mutex
	rule    *contract.Breaker // nil: never opens
	state   breakerState
	attempt *window   // failures of attempts, while closed
	until   time.Time // while open
	round   int       // number of the latest change of state: results of earlier rounds do not count
	probing int       // probes that have no result
	results [2]int    // of probes: succeeded, failed
	changed chan struct{}
}

func newBreaker(rule *contract.Breaker, onChange func(breakerState)) *breaker {
	b := &breaker{onChange: onChange, changed: make(chan struct{}, 1)}
	b.set(rule)
	return b
}

// set replaces the rule, and closes the breaker if it is another one.
func (b *breaker) set(rule *contract.Breaker) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if rule != nil && b.rule != nil && *rule == *b.rule {
		return
	}
	b.rule = rule
	if rule != nil {
		b.attempt = newWindow(contract.Seconds(rule.WindowSeconds))
	}
	if b.state != breakerClosed {
		b.turn(breakerClosed)
	}
	b.signal()
}

func (b *breaker) closed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state == breakerClosed
}

// reserve is how many of want tasks may be fetched now. 0 comes with how long to wait at most; a
// send on changed may end the wait earlier. What is not used has to be given back.
func (b *breaker) reserve(now time.Time, want int) (n int, wait time.Duration, ticket int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire(now)
	switch b.state {
	case breakerClosed:
		return want, 0, 0
	case breakerOpen:
		return 0, b.until.Sub(now), 0
	}
	n = min(want, b.rule.Probes-b.probing-b.results[0]-b.results[1])
	b.probing += n
	return n, longestWait, b.round
}

// giveBack returns n reserved probes that did not come to be.
func (b *breaker) giveBack(ticket, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ticket == b.round && b.state == breakerProbing {
		b.probing -= n
		b.signal()
	}
}

// admits says whether a task that was fetched with ticket may start, and in which round it does.
func (b *breaker) admits(now time.Time, ticket int) (round int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire(now)
	return b.round, b.state == breakerClosed || b.state == breakerProbing && ticket == b.round
}

// record takes what came of an attempt that started in round.
func (b *breaker) record(now time.Time, round int, e evidence) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rule == nil || round != b.round {
		return
	}
	switch b.state {
	case breakerClosed:
		b.count(now, e)
	case breakerProbing:
		b.probing--
		b.probe(now, e)
		b.signal()
	}
}

func (b *breaker) count(now time.Time, e evidence) {
	if e == noEvidence {
		return
	}
	failure := 0
	if e == failed {
		failure = 1
	}
	b.attempt.add(now, failure, 1)
	if of, all := b.attempt.sum(now); e == failed && all >= b.rule.LeastAttempts && share(of, all) >= b.rule.FailureShare {
		b.open(now)
	}
}

func (b *breaker) probe(now time.Time, e evidence) {
	switch e {
	case succeeded:
		b.results[0]++
	case failed:
		b.results[1]++
	}
	switch good, bad, all := b.results[0], b.results[1], b.rule.Probes; {
	case share(bad, all) >= b.rule.FailureShare:
		b.open(now)
	case good+bad == all:
		b.attempt = newWindow(b.attempt.span)
		b.turn(breakerClosed)
	}
}

func share(of, all int) float64 { return float64(of) / float64(all) }

func (b *breaker) open(now time.Time) {
	b.until = now.Add(contract.Seconds(b.rule.OpenSeconds))
	b.turn(breakerOpen)
}

// expire lets probes through when the time is over.
func (b *breaker) expire(now time.Time) {
	if b.state == breakerOpen && !now.Before(b.until) {
		b.probing, b.results = 0, [2]int{}
		b.turn(breakerProbing)
	}
}

func (b *breaker) turn(to breakerState) {
	b.state = to
	b.round++
	b.onChange(to)
	b.signal()
}

func (b *breaker) signal() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}
