package worker

import (
	"math"
	"time"
)

const (
	// rateMemory is the time constant of the completion rate's average.
	rateMemory = time.Second
	// roundTripWeight is the weight of the latest round trip in their average.
	roundTripWeight = 0.2
)

// margin says how many tasks to hold beyond the free slots, so that no slot starves while a
// fetch is under way: factor × completion rate × round trip, by Little's law (L = λW), at most
// max. Slots that starve lower the rate and with it the margin; still it converges, since a
// factor above 1 lets it grow until the slots stay full. For tasks that are slow against the
// round trip it is 0, so that a worker hoards nothing.
//
// It belongs to one goroutine.
type margin struct {
	factor float64
	max    int

	rate      float64 // tasks per second
	known     float64 // the share of that average which has been seen: 0 at the start, soon 1
	roundTrip float64 // seconds
	since     time.Time
	completed uint64
}

func newMargin(factor float64, max int, now time.Time) *margin {
	return &margin{factor: factor, max: max, since: now}
}

// observe takes the number of tasks completed since the start of the process. Its average
// weighs a span dt with 1 - exp(-dt/rateMemory), so that it does not depend on how often it
// is called. What was before the start weighs nothing: the first second would have no margin.
func (m *margin) observe(now time.Time, completed uint64) {
	span := now.Sub(m.since).Seconds()
	if span <= 0 {
		return
	}
	weight := 1 - math.Exp(-span/rateMemory.Seconds())
	m.known += weight * (1 - m.known)
	m.rate += weight / m.known * (float64(completed-m.completed)/span - m.rate)
	m.since, m.completed = now, completed
}

// fetched takes the time of a fetch, less what it waited for tasks to come. A queue may have waited for
// longer than the caller: with tasks that lie ready, say, and were waited for before.
func (m *margin) fetched(took time.Duration) {
	took = max(took, 0)
	if m.roundTrip == 0 {
		m.roundTrip = took.Seconds()
		return
	}
	m.roundTrip += roundTripWeight * (took.Seconds() - m.roundTrip)
}

// tasks is the margin, rounded to whole tasks.
func (m *margin) tasks() int {
	return int(min(math.Round(m.factor*m.rate*m.roundTrip), float64(m.max)))
}

// landing is how many tasks end while a fetch is under way, rounded to whole tasks: by the time that
// it brings something, there is room for as many more.
func (m *margin) landing() int {
	return int(min(math.Round(m.rate*m.roundTrip), float64(m.max)))
}
