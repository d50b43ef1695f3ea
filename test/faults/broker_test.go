package faults

import (
	"testing"
	"time"
)

// outage ends the broker three times under load, and brings it back once workers have seen it.
func outage(end func(broker)) func(*play) {
	return func(p *play) {
		p.allowsDuplicates = true // an acknowledgement may be lost
		p.config.Task.AckWaitSeconds = 3
		p.produce(load{every: 10 * time.Millisecond, task: plain(20)})
		p.start()
		p.start()
		for round := range 3 {
			p.awaitEffects((round + 1) * 50)
			end(p.broker)
			_, before := p.ledger.counts()
			until(p.T, "the producer sees the outage", func() bool {
				_, retries := p.ledger.counts()
				return retries > before
			})
			p.broker.resume()
			confirmed, _ := p.ledger.counts()
			p.awaitConfirmed(confirmed + 50)
		}
		p.enough()
		p.finish()
	}
}

func TestBrokerRestarts(t *testing.T) {
	long(t)
	onOwnBrokers(t, "broker restart", outage(broker.stop))
}

func TestBrokerIsKilled(t *testing.T) {
	onOwnBrokers(t, "broker: kill -9", outage(broker.kill))
}
