package worker

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"capstan/contract"
	"capstan/pool"
)

// outcome is what becomes of one delivery; it is a label of capstan_tasks_total.
type outcome string

const (
	outcomeDone        outcome = "done"
	outcomeAlreadyDone outcome = "alreadyDone"
	outcomeDead        outcome = "dead"
	outcomeRetried     outcome = "retried"
	outcomeReleased    outcome = "released"
	outcomeSnoozed     outcome = "snoozed"
)

var (
	// errUnstarted is the error of a task that was fetched ahead and met the drain.
	errUnstarted = errors.New("not started before the drain")
	// errEndless is the reason of a task whose lease ran out in its last attempt, and, where others may
	// have ended the process that had it, when it ran alone as well.
	errEndless = errors.New("its last attempt came to no end: the lease ran out")
	// errNoSnooze is the error of a handler that snoozes a task of a queue which cannot.
	errNoSnooze = errors.New("this source cannot snooze tasks; return an error, or take a source that keeps tasks back")
	// errTaskDeadline is the cause with which a handler's context ends after task.maxSeconds.
	errTaskDeadline = errors.New("task.maxSeconds have passed")
)

// interruptedError is a handler's error after the worker took its context away.
type interruptedError struct{ err error }

func (e *interruptedError) Error() string { return "interrupted: " + e.err.Error() }
func (e *interruptedError) Unwrap() error { return e.err }

// overdueError is the error of a handler that its deadline ended.
type overdueError struct{ err error }

func (e *overdueError) Error() string { return errTaskDeadline.Error() + ": " + e.err.Error() }
func (e *overdueError) Unwrap() error { return e.err }

// verdict is how to settle a delivery.
type verdict struct {
	outcome outcome
	delay   time.Duration // before the next attempt
	reason  string        // of anything but done
	stack   string        // of a panic

	permanent bool // dead by its own fault, whatever the handler calls
}

// letter is the reason as the dead letter keeps it, with the stack of a panic.
func (v verdict) letter() string {
	if v.stack == "" {
		return v.reason
	}
	return v.reason + "\n" + v.stack
}

// Most bytes of a reason and of a stack. An error may hold whatever a server answered, and a broker refuses
// messages of some size: a task whose letter cannot be stored would never be settled.
const (
	longestReason = 8 << 10
	longestStack  = 32 << 10
)

// judge turns what came of an attempt into a verdict. random is uniform in [0, 1).
func judge(err error, attempt int, task contract.Task, random float64) verdict {
	v := verdictOf(err, attempt, task, random)
	v.reason, v.stack = shorten(v.reason, longestReason), shorten(v.stack, longestStack)
	return v
}

// shorten cuts a text to so many bytes, between two characters, and says so.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := fmt.Sprintf("… (%d bytes in all)", len(text))
	return strings.ToValidUTF8(text[:most-len(end)], "") + end
}

func verdictOf(err error, attempt int, task contract.Task, random float64) verdict {
	var (
		permanent   *permanentError
		interrupted *interruptedError
		later       *retryAfterError
		panicked    *pool.PanicError
		snoozed     *snoozeError
	)
	switch {
	case err == nil:
		return verdict{outcome: outcomeDone}
	case errors.Is(err, ErrAlreadyDone):
		return verdict{outcome: outcomeAlreadyDone, reason: err.Error()}
	case errors.As(err, &permanent):
		return verdict{outcome: outcomeDead, reason: err.Error(), permanent: true}
	case errors.Is(err, errUnstarted), errors.Is(err, errBreakerOpen), errors.Is(err, errTrial), errors.As(err, &interrupted):
		return verdict{outcome: outcomeReleased, reason: err.Error()}
	}
	if errors.As(err, &snoozed) {
		return verdict{outcome: outcomeSnoozed, reason: err.Error(), delay: snoozed.delay}
	}
	v := verdict{outcome: outcomeRetried, reason: err.Error(), delay: backoff(task.Backoff, attempt, random)}
	if errors.As(err, &later) {
		v.delay = later.delay
	}
	if errors.As(err, &panicked) {
		v.reason, v.stack = fmt.Sprintf("panicked: %v", panicked.Value), string(panicked.Stack)
	}
	if attempt >= task.MaxAttempts {
		v.outcome, v.delay = outcomeDead, 0
		v.reason = fmt.Sprintf("failed %d of %d attempts: %s", min(attempt, task.MaxAttempts), task.MaxAttempts, v.reason)
	}
	return v
}

// backoff is the delay after the attempt-th attempt: exponential, with the jitter taken off,
// so that max stays the most. The formula stands in contract/worker.schema.json.
func backoff(b contract.Backoff, attempt int, random float64) time.Duration {
	if b.InitialSeconds == 0 {
		return 0
	}
	full := min(b.MaxSeconds, b.InitialSeconds*math.Pow(b.Factor, float64(attempt-1)))
	return contract.Seconds(full * (1 - b.Jitter*random))
}
