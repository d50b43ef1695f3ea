package worker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"capstan/contract"
)

func testBreaker() *contract.Breaker {
	return &contract.Breaker{FailureShare: 0.5, LeastAttempts: 4, WindowSeconds: 10, OpenSeconds: 30, Probes: 2}
}

// breakerRig is a breaker with a clock of its own.
type breakerRig struct {
	*testing.T
	*breaker
	now     time.Time
	changes []breakerState
}

func newBreakerRig(t *testing.T, rule *contract.Breaker) *breakerRig {
	r := &breakerRig{T: t, now: time.Unix(1e9, 0)}
	r.breaker = newBreaker(rule, func(to breakerState) { r.changes = append(r.changes, to) })
	return r
}

// try starts and ends attempts of tasks that were fetched with ticket.
func (r *breakerRig) try(ticket int, outcomes ...evidence) {
	r.Helper()
	for _, e := range outcomes {
		round, ok := r.admits(r.now, ticket)
		if !ok {
			r.Fatalf("a task was refused in state %v", r.state)
		}
		r.record(r.now, round, e)
	}
}

func (r *breakerRig) is(want breakerState) {
	r.Helper()
	if r.state != want {
		r.Fatalf("the breaker is %v, want %v", r.state, want)
	}
}

func TestBreakerOpensAtItsShareOfFailures(t *testing.T) {
	r := newBreakerRig(t, testBreaker())
	r.try(0, failed, failed, failed) // fewer than leastAttempts
	r.is(breakerClosed)
	r.try(0, noEvidence, noEvidence) // say nothing
	r.is(breakerClosed)
	r.now = r.now.Add(11 * time.Second) // forgotten
	r.try(0, succeeded, succeeded, succeeded, failed, failed)
	r.is(breakerClosed)
	r.try(0, failed)
	r.is(breakerOpen)
	if n, wait, _ := r.reserve(r.now, 10); n != 0 || wait != 30*time.Second {
		t.Errorf("may fetch %d, or wait %v", n, wait)
	}
	if _, ok := r.admits(r.now, 0); ok {
		t.Error("a task that was fetched before may start")
	}
}

func TestBreakerProbesAndCloses(t *testing.T) {
	r := newBreakerRig(t, testBreaker())
	r.try(0, failed, failed, failed, failed)
	old := r.round
	r.now = r.now.Add(30 * time.Second)
	n, _, ticket := r.reserve(r.now, 10)
	if n != 2 {
		t.Fatalf("%d probes, want 2", n)
	}
	if more, _, _ := r.reserve(r.now, 10); more != 0 {
		t.Fatalf("%d probes beyond the 2", more)
	}
	if _, ok := r.admits(r.now, 0); ok {
		t.Error("a task that is no probe may start")
	}
	r.record(r.now, old, failed) // of an attempt that began before: it says nothing new
	r.try(ticket, noEvidence)    // gives its place back
	n, _, ticket = r.reserve(r.now, 10)
	if n != 1 {
		t.Fatalf("%d probes in place of the one without a result", n)
	}
	r.try(ticket, succeeded, succeeded)
	r.is(breakerClosed)
	r.try(0, failed, failed, failed) // the window begins anew
	r.is(breakerClosed)
	if want := []breakerState{breakerOpen, breakerProbing, breakerClosed}; !slices.Equal(r.changes, want) {
		t.Errorf("changes %v, want %v", r.changes, want)
	}
}

func TestBreakerOpensAgainWhenAProbeFails(t *testing.T) {
	r := newBreakerRig(t, testBreaker())
	r.try(0, failed, failed, failed, failed)
	r.now = r.now.Add(30 * time.Second)
	_, _, ticket := r.reserve(r.now, 10)
	r.try(ticket, failed)
	r.is(breakerOpen)
	r.giveBack(ticket, 1) // of a round that is over
	r.now = r.now.Add(30 * time.Second)
	if n, _, again := r.reserve(r.now, 10); n != 2 || again == ticket {
		t.Errorf("%d probes with ticket %d after %d", n, again, ticket)
	}
}

// Whatever happens, no more than `probes` probes are out, and all places come back.
func TestBreakerNeverLosesOrInventsAProbe(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	r := newBreakerRig(t, &contract.Breaker{FailureShare: 0.6, LeastAttempts: 3, WindowSeconds: 5, OpenSeconds: 2, Probes: 5})
	type task struct{ ticket, round int }
	var fetched, running []task
	for step := range 20000 {
		r.now = r.now.Add(time.Duration(random.IntN(500)) * time.Millisecond)
		switch random.IntN(4) {
		case 0:
			n, _, ticket := r.reserve(r.now, 1+random.IntN(4))
			used := random.IntN(n + 1)
			if ticket != 0 {
				r.giveBack(ticket, n-used)
			}
			for range used {
				fetched = append(fetched, task{ticket: ticket})
			}
		case 1:
			if len(fetched) > 0 {
				it := fetched[0]
				fetched = fetched[1:]
				if round, ok := r.admits(r.now, it.ticket); ok {
					running = append(running, task{it.ticket, round})
				} else if it.ticket != 0 {
					r.giveBack(it.ticket, 1)
				}
			}
		default:
			if len(running) > 0 {
				at := random.IntN(len(running))
				r.record(r.now, running[at].round, evidence(random.IntN(3)))
				running = slices.Delete(running, at, at+1)
			}
		}
		probes := 0
		for _, it := range append(slices.Clone(fetched), running...) {
			if it.ticket == r.round && r.state == breakerProbing {
				probes++
			}
		}
		if r.state == breakerProbing && (probes != r.probing || probes+r.results[0]+r.results[1] > 5) {
			t.Fatalf("step %d: %d probes are out, the breaker counts %d and %v", step, probes, r.probing, r.results)
		}
	}
	if len(r.changes) < 100 {
		t.Errorf("only %d changes", len(r.changes))
	}
}

func TestWindowForgetsByTenths(t *testing.T) {
	w, now := newWindow(10*time.Second), time.Unix(1000, 0)
	for range 20 {
		w.add(now, 1, 2)
		now = now.Add(time.Second)
	}
	if of, all := w.sum(now.Add(-time.Second)); of != 10 || all != 20 {
		t.Errorf("the window holds %d of %d, want 10 of 20", of, all)
	}
	if of, all := w.sum(now.Add(time.Hour)); of != 0 || all != 0 {
		t.Errorf("an hour later it holds %d of %d", of, all)
	}
}

func TestRetryBudgetIsAShareOfAttempts(t *testing.T) {
	b, now := newRetryBudget(&contract.RetryBudget{Share: 0.1, Least: 2, WindowSeconds: 10}), time.Unix(1000, 0)
	spent := func(tries int) (n int) {
		for range tries {
			if b.spend(now) {
				n++
			}
		}
		return n
	}
	if n := spent(5); n != 2 {
		t.Errorf("%d retries without attempts, want the 2 that are free", n)
	}
	for range 100 {
		b.began(now)
	}
	if n := spent(50); n != 8 {
		t.Errorf("%d more retries of 100 attempts, want 8", n)
	}
	now = now.Add(20 * time.Second)
	if n := spent(5); n != 2 {
		t.Errorf("%d retries in a new window, want 2", n)
	}
	if n := fmt.Sprint(newRetryBudget(nil).spend(now)); n != "true" {
		t.Error("no budget, and no retry")
	}
}
