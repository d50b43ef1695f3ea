package faults

import (
	"fmt"
	"slices"
	"time"

	"capstan/test/faults/effectlog"
)

// evidence is what a play leaves behind.
type evidence struct {
	confirmed []string             // by the broker, in the producer's ledger
	published map[string]bool      // confirmed or not
	logs      [][]effectlog.Record // of each process
	dead      []string             // ids of dead letters
	pending   int                  // unsettled at the end
	slots     int
	drains    []drain
}

// drain is how long a process that was told to end took, and how long it had.
type drain struct{ took, grace time.Duration }

// rule is what a finding breaks.
type rule string

const (
	ruleLost      rule = "lost"
	rulePending   rule = "pending"
	ruleBound     rule = "bound"
	ruleGrace     rule = "grace"
	ruleAlien     rule = "alien"
	ruleDuplicate rule = "duplicate"
	ruleExit      rule = "exit"
)

// finding is one thing that is not as promised.
type finding struct {
	rule rule
	text string
}

// judgement is what the oracle says to the evidence.
type judgement struct {
	confirmed, effects, duplicates, dead, lost, peak int
	drain                                            time.Duration // the longest
	findings                                         []finding
}

func (j *judgement) find(r rule, format string, args ...any) {
	j.findings = append(j.findings, finding{r, fmt.Sprintf(format, args...)})
}

// judge holds the evidence to the rules of the package.
func judge(e evidence) judgement {
	times := make(map[string]int)
	j := judgement{confirmed: len(e.confirmed), dead: len(e.dead)}
	for _, log := range e.logs {
		j.peak = max(j.peak, peak(log))
		for _, r := range log {
			if r.Event == effectlog.Effect {
				times[r.ID]++
				j.effects++
			}
		}
	}
	for id, n := range times {
		j.duplicates += n - 1
		if !e.published[id] {
			j.find(ruleAlien, "task %q has an effect, and nobody published it", id)
		}
	}
	j.countLost(e, times)
	if j.peak > e.slots {
		j.find(ruleBound, "%d tasks were in flight in one process, and its pool has %d slots", j.peak, e.slots)
	}
	for _, d := range e.drains {
		j.drain = max(j.drain, d.took)
		if d.took >= d.grace {
			j.find(ruleGrace, "a process took %v to end, and its grace period is %v", d.took, d.grace)
		}
	}
	return j
}

// countLost counts confirmed tasks that are nowhere. Those that are pending have no names, so that
// many are not counted.
func (j *judgement) countLost(e evidence, times map[string]int) {
	buried := make(map[string]bool)
	for _, id := range e.dead {
		buried[id] = true
	}
	var missing []string
	for _, id := range e.confirmed {
		if times[id] == 0 && !buried[id] {
			missing = append(missing, id)
		}
	}
	if e.pending > 0 {
		j.find(rulePending, "%d tasks were still pending when the play had to end", e.pending)
	}
	if j.lost = max(0, len(missing)-e.pending); j.lost > 0 {
		slices.Sort(missing)
		j.find(ruleLost, "%d confirmed tasks are lost: of %v", j.lost, missing[:min(len(missing), 10)])
	}
}

// peak is the most handlers in flight, by the order of the log's own lines: a begin without an end
// is in flight until the process is gone.
func peak(log []effectlog.Record) int {
	now, most := 0, 0
	for _, r := range log {
		switch r.Event {
		case effectlog.Begin:
			now++
		case effectlog.End:
			now--
		}
		most = max(most, now, r.InFlight)
	}
	return most
}
