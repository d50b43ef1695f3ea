package queue

import (
	"context"
	"errors"
	"strings"
	"time"
)

// ErrNotFound is returned for a dead letter that is not there.
var ErrNotFound = errors.New("no such dead letter")

// DeadLetter is a task that is not tried again.
type DeadLetter struct {
	// Letter names the letter among those of its worker: it is what Get, Replay and Drop take.
	// Empty where letters cannot be acted upon.
	Letter string `json:"letter,omitempty"`
	// ID names the task; several letters may have the same.
	ID string `json:"id"`
	// Reason says why, for a person: the first line of what Dead was given.
	Reason string `json:"reason"`
	// Detail is the rest of it, such as a stack. Empty: none.
	Detail string `json:"detail,omitempty"`
	// Attempts counts its deliveries in the run in which it died, or, when that run did not try
	// it, the killed runs; 0 when it was never tried.
	Attempts int `json:"attempts"`
	// Kills counts the runs that were killed while it was in flight (Folder only).
	Kills int `json:"kills,omitempty"`
	// Bytes is the size of its payload, or of the file that died.
	Bytes int64 `json:"bytes"`
	// ModTime is that of the file that died (Folder only): a file that differs from it or from
	// Bytes is a new task.
	ModTime time.Time `json:"modTime,omitzero"`
	// Time is when it died.
	Time time.Time `json:"time"`
	// Payload and Headers are those of the task. List leaves them out.
	Payload []byte            `json:"-"`
	Headers map[string]string `json:"headers,omitempty"`
}

// letterOf is the letter of a delivery that died for reason, whose first line says why.
func letterOf(d Delivery, reason string) DeadLetter {
	line, detail, _ := strings.Cut(reason, "\n")
	return DeadLetter{
		ID: d.ID, Reason: line, Detail: detail, Attempts: d.Attempt, Bytes: int64(len(d.Payload)), Time: time.Now(),
	}
}

// shortReason is how many bytes of a reason a letter keeps whose task leaves no room for more.
const shortReason = 100

// ShortReason is the start of the first line of a reason, at most 100 bytes of it: for a letter whose task
// leaves no room for more.
func ShortReason(reason string) string {
	line, _, _ := strings.Cut(reason, "\n")
	return strings.ToValidUTF8(line[:min(len(line), shortReason)], "")
}

// DeadLetters is where the dead letters of one worker lie. Its methods may be called from any
// number of goroutines, and while the worker runs.
type DeadLetters interface {
	// List returns up to limit (1 or more) letters, oldest first, that come after the one
	// named after (empty: from the start), without payload and headers. [ErrNotFound] where that one
	// has gone, and its place with it.
	List(ctx context.Context, after string, limit int) ([]DeadLetter, error)
	// Get returns a letter with payload and headers, or [ErrNotFound].
	Get(ctx context.Context, letter string) (DeadLetter, error)
	// Replay adds the task to the worker's queue again, as new: with its headers, and with no
	// attempt counted; then it removes the letter. A kill in between leaves both, so that the
	// task may come twice, never not at all. [ErrNotFound] when there is none.
	Replay(ctx context.Context, letter string) error
	// Drop removes the letter for good, or returns [ErrNotFound].
	Drop(ctx context.Context, letter string) error
	// Close ends the connection.
	Close() error
}
