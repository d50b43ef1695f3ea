package faults

import (
	"testing"
	"time"

	"capstan/test/faults/agreement"
	"capstan/test/faults/proxy"
)

// poison are tasks of which each n-th does a deed.
func poison(deed agreement.Deed, n int) func(int) agreement.Payload {
	return func(i int) agreement.Payload {
		task := agreement.Payload{WorkMillis: 20}
		if i%n == n-1 {
			task.Deed = deed
		}
		return task
	}
}

func TestDeliveredTwice(t *testing.T) {
	onBrokers(t, "duplicate delivery (client shim)", func(p *play) {
		p.allowsDuplicates = true
		p.produce(load{tasks: 100, every: 5 * time.Millisecond, task: plain(10)})
		p.start(variable(agreement.Shim, agreement.Twice))
		p.finish()
	})
}

func TestPublishedTwice(t *testing.T) {
	onBrokers(t, "duplicate publication, same id", func(p *play) {
		p.need(p.can().Dedup, "the queue knows no ids")
		for range 2 {
			p.produce(load{tasks: 100, every: time.Millisecond, task: plain(10)})
			p.awaitProduced()
		}
		p.produce(load{tasks: 100, every: time.Millisecond, task: plain(10)})
		p.start()
		p.finish()
	})
}

func TestDeliveredInAnotherOrder(t *testing.T) {
	onBrokers(t, "reordered deliveries (client shim)", func(p *play) {
		p.produce(load{tasks: 200, every: time.Millisecond, task: plain(10)})
		p.awaitProduced()
		p.start(variable(agreement.Shim, agreement.Shuffled))
		p.finish()
	})
}

func TestPoison(t *testing.T) {
	for deed, fault := range map[agreement.Deed]string{
		agreement.Panic:      "poison: panics in each attempt",
		agreement.PanicFirst: "panics once",
		agreement.Fail:       "fails twice",
	} {
		t.Run(string(deed), func(t *testing.T) {
			onBrokers(t, fault, func(p *play) {
				p.need(p.can().Attempts || deed == agreement.Panic, "the queue counts no attempts: a task that fails is a dead letter")
				if p.can().Attempts {
					p.config.Task.MaxAttempts = 3
				}
				p.produce(load{tasks: 100, every: 2 * time.Millisecond, task: poison(deed, 10)})
				p.start()
				p.finish()
				if dead := p.deadLetters(); (dead == 10) != (deed == agreement.Panic) {
					p.Errorf("%d dead letters", dead)
				}
			})
		})
	}
}

func TestPoisonThatKillsItsProcess(t *testing.T) {
	onBrokers(t, "poison: kills its process in each attempt", func(p *play) {
		const attempts = 3
		p.need(p.can().Attempts, "the queue counts no attempts: it comes again each time")
		p.allowsDuplicates = true
		p.config.Task.MaxAttempts, p.config.Task.AckWaitSeconds = attempts, 1
		p.produce(load{tasks: 40, every: time.Millisecond, task: poison(agreement.Kill, 40)})
		for range attempts + 1 { // the last time alone
			p.wantExit(p.launch(), killed)
		}
		p.start()
		p.finish()
		// Those that were in flight beside it each time have no fault of their own.
		if dead := p.deadLetters(); dead != 1 {
			p.Errorf("%d dead letters", dead)
		}
	})
}

func TestPublishTimesOutThenTriesAgain(t *testing.T) {
	long(t)
	onOwnBrokers(t, "publish timeout, then again", func(p *play) {
		p.allowsDuplicates = !p.can().Dedup
		line := p.broker.line(p.T)
		p.produce(load{every: 10 * time.Millisecond, task: plain(10), addresses: []string{line.Address}})
		p.start()
		for range 2 {
			confirmed, failed := p.ledger.counts()
			p.awaitConfirmed(confirmed + 20)
			line.Hold(proxy.ToClient) // the broker takes tasks, and its confirmations get lost
			until(p.T, "publications time out", func() bool {
				_, now := p.ledger.counts()
				return now > failed
			})
			line.Reset()
			line.Heal()
		}
		p.enough()
		p.finish()
	})
}
