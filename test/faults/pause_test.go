package faults

import (
	"syscall"
	"testing"
	"time"

	"capstan/test/faults/effectlog"
)

func TestPausedForLongerThanTheAckWait(t *testing.T) {
	onBrokers(t, "SIGSTOP longer than AckWait, then SIGCONT", func(p *play) {
		p.allowsDuplicates = true
		p.config.Task.AckWaitSeconds = 2
		p.produce(load{every: 20 * time.Millisecond, task: plain(200)})
		paused := p.start()
		paused.awaitEvents(effectlog.Begin, 2*slots)
		paused.signal(syscall.SIGSTOP)
		p.enough()
		p.awaitProduced()
		p.start()
		if left := p.pending(); left > 0 { // what the paused one holds as well
			p.Errorf("%d tasks were not done while a worker was paused", left)
		}
		paused.signal(syscall.SIGCONT)
		paused.awaitEvents(effectlog.End, 2*slots)
		p.finish()
	})
}
