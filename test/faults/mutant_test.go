package faults

import (
	"slices"
	"strings"
	"testing"
	"time"

	"capstan/test/faults/agreement"
)

// catches expects that the oracle finds the rule broken by a worker with this defect.
func catches(t *testing.T, mutant, fault string, want rule, stage func(p *play, defect string)) {
	t.Helper()
	onBrokers(t, fault, func(p *play) {
		stage(p, variable(agreement.Mutant, mutant))
		j := p.judgement()
		p.isJudged = true
		found := slices.IndexFunc(j.findings, func(f finding) bool { return f.rule == want })
		if found < 0 {
			p.Errorf("the mutant %s was not caught: %+v", mutant, j)
			table.caught(catch{mutant, fault, p.broker.name(), "**NOT FOUND**"})
			return
		}
		line, _, _ := strings.Cut(j.findings[found].text, "\n")
		table.caught(catch{mutant, fault, p.broker.name(), string(want) + ": " + line})
	})
}

func TestCatchesAnAckBeforeTheEffect(t *testing.T) {
	catches(t, agreement.AckBeforeEffect, "SIGKILL mid-task", ruleLost, func(p *play, defect string) {
		p.allowsDuplicates = true
		p.produce(load{every: 10 * time.Millisecond, task: plain(600)})
		w := p.start(defect, variable(agreement.DieAt, agreement.MidTask), variable(agreement.DieAfter, "5"))
		p.wantExit(w, killed)
		p.enough()
		p.start(defect)
	})
}

func TestCatchesAnUnboundedPool(t *testing.T) {
	catches(t, agreement.UnboundedPool, "load", ruleBound, func(p *play, defect string) {
		p.produce(load{tasks: 60, every: time.Millisecond, task: plain(100)})
		p.start(defect)
	})
}

func TestCatchesAnIgnoredSIGTERM(t *testing.T) {
	catches(t, agreement.IgnoredSIGTERM, "SIGTERM", ruleGrace, func(p *play, defect string) {
		p.config.Shutdown.DrainSeconds, p.config.Shutdown.FlushSeconds = 1, 1
		p.produce(load{tasks: 20, every: time.Millisecond, task: plain(20)})
		p.start(defect)
	})
}

func TestCatchesADroppedDeadLetter(t *testing.T) {
	catches(t, agreement.DroppedLetter, "poison", ruleLost, func(p *play, defect string) {
		p.config.Task.MaxAttempts = min(2, p.config.Task.MaxAttempts)
		p.produce(load{tasks: 20, every: time.Millisecond, task: poison(agreement.Panic, 5)})
		p.start(defect)
	})
}

func TestCatchesALeaseThatIsNotRenewed(t *testing.T) {
	catches(t, agreement.LeaseNotRenewed, "tasks longer than AckWait", ruleDuplicate, func(p *play, defect string) {
		p.need(p.can().Heartbeat, "the queue leases nothing")
		p.config.Task.AckWaitSeconds = 1
		p.produce(load{tasks: slots, task: plain(2500)})
		p.start(defect)
	})
}
