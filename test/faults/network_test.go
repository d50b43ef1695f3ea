package faults

import (
	"testing"
	"time"

	"capstan/test/faults/effectlog"
	"capstan/test/faults/proxy"
)

// cutOff puts one of two workers behind a line to the broker, harms the line under load for longer
// than the ack wait, and heals it.
func cutOff(harm func(*proxy.Proxy)) func(*play) {
	return func(p *play) {
		p.allowsDuplicates = true
		p.config.Task.AckWaitSeconds = 2
		p.produce(load{every: 15 * time.Millisecond, task: plain(50)})
		line := p.proxies()[0]
		p.config.Source = p.broker.source([]string{line.Address})
		behind := p.start()
		p.config.Source = p.broker.source(p.broker.addresses())
		p.start()
		for range 2 {
			behind.awaitEvents(effectlog.Effect, behind.count(effectlog.Effect)+5)
			harm(line)
			p.awaitConfirmedDone()
			line.Heal()
		}
		behind.awaitEvents(effectlog.Effect, behind.count(effectlog.Effect)+5)
		p.enough()
		p.finish()
	}
}

func TestPartition(t *testing.T) {
	long(t)
	onBrokers(t, "partition longer than AckWait", cutOff(func(line *proxy.Proxy) { line.Hold(proxy.ToServer, proxy.ToClient) }))
}

func TestLossTowardsTheBroker(t *testing.T) {
	long(t)
	onBrokers(t, "one-way loss: worker to broker", cutOff(func(line *proxy.Proxy) { line.Hold(proxy.ToServer) }))
}

func TestLossTowardsTheWorker(t *testing.T) {
	long(t)
	onBrokers(t, "one-way loss: broker to worker", cutOff(func(line *proxy.Proxy) { line.Hold(proxy.ToClient) }))
}

func TestDelay(t *testing.T) {
	long(t)
	onBrokers(t, "delay of 300 ms each way", cutOff(func(line *proxy.Proxy) { line.Delay(300 * time.Millisecond) }))
}

func TestReset(t *testing.T) {
	long(t)
	onBrokers(t, "connection reset", cutOff((*proxy.Proxy).Reset))
}
