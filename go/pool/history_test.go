package pool_test

import (
	"cmp"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
)

// taskHistory is what happened to one task. Moments are numbers from one counter; 0
// means never.
type taskHistory struct {
	accepted   bool
	acceptedAt int64 // after Submit had returned
	starts     int
	startedAt  int64 // first thing in the handler
	endedAt    int64 // last thing in the handler
	reports    int
	reportedAt int64 // in Done
	handedBack int   // how often Drain returned it, as unstarted or stuck
}

// history is what happened in one run, in the order of submission.
type history struct {
	workers int  // the most there were at any time
	bound   int  // likewise
	inOrder bool // one worker and one producer: the order of starts is known
	tasks   []taskHistory
}

// violations checks a history against the contract of the pool and returns what
// contradicts it.
func (h history) violations() []string {
	var found []string
	note := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	for id, task := range h.tasks {
		outcomes := task.reports + task.handedBack
		switch {
		case !task.accepted && task.starts+outcomes > 0:
			note("task %d was refused and has run", id)
		case task.starts > 1:
			note("task %d started %d times", id, task.starts)
		case task.accepted && outcomes == 0:
			note("task %d was lost", id)
		case outcomes > 1:
			note("task %d has %d outcomes", id, outcomes)
		case task.reports == 1 && task.starts == 0:
			note("task %d was reported and never started", id)
		case task.reports == 1 && task.reportedAt < task.endedAt:
			note("task %d was reported before it ended", id)
		}
	}
	if most := h.overlap(func(t taskHistory) (int64, int64) { return t.startedAt, t.endedAt }); most > h.workers {
		note("%d tasks ran at once on %d workers", most, h.workers)
	}
	if most := h.overlap(func(t taskHistory) (int64, int64) { return t.acceptedAt, t.reportedAt }); most > h.bound {
		note("%d tasks were outstanding with a bound of %d", most, h.bound)
	}
	if h.inOrder && !slices.IsSorted(h.starts()) {
		note("tasks started out of order")
	}
	return found
}

// overlap returns how many of the spans of the tasks hold the same moment, at most.
// Spans without an end, or that ended before they began, are left out.
func (h history) overlap(span func(taskHistory) (from, to int64)) int {
	type edge struct {
		at   int64
		step int
	}
	var edges []edge
	for _, task := range h.tasks {
		if from, to := span(task); from > 0 && to > from {
			edges = append(edges, edge{from, 1}, edge{to, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	level, most := 0, 0
	for _, e := range edges {
		level += e.step
		most = max(most, level)
	}
	return most
}

func (h history) starts() []int64 {
	var starts []int64
	for _, task := range h.tasks {
		if task.starts > 0 {
			starts = append(starts, task.startedAt)
		}
	}
	return starts
}

// recorder takes down a history while it happens.
type recorder struct {
	now   atomic.Int64
	tasks []taskRecord
}

type taskRecord struct {
	acceptedAt, startedAt, endedAt, reportedAt atomic.Int64
	starts, reports, handedBack                atomic.Int32
}

func newRecorder(tasks int) *recorder { return &recorder{tasks: make([]taskRecord, tasks)} }

func (r *recorder) accept(id int) { r.tasks[id].acceptedAt.Store(r.now.Add(1)) }

func (r *recorder) start(id int) {
	r.tasks[id].startedAt.CompareAndSwap(0, r.now.Add(1))
	r.tasks[id].starts.Add(1)
}

func (r *recorder) end(id int) { r.tasks[id].endedAt.Store(r.now.Add(1)) }

func (r *recorder) report(id int) {
	r.tasks[id].reportedAt.Store(r.now.Add(1))
	r.tasks[id].reports.Add(1)
}

func (r *recorder) handBack(ids []int) {
	for _, id := range ids {
		r.tasks[id].handedBack.Add(1)
	}
}

func (r *recorder) history(workers, queue int) history {
	h := history{workers: workers, bound: workers + queue}
	for i := range r.tasks {
		task := &r.tasks[i]
		h.tasks = append(h.tasks, taskHistory{
			accepted:   task.acceptedAt.Load() > 0,
			acceptedAt: task.acceptedAt.Load(),
			starts:     int(task.starts.Load()),
			startedAt:  task.startedAt.Load(),
			endedAt:    task.endedAt.Load(),
			reports:    int(task.reports.Load()),
			reportedAt: task.reportedAt.Load(),
			handedBack: int(task.handedBack.Load()),
		})
	}
	return h
}

func TestTheCheckerFindsPlantedFaults(t *testing.T) {
	// One worker and a queue of one: 0 runs, 1 waits and runs, 2 is refused, 3 is
	// handed back unstarted.
	sound := func() history {
		return history{workers: 1, bound: 2, inOrder: true, tasks: []taskHistory{
			{accepted: true, acceptedAt: 1, starts: 1, startedAt: 2, endedAt: 4, reports: 1, reportedAt: 5},
			{accepted: true, acceptedAt: 3, starts: 1, startedAt: 6, endedAt: 8, reports: 1, reportedAt: 9},
			{},
			{accepted: true, acceptedAt: 7, handedBack: 1},
		}}
	}
	if found := sound().violations(); len(found) > 0 {
		t.Fatalf("a sound history is refused: %q", found)
	}
	for want, plant := range map[string]func(tasks []taskHistory){
		"task 2 was refused and has run":             func(tasks []taskHistory) { tasks[2].starts = 1 },
		"task 1 started 2 times":                     func(tasks []taskHistory) { tasks[1].starts = 2 },
		"task 3 was lost":                            func(tasks []taskHistory) { tasks[3].handedBack = 0 },
		"task 0 has 2 outcomes":                      func(tasks []taskHistory) { tasks[0].handedBack = 1 },
		"task 1 was reported and never started":      func(tasks []taskHistory) { tasks[1].starts = 0 },
		"task 1 was reported before it ended":        func(tasks []taskHistory) { tasks[1].endedAt = 10 },
		"2 tasks ran at once on 1 workers":           func(tasks []taskHistory) { tasks[1].startedAt = 3 },
		"3 tasks were outstanding with a bound of 2": func(tasks []taskHistory) { tasks[3].acceptedAt, tasks[3].reportedAt = 4, 11 },
		"tasks started out of order":                 func(tasks []taskHistory) { tasks[0], tasks[1] = tasks[1], tasks[0] },
	} {
		planted := sound()
		plant(planted.tasks)
		if found := planted.violations(); !slices.Contains(found, want) {
			t.Errorf("planted %q, found %q", want, found)
		}
	}
}
