package pool_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is the pool with a fault planted in one place, which the tests must find.
type mutant struct {
	name, file, from, to string
}

var mutants = []mutant{
	{"runs more than a lowered limit", "crew.go", "if len(p.crew) > p.slots || p.tasks.len() == 0 {", "if p.tasks.len() == 0 {"},
	{"accepts one beyond the bound", "submit.go", "return p.bound() - p.busy", "return p.bound() + 1 - p.busy"},
	{"lets newcomers overtake", "submit.go", "if p.plain && p.submitters.first == nil && p.free() > 0 {", "if p.plain && p.free() > 0 {"},
	{"loses a task when the queue grows", "ring.go", "for i := r.popped; i != r.pushed; i++ {", "for i := r.popped + 1; i < r.pushed; i++ {"},
	{"starts the newest first", "waiters.go", "q.last = w\n\tq.len++", "q.last = w\n\tq.first = w\n\tq.len++"},
	{"forgets to wake a worker", "crew.go", "p.searching++\n\tp.signals.add(w)", "p.searching++"},
	{"wakes two workers and no other", "crew.go", "p.searching--", "_ = p"},
	{"leaves a submitted task to nobody", "submit.go", "if p.isServed() {", "if true {"},
	{"goes on while submitters are to be let in", "crew.go", "left <= p.admitAt && p.submitters.first != nil {", "p.submitters.len < 0 {"},
	{"forgets to answer a blocked submitter", "waiters.go", "w.err = err\n\tp.answers.add(w)", "w.err = err"},
	{"refuses a task that it has accepted", "waiters.go", "if w.queue == nil {\n\t\treturn false", "if w.queue == nil {\n\t\tw.err = err\n\t\treturn true"},
	{"drops what a drain finds unstarted", "drain.go", "d.report.Unstarted = p.popRest()", "p.popRest()"},
	{"hands back a task and reports it", "drain.go", "case w.phase.CompareAndSwap(phaseHandling, phaseAbandoned):", "case w.phase.Load() == phaseHandling:"},
	{"loses a slot by Goexit", "worker.go", "p.settle(w)\n\tp.strike(w)", "p.settle(w)"},
	{"keeps idle workers after a drain", "pool.go", "if !p.parked.isEmpty() && (p.closed || len(p.crew) > p.slots) {", "if !p.parked.isEmpty() && len(p.crew) > p.slots {"},
	{"takes a task that is too young for stuck", "stuck.go", "now-w.since >= p.watch.after+p.watch.margin()", "now-w.since >= p.watch.after-p.watch.margin()"},
	{"never gives the room of a size back", "order.go", "p.order.Finish(task)\n\t}\n\tif p.sizes.of != nil {\n\t\tp.sizes.used -= p.sizes.of(task)", "p.order.Finish(task)\n\t}\n\tif p.sizes.of != nil {\n\t\t_ = p.sizes.of(task)"},
	{"does not tell the order of an end", "order.go", "p.order.Finish(task)", "_ = p.order"},
	{"counts busy time only when a worker parks", "pool.go", "p.meterBusy(p.clock.now())", "_ = p.clock"},
	{"runs on after the first error of a group", "group.go", "g.cancel(first)", "_ = first"},
	{"gives a key turn after turn", "order/fair.go", "s.startable() == 0 || s.started >= s.weight", "s.startable() == 0"},
	{"ranks by class alone", "order/priority.go", "bits.Add64(number, later, 0)", "bits.Add64(0, later, 0)"},
}

func TestMutantsAreCaught(t *testing.T) {
	if os.Getenv("CAPSTAN_MUTANTS") == "" {
		t.Skip("CAPSTAN_MUTANTS is not set: it compiles and tests the pool once for each mutant")
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			output, err := m.test(t)
			if err == nil {
				t.Error("no test has found it")
			}
			if strings.Contains(output, "[build failed]") || strings.Contains(output, "[setup failed]") {
				t.Errorf("it does not compile:\n%s", output)
			}
		})
	}
}

// test runs the tests with the mutant in the place of its file.
func (m mutant) test(t *testing.T) (output string, err error) {
	t.Helper()
	file, err := filepath.Abs(m.file)
	if err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(sound), m.from) != 1 {
		t.Fatalf("%s must have this once, for the fault to be planted: %s", m.file, m.from)
	}
	folder := t.TempDir()
	spoilt, overlay := filepath.Join(folder, "spoilt.go"), filepath.Join(folder, "overlay.json")
	replaced, err := json.Marshal(map[string]any{"Replace": map[string]string{file: spoilt}})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{
		spoilt:  strings.Replace(string(sound), m.from, m.to, 1),
		overlay: string(replaced),
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("go", "test", "-overlay", overlay, "-failfast", "-timeout", "30s", "./...")
	command.Env = append(os.Environ(), "CAPSTAN_MUTANTS=")
	printed, err := command.CombinedOutput()
	return string(printed), err
}
