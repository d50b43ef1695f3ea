package faults

import (
	"testing"
	"time"

	"capstan/test/faults/effectlog"
)

func TestRollingUpdate(t *testing.T) {
	onBrokers(t, "rolling update: new ones start, old ones end", func(p *play) {
		p.produce(load{every: 15 * time.Millisecond, task: plain(50)})
		old := []*process{p.start(), p.start()}
		for range 2 {
			for i, w := range old {
				old[i] = p.start()
				w.terminate()
				old[i].awaitEvents(effectlog.Effect, 5)
				p.wantExit(w, 0)
			}
		}
		p.enough()
		p.finish()
	})
}

func TestEviction(t *testing.T) {
	long(t)
	onBrokers(t, "eviction: all at once, then others", func(p *play) {
		p.produce(load{every: 10 * time.Millisecond, task: plain(100)})
		for range 2 {
			crew := []*process{p.start(), p.start(), p.start()}
			for _, w := range crew {
				w.awaitEvents(effectlog.Begin, slots)
			}
			for _, w := range crew {
				w.terminate()
			}
			for _, w := range crew {
				p.wantExit(w, 0)
			}
		}
		p.enough()
		p.start()
		p.finish()
	})
}

func TestScaleDown(t *testing.T) {
	long(t)
	onBrokers(t, "scale-down: four to one", func(p *play) {
		p.produce(load{every: 10 * time.Millisecond, task: plain(100)})
		crew := []*process{p.start(), p.start(), p.start(), p.start()}
		for _, w := range crew {
			w.awaitEvents(effectlog.Effect, 1)
		}
		for _, w := range crew[1:] {
			w.terminate()
			p.wantExit(w, 0)
		}
		crew[0].awaitEvents(effectlog.Effect, crew[0].count(effectlog.Effect)+2*slots)
		p.enough()
		p.finish()
	})
}
