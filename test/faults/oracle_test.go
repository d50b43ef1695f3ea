package faults

import (
	"slices"
	"testing"
	"time"

	"capstan/test/faults/effectlog"
)

// sound is evidence against which nothing can be said: a is done, b is dead.
func sound() evidence {
	return evidence{
		confirmed: []string{"a", "b"}, published: map[string]bool{"a": true, "b": true}, dead: []string{"b"}, slots: 1,
		logs: [][]effectlog.Record{{
			{Event: effectlog.Begin, ID: "a", InFlight: 1}, {Event: effectlog.Effect, ID: "a", InFlight: 1}, {Event: effectlog.End, ID: "a", InFlight: 1},
		}},
		drains: []drain{{time.Second, 2 * time.Second}},
	}
}

func TestOracleFindsWhatIsPlanted(t *testing.T) {
	if j := judge(sound()); len(j.findings) > 0 || j.effects != 1 || j.peak != 1 || j.drain != time.Second {
		t.Fatalf("sound evidence: %+v", j)
	}
	for _, it := range []struct {
		want  rule
		plant func(*evidence)
	}{
		{ruleLost, func(e *evidence) { e.dead = nil }},
		{ruleLost, func(e *evidence) { e.logs = nil }},
		{ruleLost, func(e *evidence) { e.logs[0] = slices.Delete(e.logs[0], 1, 2) }},
		{rulePending, func(e *evidence) { e.dead, e.pending = nil, 1 }},
		{ruleAlien, func(e *evidence) { delete(e.published, "a") }},
		{ruleBound, func(e *evidence) { e.logs[0][0].InFlight = 2 }},
		{ruleBound, func(e *evidence) { e.logs[0] = slices.Insert(e.logs[0], 1, e.logs[0][0]) }},
		{ruleGrace, func(e *evidence) { e.drains[0].took = 2 * time.Second }},
	} {
		e := sound()
		it.plant(&e)
		j := judge(e)
		if len(j.findings) != 1 || j.findings[0].rule != it.want {
			t.Errorf("planted %s, found %+v", it.want, j.findings)
		}
	}
}

func TestOracleCountsDuplicatesAndWhatIsPending(t *testing.T) {
	e := sound()
	e.logs = append(e.logs, e.logs[0], e.logs[0])
	if j := judge(e); j.duplicates != 2 {
		t.Errorf("%+v", j)
	}
	e = sound()
	e.dead, e.pending = nil, 1
	if j := judge(e); j.lost != 0 {
		t.Errorf("a task that is pending counts as lost: %+v", j)
	}
}
