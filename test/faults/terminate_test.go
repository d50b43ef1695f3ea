package faults

import (
	"syscall"
	"testing"
	"time"

	"capstan/test/faults/agreement"
	"capstan/test/faults/effectlog"
)

func TestTerminatedMidTask(t *testing.T) {
	onBrokers(t, "SIGTERM mid-task", func(p *play) {
		p.produce(load{every: 20 * time.Millisecond, task: plain(300)})
		for range 3 {
			w := p.start()
			w.awaitEvents(effectlog.Effect, 2)
			w.terminate()
			p.wantExit(w, 0)
		}
		p.enough()
		p.start()
		p.finish()
	})
}

// outlasts tells a worker to end whose tasks take longer than it has, and wants them done elsewhere
// without a counted attempt.
func outlasts(deed agreement.Deed) func(*play) {
	return func(p *play) {
		const tasks = slots
		p.produce(load{tasks: tasks, task: func(int) agreement.Payload {
			return agreement.Payload{WorkMillis: 6000, Deed: deed}
		}})
		budget := p.config.Shutdown
		p.config.Shutdown.DrainSeconds = 1
		w := p.start()
		w.awaitEvents(effectlog.Begin, tasks)
		w.terminate()
		p.wantExit(w, 3)
		p.config.Shutdown = budget
		next := p.start()
		next.awaitEvents(effectlog.Effect, tasks)
		for _, r := range next.records() {
			if r.Attempt != 1 {
				p.Errorf("task %q was handed back, and its attempt counted: %d", r.ID, r.Attempt)
			}
		}
		p.finish()
	}
}

func TestTerminatedWithTasksLongerThanTheGrace(t *testing.T) {
	onBrokers(t, "SIGTERM, tasks longer than the grace", outlasts(""))
}

func TestTerminatedWithTasksThatIgnoreTheirContext(t *testing.T) {
	long(t)
	onBrokers(t, "SIGTERM, tasks that ignore the end of their context", outlasts(agreement.Deaf))
}

func TestTerminatedTwice(t *testing.T) {
	onBrokers(t, "second SIGTERM", func(p *play) {
		p.produce(load{tasks: slots, task: plain(5000)})
		w := p.start()
		w.awaitEvents(effectlog.Begin, slots)
		w.terminate()
		w.await(`"msg":"draining"`)
		second := time.Now()
		w.signal(syscall.SIGTERM)
		p.wantExit(w, 4)
		if took := time.Since(second); took > w.grace/2 {
			p.Errorf("the second SIGTERM took %v", took)
		}
		p.start().awaitEvents(effectlog.Effect, slots)
		p.finish()
	})
}
