// Package queuetest is the conformance suite of queue.Queue: every implementation passes it.
package queuetest

import (
	"testing"
	"testing/synctest"
	"time"

	"capstan/queue"
)

// AckWait is the ack wait that Open has to set where time is simulated.
const AckWait = 30 * time.Second

// Header is the one header that each task of the suite has, with its id as the value, where the queue
// has the capability. A name is any text.
const Header = " the task's: \"id\"\r\né"

// Open makes a queue that holds exactly one task for each id, in this order (which is also the
// order of the names), each with [Header], and ends when it is idle. The suite closes the queue.
type Open func(t *testing.T, ids ...string) queue.Queue

// Run runs the part of the suite that the capabilities promise. Time in it is simulated: open is
// called in a synctest bubble.
func Run(t *testing.T, capabilities queue.Capabilities, open Open) {
	run(t, capabilities, func(t *testing.T, test func(*testing.T, *fixture)) {
		synctest.Test(t, func(t *testing.T) {
			test(t, &fixture{T: t, open: open, ackWait: AckWait, settled: synctest.Wait})
		})
	})
}

// slack is how much later than promised something may come that a server times, on a machine that is busy.
const slack = 5 * time.Second

// rounding is how much earlier it may come, by the clock of the test.
const rounding = 50 * time.Millisecond

// RunOnServer runs the suite on a queue whose server has a clock of its own, with an ack wait of
// ackWait, which open has to set. Such a queue promises an order of first deliveries only: tasks
// that failed or were released may come in any order.
func RunOnServer(t *testing.T, capabilities queue.Capabilities, ackWait time.Duration, open Open) {
	run(t, capabilities, func(t *testing.T, test func(*testing.T, *fixture)) {
		t.Parallel()
		test(t, &fixture{T: t, open: open, ackWait: ackWait, slack: slack, anyOrder: true, settled: func() {}})
	})
}

func run(t *testing.T, has queue.Capabilities, each func(*testing.T, func(*testing.T, *fixture))) {
	for _, c := range []struct {
		name     string
		test     func(*testing.T, *fixture)
		promised bool
	}{
		{"delivers every task in order, and io.EOF after the last is settled", deliversInOrder, true},
		{"never delivers more than asked for", respectsMax, true},
		{"waits while tasks are in flight, until the context ends", waitsForInFlight, true},
		{"counts the attempts that failed and not those released", countsAttempts, has.Attempts},
		{"delivers a failed task again after its delay and not before", obeysDelay, has.Delay},
		{"puts a failed task behind those that wait", losesPlace, has.AckEach},
		{"gives a released task its old place", keepsPlace, has.AckEach},
		{"delivers again when the lease runs out", redelivers, has.Heartbeat},
		{"keeps a lease alive that is renewed", renews, has.Heartbeat},
		{"takes an ack after the lease ran out", acksLate, has.Heartbeat},
		{"fails to settle twice", settlesOnce, has.AckEach},
		{"puts a snoozed task off without counting an attempt", snoozes, has.Attempts && has.Delay},
		{"takes many acknowledgements at once", acksBatches, has.AckEach},
		{"never delivers a dead task again", buries, true},
		{"counts in the backlog what waits, and nothing else", countsBacklog, has.Delay},
		{"is idle once everything is settled, and not before", tellsIdle, true},
		{"ends blocked and later calls when closed", closes, true},
		{"gives every task to one of many fetchers", sharesOut, true},
		{"gives a delivery the id of its task, white space and all", keepsIDs, true},
		{"gives a delivery the headers of its task and no others", carriesHeaders, has.Headers},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !c.promised {
				t.Skip("not a capability of this queue")
			}
			each(t, c.test)
		})
	}
}
