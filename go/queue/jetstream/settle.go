package jetstream

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
)

var (
	_ queue.BatchAcker = (*Queue)(nil)
	_ queue.Snoozer    = (*Queue)(nil)
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
	// HeaderID has the id of the task, as [jetstream.MsgIDHeader] has it.
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

// lease is how long a delivery is ours, by our own clock. Safe for concurrent use.
type lease struct {
	mu      sync.Mutex
	ends    time.Time
	settled bool
	acking  bool // settled, but the server has not confirmed that it is done
}

func (l *lease) renew(ends time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends = ends
}

// ownLease is how long a delivery counts as ours: a little less than the server's ack wait, whose
// clock started before the message arrived.
func (c Config) ownLease() time.Duration { return c.AckWait - min(c.AckWait/10, time.Second) }

// holds says whether the delivery is in flight; it is until its acknowledgement is confirmed.
func (l *lease) holds() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return (!l.settled || l.acking) && time.Now().Before(l.ends)
}

// confirmed ends the time in which the lease of an acknowledged delivery may be renewed.
func (l *lease) confirmed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acking = false
}

// settleDone is settle for an acknowledgement.
func (l *lease) settleDone() (undo func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.settled {
		return nil, queue.ErrStale
	}
	l.settled, l.acking = true, true
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.settled, l.acking = false, false
	}, nil
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
	if errs := q.AckBatch(ctx, []queue.Delivery{d}); errs != nil {
		return errs[0]
	}
	return nil
}

// AckBatch implements [queue.BatchAcker]. The server works the acknowledgements of a connection off in
// order, so that the confirmation of the last one stands for those before it, as long as the connection
// is the one that the tasks came on, and the last one was confirmed at once. Otherwise each is confirmed:
// a new leader of the consumer has not heard all that the old one was told. What stays open is a leader
// that changes between two messages of one batch; its tasks come again then, at most those of that batch.
func (q *Queue) AckBatch(ctx context.Context, batch []queue.Delivery) []error {
	errs := make([]error, len(batch))
	undo := make([]func(), len(batch))
	questions := make([]question, len(batch))
	connection := q.conn.Stats().Reconnects
	var plain, confirmed []*question
	for i, d := range batch {
		r := d.Receipt.(*receipt)
		if q.open.Err() != nil {
			errs[i] = queue.ErrClosed
			continue
		}
		if undo[i], errs[i] = r.lease.settleDone(); errs[i] != nil {
			continue
		}
		questions[i] = question{reply: r.message.Reply, text: ack, err: errUnasked}
		if r.connection == connection {
			plain = append(plain, &questions[i])
		} else {
			confirmed = append(confirmed, &questions[i])
		}
	}
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	q.ackAll(ctx, connection, plain, confirmed)
	failed := false
	for i := range batch {
		if undo[i] != nil {
			if errs[i] = questions[i].err; errs[i] != nil {
				undo[i]()
				errs[i] = q.explain(ctx, errs[i])
			} else {
				batch[i].Receipt.(*receipt).lease.confirmed()
			}
		}
		failed = failed || errs[i] != nil
	}
	if !failed {
		return nil
	}
	return errs
}

// ackAll has everything acknowledged, plain ones by the confirmation of the last of them.
func (q *Queue) ackAll(ctx context.Context, connection uint64, plain, confirmed []*question) {
	var last *question
	for i, it := range plain {
		if i == len(plain)-1 {
			last = it
			confirmed = append(confirmed, it)
		} else if q.conn.Publish(it.reply, []byte(it.text)) != nil {
			confirmed, plain = append(confirmed, plain[i:]...), plain[:i]
			break
		}
	}
	if len(confirmed) > 0 {
		q.insist(ctx, confirmed...)
	}
	if last == nil || last.err != nil || last.asks > 1 || q.conn.Stats().Reconnects != connection {
		if last != nil {
			plain = plain[:len(plain)-1]
		}
		if len(plain) > 0 && ctx.Err() == nil {
			q.insist(ctx, plain...) // which of them the server has heard is not known
		}
		return
	}
	for _, it := range plain {
		it.err = nil
	}
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
		q.releases.note(ctx, r.place(), r.released+1)
		return q.say(ctx, r.message.Reply, nak)
	})
}

// Snooze implements [queue.Snoozer].
func (q *Queue) Snooze(ctx context.Context, d queue.Delivery, delay time.Duration) error {
	return q.settle(ctx, d, false, func(ctx context.Context, r *receipt) error {
		q.releases.note(ctx, r.place(), r.released+1)
		q.delay(r.sequence, delay)
		return q.say(ctx, r.message.Reply, fmt.Sprintf(`%s {"delay": %d}`, nak, max(delay, 1).Nanoseconds()))
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
		told := question{reply: r.message.Reply, text: term + " " + line, err: errUnasked}
		q.insist(ctx, &told)
		return told.err
	})
}

// InProgress implements [queue.Queue].
func (q *Queue) InProgress(ctx context.Context, d queue.Delivery) error {
	r := d.Receipt.(*receipt)
	if q.open.Err() != nil {
		return queue.ErrClosed
	}
	if !r.lease.holds() {
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

// headersLeftOut is the detail of a letter that leaves out the headers of its task.
const headersLeftOut = "the headers of the task left no room, and are left out"

// bury stores the dead letter. For want of room it leaves out the detail, or else the headers of the task as
// well: a letter must not be lost for them.
func (q *Queue) bury(ctx context.Context, d queue.Delivery, r *receipt, line, detail string) error {
	headers := r.message.Header
	_, err := q.js.PublishMsg(ctx, q.letter(d, r, headers, line, detail))
	if isTooLarge(err) {
		line = queue.ShortReason(line)
		_, err = q.js.PublishMsg(ctx, q.letter(d, r, headers, line, ""))
	}
	if isTooLarge(err) && len(headers) > 0 {
		_, err = q.js.PublishMsg(ctx, q.letter(d, r, nil, line, headersLeftOut))
	}
	if err != nil {
		return fmt.Errorf("store dead letter on %q: %w", q.config.DeadLetterSubject, err)
	}
	return nil
}

// letter is the dead letter of a task with those headers.
func (q *Queue) letter(d queue.Delivery, r *receipt, headers nats.Header, line, detail string) *nats.Msg {
	letter := nats.NewMsg(q.config.DeadLetterSubject)
	letter.Data = d.Payload
	writeHeaders(letter.Header, eachHeader(headers))
	for name, value := range map[string]string{
		jetstream.MsgIDHeader: namesOf(q.config.Stream, q.config.Consumer) + r.place(),
		HeaderID:              writeID(d.ID),
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
	return letter
}
