package faults

import (
	"testing"
	"time"
)

func TestLeaderIsLost(t *testing.T) {
	long(t)
	wantBroker(t, "jetstream")
	t.Parallel()
	b := startCluster(t)
	p := newPlay(t, "leader loss, 3 servers", b)
	p.allowsDuplicates = true
	p.config.Task.AckWaitSeconds = 5
	p.produce(load{every: 10 * time.Millisecond, task: plain(20)})
	p.start()
	p.start()
	for round := range 2 {
		p.awaitEffects((round + 1) * 50)
		lost := b.leader(t)
		lost.Kill()
		confirmed, _ := p.ledger.counts()
		p.awaitConfirmed(confirmed + 100) // under another leader
		lost.Resume()
		until(t, "the cluster is whole", func() bool { return b.isWhole(t) })
	}
	p.enough()
	p.finish()
}
