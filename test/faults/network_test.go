package faults

import (
	"testing"
	"time"

	"capstan/contract"
	"capstan/test/faults/effectlog"
	"capstan/test/faults/proxy"
)

// cutOff puts a line between one of two workers and the broker, and harms it.
func cutOff(harm func(*proxy.Proxy)) func(*play) {
	return func(p *play) {
		line := p.broker.line(p.T)
		p.harmOneOfTwo(line.Address, func() { harm(line) }, line.Heal)
	}
}

// harmOneOfTwo starts a worker that reaches the broker at another address, and one that is not
// harmed; twice it harms the first under load for longer than the ack wait, and heals it.
func (p *play) harmOneOfTwo(address string, harm, heal func()) {
	p.allowsDuplicates = true
	p.config.Task.AckWaitSeconds = 2
	p.produce(load{every: 15 * time.Millisecond, task: plain(50)})
	p.config.Source = p.broker.source([]string{address})
	behind := p.start()
	p.config.Source, p.wrap = p.broker.source(p.broker.addresses()), nil
	p.start()
	for range 2 {
		behind.awaitEvents(effectlog.Effect, behind.count(effectlog.Effect)+5)
		harm()
		harmed := time.Now()
		p.awaitConfirmedDone()
		until(p.T, "the lease of what the harmed one holds has run out", func() bool {
			return time.Since(harmed) > 2*contract.Seconds(p.config.Task.AckWaitSeconds)
		})
		heal()
	}
	behind.awaitEvents(effectlog.Effect, behind.count(effectlog.Effect)+5)
	p.enough()
	p.finish()
}

func TestPartition(t *testing.T) {
	long(t)
	onOwnBrokers(t, "partition longer than AckWait", cutOff(func(line *proxy.Proxy) { line.Hold(proxy.ToServer, proxy.ToClient) }))
}

func TestLossTowardsTheBroker(t *testing.T) {
	long(t)
	onOwnBrokers(t, "one-way loss: worker to broker", cutOff(func(line *proxy.Proxy) { line.Hold(proxy.ToServer) }))
}

func TestLossTowardsTheWorker(t *testing.T) {
	long(t)
	onOwnBrokers(t, "one-way loss: broker to worker", cutOff(func(line *proxy.Proxy) { line.Hold(proxy.ToClient) }))
}

func TestDelay(t *testing.T) {
	long(t)
	onOwnBrokers(t, "delay of 300 ms each way", cutOff(func(line *proxy.Proxy) { line.Delay(300 * time.Millisecond) }))
}

func TestReset(t *testing.T) {
	long(t)
	onOwnBrokers(t, "connection reset", cutOff((*proxy.Proxy).Reset))
}
