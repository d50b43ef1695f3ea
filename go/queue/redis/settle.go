package redis

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"capstan/queue"
	"capstan/queue/driver"
)

// settled is the right to settle a delivery, which one call has.
type settled struct{ taken atomic.Bool }

// take takes the right; one that did not come through gives it back with undo.
func (s *settled) take() bool { return s.taken.CompareAndSwap(false, true) }
func (s *settled) undo()      { s.taken.Store(false) }

// again is the pause between two tries of what has to come through.
const again = 100 * time.Millisecond

// Nak implements [queue.Queue].
func (q *Queue) Nak(ctx context.Context, d queue.Delivery, delay time.Duration) error {
	delay = max(0, delay)
	return q.settle(ctx, d, func(ctx context.Context, r *receipt) (bool, error) {
		held, err := q.back(ctx, r, r.attempt, delay)
		if held {
			q.checkIn(delay)
		}
		return held, err
	})
}

// Release implements [queue.Queue].
func (q *Queue) Release(ctx context.Context, d queue.Delivery) error {
	return q.settle(ctx, d, func(ctx context.Context, r *receipt) (bool, error) {
		held, err := q.back(ctx, r, r.attempt-1, -1)
		if held {
			q.checkIn(0)
		}
		return held, err
	})
}

// back takes a task back, with so many attempts that count; a delay below 0 puts it before others.
func (q *Queue) back(ctx context.Context, r *receipt, attempts int, delay time.Duration) (held bool, err error) {
	milliseconds := int64(-1)
	if delay >= 0 {
		milliseconds = roundUp(delay)
	}
	return isOne(backScript.Run(ctx, q.client, []string{q.keys.stream, q.keys.retry, q.keys.attempts},
		q.config.Group, q.consumer, r.number, r.attempt, attempts, milliseconds).Int())
}

// roundUp is d in milliseconds, none of them too few.
func roundUp(d time.Duration) int64 {
	milliseconds := d.Milliseconds()
	if d%time.Millisecond > 0 {
		milliseconds++
	}
	return milliseconds
}

// Dead implements [queue.Queue]: the letter is there as soon as the task is gone, and never twice.
// Of an entry with more fields than a letter takes, which only other programs write, it keeps the
// payload and the id, and says so in its detail.
func (q *Queue) Dead(ctx context.Context, d queue.Delivery, reason string) error {
	keys, arguments := q.letter(d, reason)
	return q.settle(ctx, d, func(ctx context.Context, _ *receipt) (bool, error) {
		for unsure := false; ; unsure = true {
			gone, err := isOne(deadScript.Run(ctx, q.client, keys, arguments...).Int())
			if err == nil || !isPassing(err) {
				return gone || unsure && err == nil, err
			}
			if driver.Pause(ctx, again) != nil {
				return false, err
			}
		}
	})
}

// letter is what deadScript makes a letter of.
func (q *Queue) letter(d queue.Delivery, reason string) (keys []string, arguments []any) {
	r := d.Receipt.(*receipt)
	line, detail, _ := strings.Cut(reason, "\n")
	form := "whole"
	if r.fields > mostFields {
		form = "bare"
		dropped := fmt.Sprintf("The letter has only payload and id of its task, which had %d fields (most: %d).", r.fields, mostFields)
		detail = strings.TrimPrefix(detail+"\n"+dropped, "\n")
	}
	arguments = []any{q.config.Group, r.number, form,
		FieldReason, line, FieldAttempts, strconv.Itoa(d.Attempt), FieldStream, q.config.Stream, FieldGroup, q.config.Group}
	if detail != "" {
		arguments = append(arguments, FieldDetail, detail)
	}
	keys = []string{q.keys.stream, q.keys.retry, q.keys.attempts}
	if q.keys.letters != "" {
		keys = append(keys, q.keys.letters)
	}
	return keys, arguments
}

// InProgress implements [queue.Queue].
func (q *Queue) InProgress(ctx context.Context, d queue.Delivery) error {
	r := d.Receipt.(*receipt)
	switch {
	case q.open.Err() != nil:
		return queue.ErrClosed
	case r.settled.taken.Load():
		return queue.ErrStale
	}
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	held, err := isOne(renewScript.Run(ctx, q.client, []string{q.keys.stream}, q.config.Group, q.consumer, r.number, r.attempt).Int())
	if err != nil {
		return q.explain(ctx, err)
	}
	if !held {
		return queue.ErrStale
	}
	return nil
}

// settle settles with tell, which says whether the task was there to settle.
func (q *Queue) settle(ctx context.Context, d queue.Delivery, tell func(context.Context, *receipt) (bool, error)) error {
	r := d.Receipt.(*receipt)
	if q.open.Err() != nil {
		return queue.ErrClosed
	}
	if !r.settled.take() {
		return queue.ErrStale
	}
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	held, err := tell(ctx, r)
	if err != nil {
		r.settled.undo()
		return q.explain(ctx, err)
	}
	if !held {
		return queue.ErrStale
	}
	return nil
}

// isOne reads the answer of a script. A group that is gone holds nothing.
func isOne(n int, err error) (bool, error) {
	if codeOf(err) == "NOGROUP" {
		return false, nil
	}
	return n == 1, err
}
