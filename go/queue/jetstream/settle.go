package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
)

// What a message is answered with (NATS ADR-15).
const (
	ack        = "+ACK"
	nak        = "-NAK"
	inProgress = "+WPI"
	term       = "+TERM"
)

// Headers of a dead letter, besides those of the task; the payload is the task's.
const (
	// HeaderID has the id of the task.
	HeaderID = "Capstan-Id"
	// HeaderReason says in one line why it died.
	HeaderReason = "Capstan-Reason"
	// HeaderDetail has the further lines of the reason, such as a stack, each after a `\n`.
	HeaderDetail = "Capstan-Detail"
	// HeaderAttempts counts its deliveries.
	HeaderAttempts = "Capstan-Attempts"
	// HeaderConsumer is the consumer whose worker buried it.
	HeaderConsumer = "Capstan-Consumer"
	// HeaderSubject is the subject that the task was published to.
	HeaderSubject = "Capstan-Subject"
)

// again is how long a confirmation is waited for before the question is put again: a new leader
// does not know the old one's.
const again = 2 * time.Second

// lease is how long a delivery is ours, by our own clock. Safe for concurrent use.
type lease struct {
	mu      sync.Mutex
	ends    time.Time
	settled bool
}

func (l *lease) renew(ends time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends = ends
}

// ownLease is how long a delivery counts as ours: a little less than the server's ack wait, whose
// clock started before the message arrived.
func (c Config) ownLease() time.Duration { return c.AckWait - min(c.AckWait/10, time.Second) }

// holds says whether the delivery is in flight; a late one is enough where the effect is in place.
func (l *lease) holds(late bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.settled && (late || time.Now().Before(l.ends))
}

// settle takes the right to settle; one that did not come through gives it back with undo.
func (l *lease) settle(late bool) (undo func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.settled || !late && !time.Now().Before(l.ends) {
		return nil, queue.ErrStale
	}
	l.settled = true
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.settled = false
	}, nil
}

// Ack implements [queue.Queue].
func (q *Queue) Ack(ctx context.Context, d queue.Delivery) error {
	return q.settle(ctx, d, true, func(ctx context.Context, r *receipt) error {
		return q.insist(ctx, r.message.Reply, ack)
	})
}

// Nak implements [queue.Queue].
func (q *Queue) Nak(ctx context.Context, d queue.Delivery, delay time.Duration) error {
	return q.settle(ctx, d, false, func(ctx context.Context, r *receipt) error {
		if delay <= 0 {
			return q.say(ctx, r.message.Reply, nak)
		}
		q.delay(r.sequence, delay)
		return q.say(ctx, r.message.Reply, fmt.Sprintf(`%s {"delay": %d}`, nak, delay.Nanoseconds()))
	})
}

// Release implements [queue.Queue].
func (q *Queue) Release(ctx context.Context, d queue.Delivery) error {
	return q.settle(ctx, d, false, func(ctx context.Context, r *receipt) error {
		q.releases.note(ctx, r.sequence, r.released+1)
		return q.say(ctx, r.message.Reply, nak)
	})
}

// Dead implements [queue.Queue]: the dead letter is stored before the task is removed. Twice is
// possible, but not within the dead letters' duplicate window.
func (q *Queue) Dead(ctx context.Context, d queue.Delivery, reason string) error {
	return q.settle(ctx, d, true, func(ctx context.Context, r *receipt) error {
		line, detail, _ := strings.Cut(reason, "\n")
		if q.config.DeadLetterSubject != "" {
			if err := q.bury(ctx, d, r, line, detail); err != nil {
				return err
			}
		}
		return q.insist(ctx, r.message.Reply, term+" "+line)
	})
}

// InProgress implements [queue.Queue].
func (q *Queue) InProgress(ctx context.Context, d queue.Delivery) error {
	r := d.Receipt.(*receipt)
	if q.open.Err() != nil {
		return queue.ErrClosed
	}
	if !r.lease.holds(false) {
		return queue.ErrStale
	}
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	asked := time.Now()
	if err := q.say(ctx, r.message.Reply, inProgress); err != nil {
		return q.explain(ctx, err)
	}
	r.lease.renew(asked.Add(q.config.ownLease()))
	return nil
}

func (q *Queue) settle(ctx context.Context, d queue.Delivery, late bool, tell func(context.Context, *receipt) error) error {
	r := d.Receipt.(*receipt)
	if q.open.Err() != nil {
		return queue.ErrClosed
	}
	undo, err := r.lease.settle(late)
	if err != nil {
		return err
	}
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	if err := tell(ctx, r); err != nil {
		undo()
		return q.explain(ctx, err)
	}
	return nil
}

// say tells the server once, and waits until it has heard.
func (q *Queue) say(ctx context.Context, reply, text string) error {
	asked := time.Now()
	_, err := q.conn.RequestWithContext(ctx, reply, []byte(text))
	if err == nil {
		q.trips.observe(time.Since(asked))
	}
	return err
}

// unanswered is how often the server may leave a question open while it is there. One that was
// killed may have lost the latest deliveries, and says nothing about those it does not know.
const unanswered = 3

// insist tells the server again until it has heard, or ctx ends: hearing it twice does no harm.
// [queue.ErrStale] when it no longer knows the delivery: then the task comes again.
func (q *Queue) insist(ctx context.Context, reply, text string) error {
	for silent := 0; ; {
		limited, cancel := context.WithTimeout(ctx, again)
		err := q.say(limited, reply, text)
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, nats.ErrDisconnected) {
			if pause(ctx, askAgain) != nil {
				return err
			}
		} else if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, nats.ErrTimeout) {
			return err
		} else if q.conn.IsConnected() {
			if silent++; silent == unanswered {
				return queue.ErrStale
			}
		}
	}
}

// bury stores the dead letter.
func (q *Queue) bury(ctx context.Context, d queue.Delivery, r *receipt, line, detail string) error {
	letter := nats.NewMsg(q.config.DeadLetterSubject)
	letter.Data = d.Payload
	for name, values := range r.message.Header {
		if !strings.HasPrefix(name, "Nats-") { // orders to the server, of the first publication
			letter.Header[name] = values
		}
	}
	id := fmt.Sprintf("%s.%s.%d", q.config.Stream, q.config.Consumer, r.sequence)
	for name, value := range map[string]string{
		jetstream.MsgIDHeader: id,
		HeaderID:              d.ID,
		HeaderReason:          line,
		HeaderAttempts:        fmt.Sprint(d.Attempt),
		HeaderConsumer:        q.config.Consumer,
		HeaderSubject:         r.message.Subject,
	} {
		letter.Header.Set(name, value)
	}
	if detail != "" {
		letter.Header.Set(HeaderDetail, strings.ReplaceAll(detail, "\n", `\n`))
	}
	if _, err := q.js.PublishMsg(ctx, letter); err != nil {
		return fmt.Errorf("store dead letter on %q: %w", q.config.DeadLetterSubject, err)
	}
	return nil
}
