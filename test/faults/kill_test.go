package faults

import (
	"strconv"
	"testing"
	"time"

	"capstan/test/faults/agreement"
)

// dies kills three workers one after another at a point, under load, beside one that goes on.
func dies(at string) func(*play) {
	return func(p *play) {
		p.allowsDuplicates = true
		p.config.Task.AckWaitSeconds = 2
		p.produce(load{every: 10 * time.Millisecond, task: plain(20)})
		p.start()
		for round := range 3 {
			w := p.start(variable(agreement.DieAt, at), variable(agreement.DieAfter, strconv.Itoa(20*round+1)))
			p.wantExit(w, killed)
		}
		p.enough()
		p.finish()
	}
}

func TestKilledBeforeItFetches(t *testing.T) {
	onBrokers(t, "SIGKILL before a fetch", dies(agreement.BeforeFetch))
}

func TestKilledWithTasksThatItFetched(t *testing.T) {
	long(t)
	onBrokers(t, "SIGKILL after a fetch", dies(agreement.AfterFetch))
}

func TestKilledMidTask(t *testing.T) {
	onBrokers(t, "SIGKILL mid-task", dies(agreement.MidTask))
}

func TestKilledBetweenEffectAndHandlersEnd(t *testing.T) {
	long(t)
	onBrokers(t, "SIGKILL after the effect, in the handler", dies(agreement.AfterEffect))
}

func TestKilledBeforeTheAck(t *testing.T) {
	onBrokers(t, "SIGKILL after the effect, before the ack", dies(agreement.BeforeAck))
}

func TestKilledAfterTheAck(t *testing.T) {
	onBrokers(t, "SIGKILL after the ack", dies(agreement.AfterAck))
}
