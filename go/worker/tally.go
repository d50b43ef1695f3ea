package worker

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"capstan/contract"
)

const (
	// longestRecorded bounds the histogram of task times; the mean and the maximum are exact.
	longestRecorded = 24 * time.Hour
	// significantDigits of a percentile: at most 0.1 % off.
	significantDigits = 3
	// keptDeadLetters bounds the report; every dead letter is in the log and in the queue.
	keptDeadLetters = 10_000
)

// tally counts what became of tasks, for the report. Safe for concurrent use.
type tally struct {
	mu          sync.Mutex
	tasks       contract.Tasks
	cutOff      int // handlers that were to be handed back in their middle, whether the queue heard it or not
	dead        []contract.DeadLetter
	times       *hdrhistogram.Histogram // microseconds
	sum, max    time.Duration
	first, last time.Time
}

func newTally() *tally {
	return &tally{
		dead:  []contract.DeadLetter{},
		times: hdrhistogram.New(1, longestRecorded.Microseconds(), significantDigits),
	}
}

// fetched notes when the first task came.
func (t *tally) fetched(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first.IsZero() {
		t.first, t.last = now, now
	}
}

// lost counts tasks that end with the process.
func (t *tally) lost(tasks int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tasks.Lost = tasks
}

// settled counts a delivery that was settled with v.
func (t *tally) settled(f *flight, v verdict, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch v.outcome {
	case outcomeDone:
		t.tasks.Done++
		t.record(f.elapsed)
	case outcomeAlreadyDone:
		t.tasks.AlreadyDone++
	case outcomeRetried:
		t.tasks.Retried++
	case outcomeSnoozed:
		t.tasks.Snoozed++
	case outcomeReleased:
		t.tasks.HandedBack++
	case outcomeDead:
		t.tasks.Dead++
		t.addDead(contract.DeadLetter{Id: f.delivery.ID, Reason: v.reason, Attempts: f.delivery.Attempt})
	}
	if v.outcome != outcomeReleased {
		t.last = now
	}
}

func (t *tally) panicked() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tasks.Panicked++
}

// knownDead adds a dead letter of an earlier run.
func (t *tally) knownDead(letter contract.DeadLetter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.addDead(letter)
}

func (t *tally) addDead(letter contract.DeadLetter) {
	if len(t.dead) < keptDeadLetters {
		t.dead = append(t.dead, letter)
	}
}

func (t *tally) record(elapsed time.Duration) {
	// The histogram refuses only what is out of its range.
	_ = t.times.RecordValue(min(max(elapsed, 0), longestRecorded).Microseconds())
	t.sum += elapsed
	t.max = max(t.max, elapsed)
}

// interrupted notes that a task is handed back whose handler had begun.
func (t *tally) interrupted() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cutOff++
}

// interruptions is how many such tasks there were.
func (t *tally) interruptions() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cutOff
}

// wall is the time from the first fetched task to the last finished one.
func (t *tally) wall() time.Duration { return t.last.Sub(t.first) }

func (t *tally) distribution() contract.Distribution {
	if t.tasks.Done == 0 {
		return contract.Distribution{}
	}
	quantile := func(q float64) float64 {
		return min((time.Duration(t.times.ValueAtQuantile(q)) * time.Microsecond).Seconds(), t.max.Seconds())
	}
	return contract.Distribution{
		Mean: t.sum.Seconds() / float64(t.tasks.Done),
		P50:  quantile(50), P99: quantile(99), Max: t.max.Seconds(),
	}
}
