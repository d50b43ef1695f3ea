package worker

import (
	"errors"
	"time"

	"capstan/internal/done"
)

var (
	// ErrAlreadyDone is returned by a handler that found the effect of its task in place.
	// The task is acknowledged and counted as alreadyDone; wrapping it is fine. Package
	// capstan/idempotent returns it.
	ErrAlreadyDone = done.Err

	// ErrNoEnqueue is what Setup.Enqueue returns when the source takes no tasks from
	// handlers: only the memory source does.
	ErrNoEnqueue = errors.New("this source takes no tasks from handlers; use the memory source")
)

// Permanent marks an error that no further attempt would change, such as a corrupt input: the
// task goes to the dead letter at once, with err's text as the reason. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

// RetryAfter asks for the next attempt after delay instead of the contract's backoff, for
// instance when a server said so. The attempt counts. A negative delay means at once.
// RetryAfter(nil, delay) is nil.
func RetryAfter(err error, delay time.Duration) error {
	if err == nil {
		return nil
	}
	return &retryAfterError{err: err, delay: max(delay, 0)}
}

// Snooze asks for the task to come again after delay without a counted attempt, for instance while
// something that it needs is not there yet. The source has to be able to: with one that is not
// ([queue.Snoozer]) the attempt fails, and the reason says so. A negative delay means at once.
func Snooze(delay time.Duration) error { return &snoozeError{max(delay, 0)} }

type snoozeError struct{ delay time.Duration }

func (e *snoozeError) Error() string { return "snoozed for " + e.delay.String() }

type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

type retryAfterError struct {
	err   error
	delay time.Duration
}

func (e *retryAfterError) Error() string { return e.err.Error() }
func (e *retryAfterError) Unwrap() error { return e.err }
