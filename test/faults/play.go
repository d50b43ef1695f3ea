package faults

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/test/faults/agreement"
	"capstan/test/faults/effectlog"
)

var discard = slog.New(slog.DiscardHandler)

// play is one fault on one broker: a producer, workers, and what becomes of them.
type play struct {
	*testing.T
	fault  string
	broker broker
	// config is the contract of workers that are started from now on.
	config contract.WorkerContract

	wrap []string // what workers are started by from now on

	folder    string
	ledger    *ledger
	produced  chan error
	enough    context.CancelFunc // no more tasks than the producer has begun to publish
	processes []*process
	// allowsDuplicates says that a task may have its effect twice: somebody was killed, cut off or
	// paused.
	allowsDuplicates bool
	findings         []finding // beside the oracle's
	isJudged         bool
	// elsewhere reads effects that are not in the logs; nil: there are none.
	elsewhere func() []effectlog.Record
}

// slots is the pool of each worker.
const slots = 4

// newPlay prepares a play of this fault.
func newPlay(t *testing.T, fault string, b broker) *play {
	t.Helper()
	p := &play{
		T: t, fault: fault, broker: b, folder: t.TempDir(), ledger: newLedger(),
		config: contract.WorkerContract{
			Contract: contract.Version, Name: "crew",
			Pool:   contract.Pool{Slots: slots},
			Fetch:  contract.Fetch{Factor: 2, MaxPrefetch: 4},
			Source: b.source(b.addresses()),
			Task: contract.Task{
				MaxSeconds: 30, AckWaitSeconds: 10, MaxAttempts: 10,
				Backoff: contract.Backoff{InitialSeconds: 0.05, MaxSeconds: 1, Factor: 2, Jitter: 0.5},
			},
			Shutdown: contract.Shutdown{DrainSeconds: 8, FlushSeconds: 4},
			Http:     contract.Http{Host: text("127.0.0.1")},
			Log:      &contract.Log{Level: level(contract.LogLevelDebug)},
		},
	}
	if !p.can().Attempts {
		p.config.Task.MaxAttempts = 1
	}
	t.Cleanup(func() {
		if !p.isJudged && t.Failed() {
			table.add(row{fault: fault, broker: b.name(), failed: "came to no end"})
		}
	})
	return p
}

// can is what the queue does by itself.
func (p *play) can() queue.Capabilities { return p.broker.driver().Capabilities }

// need leaves the play out, with a line in the report, where the queue cannot do something.
func (p *play) need(can bool, why string) {
	p.Helper()
	if !can {
		table.leaveOut(p.fault, p.broker.name(), why)
		p.Skip("skipped: " + why)
	}
}

func text(s string) *string                        { return &s }
func level(l contract.LogLevel) *contract.LogLevel { return &l }
func variable(name, value string) string           { return name + "=" + value }
func plain(millis int) func(int) agreement.Payload {
	return func(int) agreement.Payload { return agreement.Payload{WorkMillis: millis} }
}

// start starts a worker, which is ready when it returns.
func (p *play) start(environment ...string) *process {
	p.Helper()
	w := p.launch(environment...)
	w.await(`"msg":"ready"`)
	return w
}

// launch starts a worker.
func (p *play) launch(environment ...string) *process {
	p.Helper()
	w := start(p.T, p.folder, p.nextName(), p.config, p.wrap, environment...)
	p.processes = append(p.processes, w)
	return w
}

func (p *play) nextName() string { return fmt.Sprintf("worker-%d", len(p.processes)+1) }

// produce publishes in the background. There is one producer in a play at a time.
func (p *play) produce(l load) {
	p.Helper()
	if l.addresses == nil {
		l.addresses = p.broker.addresses()
	}
	ended := make(chan error, 1)
	p.produced = ended
	ctx := p.Context()
	stop, enough := context.WithCancel(ctx)
	p.enough = enough
	go func() {
		defer close(ended)
		ended <- p.publish(ctx, stop, l)
	}()
}

// awaitProduced returns when all that is to be published is confirmed.
func (p *play) awaitProduced() {
	p.Helper()
	select {
	case err := <-p.produced:
		if err != nil {
			p.Fatal(err)
		}
	case <-time.After(patience):
		confirmed, retries := p.ledger.counts()
		p.Fatalf("the producer is not done in %v: %d tasks confirmed, %d publications failed", patience, confirmed, retries)
	}
}

// awaitConfirmed returns when the broker has confirmed n tasks.
func (p *play) awaitConfirmed(n int) {
	p.Helper()
	until(p.T, fmt.Sprintf("%d tasks are confirmed", n), func() bool {
		confirmed, _ := p.ledger.counts()
		return confirmed >= n
	})
}

// awaitEffects returns when all processes together have left n effects.
func (p *play) awaitEffects(n int) {
	p.Helper()
	until(p.T, fmt.Sprintf("%d effects", n), func() bool {
		found := 0
		for _, w := range p.processes {
			found += w.count(effectlog.Effect)
		}
		return found >= n
	})
}

// pending is the number of unsettled tasks once it is 0, or when patience has run out.
func (p *play) pending() int {
	left := -1
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(p.Context(), 5*time.Second)
		n, err := p.broker.unsettled(ctx)
		cancel()
		if err != nil {
			continue
		}
		if left = n; n == 0 {
			break
		}
	}
	return left
}

// wantExit expects that a process ends with this code.
func (p *play) wantExit(w *process, code int) {
	p.Helper()
	w.isExpected = true
	if got := w.wait(); got != code {
		p.findings = append(p.findings, finding{ruleExit, fmt.Sprintf("%s ended with %d, wanted %d\n%s", w.name, got, code, w.tail())})
	}
}

// finish lets the workers that are left work everything off, ends them, and judges. It fails the
// test for each finding.
func (p *play) finish() {
	p.Helper()
	j := p.judgement()
	for _, f := range j.findings {
		p.Errorf("%s: %s", f.rule, f.text)
	}
	p.isJudged = true
	table.add(row{fault: p.fault, broker: p.broker.name(), judgement: j})
}

// judgement is finish without a test that fails.
func (p *play) judgement() judgement {
	p.Helper()
	p.awaitProduced()
	e := evidence{pending: p.pending(), slots: p.config.Pool.Slots}
	p.endAll()
	for _, w := range p.processes {
		e.logs = append(e.logs, w.records())
		if d, wasTold := w.drained(); wasTold {
			e.drains = append(e.drains, d)
		}
	}
	if p.elsewhere != nil {
		e.logs = append(e.logs, p.elsewhere())
	}
	var err error
	if e.dead, err = deadIn(p.Context(), p.broker, p.config); err != nil {
		p.Fatal(err)
	}
	e.confirmed, e.published = p.ledger.ids(), p.ledger.published
	j := judge(e)
	if j.duplicates > 0 && !p.allowsDuplicates {
		j.find(ruleDuplicate, "%d effects happened again, and nobody was killed, cut off or paused", j.duplicates)
	}
	j.findings = append(p.findings, j.findings...)
	return j
}

// endAll ends the workers that run, which have nothing to do.
func (p *play) endAll() {
	p.Helper()
	var left []*process
	for _, w := range p.processes {
		switch {
		case w.runs():
			w.terminate()
			left = append(left, w)
		case !w.isExpected:
			p.findings = append(p.findings, finding{ruleExit, fmt.Sprintf("%s ended by itself with %d\n%s", w.name, w.wait(), w.tail())})
		}
	}
	for _, w := range left {
		p.wantExit(w, 0)
	}
}

// awaitConfirmedDone returns when all tasks that are confirmed by now have an effect: those that a
// worker holds that is cut off as well, which others get when their leases have run out.
func (p *play) awaitConfirmedDone() {
	p.Helper()
	wanted := p.ledger.ids()
	until(p.T, "what was confirmed is done", func() bool {
		done := make(map[string]bool)
		for _, w := range p.processes {
			for _, r := range w.records() {
				done[r.ID] = done[r.ID] || r.Event == effectlog.Effect
			}
		}
		return !slices.ContainsFunc(wanted, func(id string) bool { return !done[id] })
	})
}

// deadLetters is their number now.
func (p *play) deadLetters() int {
	p.Helper()
	dead, err := deadIn(p.Context(), p.broker, p.config)
	if err != nil {
		p.Fatal(err)
	}
	return len(dead)
}
